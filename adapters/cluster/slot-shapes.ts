import * as z from 'zod';
import { labelSelectorSchema } from '../../domain/slot/label-selector.ts';

const conditionSchema = z.looseObject({
  type: z.string(),
  status: z.string(),
  reason: z.string().optional(),
  message: z.string().optional(),
  lastTransitionTime: z.string().optional(),
});
export const deploymentSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string().optional(),
    generation: z.number().optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z.looseObject({
    replicas: z.number().default(1),
    selector: labelSelectorSchema.default({}),
    minReadySeconds: z.number().default(0),
    progressDeadlineSeconds: z.number().optional(),
    revisionHistoryLimit: z.number().optional(),
    strategy: z.looseObject({ type: z.string().optional() }).optional(),
    paused: z.boolean().default(false),
    template: z.looseObject({
      metadata: z.looseObject({ labels: z.record(z.string(), z.string()).default({}) }).prefault({}),
      spec: z.looseObject({
        containers: z.array(
          z.looseObject({
            name: z.string(),
            image: z.string().default(''),
            readinessProbe: z.looseObject({}).optional(),
            startupProbe: z.looseObject({}).optional(),
          }),
        ),
        initContainers: z
          .array(
            z.looseObject({
              name: z.string(),
              image: z.string().default(''),
              restartPolicy: z.string().optional(),
              readinessProbe: z.looseObject({}).optional(),
              startupProbe: z.looseObject({}).optional(),
            }),
          )
          .default([]),
      }),
    }),
  }),
  status: z
    .looseObject({
      observedGeneration: z.number().default(0),
      replicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      availableReplicas: z.number().default(0),
      conditions: z.array(conditionSchema).default([]),
    })
    .prefault({}),
});

const stateSchema = z.looseObject({
  waiting: z.looseObject({ reason: z.string().optional(), message: z.string().optional() }).optional(),
  running: z.looseObject({ startedAt: z.string().optional() }).optional(),
  terminated: z.looseObject({ exitCode: z.number(), reason: z.string().optional() }).optional(),
});
const containerStatusSchema = z.looseObject({
  name: z.string(),
  ready: z.boolean(),
  started: z.boolean().optional(),
  restartCount: z.number().default(0),
  state: stateSchema.default({}),
  lastState: stateSchema.default({}),
});
export const podSchema = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    creationTimestamp: z.string().optional(),
    deletionTimestamp: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
  spec: z
    .looseObject({ readinessGates: z.array(z.looseObject({ conditionType: z.string() })).default([]) })
    .prefault({}),
  status: z
    .looseObject({
      conditions: z.array(conditionSchema).default([]),
      initContainerStatuses: z.array(containerStatusSchema).default([]),
      containerStatuses: z.array(containerStatusSchema).default([]),
    })
    .prefault({}),
});
export type SlotDeployment = z.infer<typeof deploymentSchema>;
export type SlotPod = z.infer<typeof podSchema>;
