import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import type { KubernetesObject } from '../../domain/slot/slot-objects.ts';
import { ClusterRefusedError, ClusterUnreachableError } from './errors.ts';
import type { Stored } from './fence.ts';
import { parseStored } from './fence.ts';
import type { KubernetesApi } from './kubernetes-api.ts';

const bindingSchema = z.looseObject({
  metadata: z.looseObject({ deletionTimestamp: z.string().optional() }),
  spec: z.looseObject({ targetGroupARN: z.string().optional(), targetType: z.string().optional() }),
});

/** What the AWS Load Balancer Controller's webhook refuses to change in a binding that is there. */
const FIXED = ['targetGroupARN', 'targetType'] as const;
const IMMUTABLE = /immutable fields/;
/** Wall milliseconds between two looks whether a deleted binding is gone, and how many there are: more is the next try's. */
const LOOK_EVERY_MS = 500;
const LOOKS = 4;

export interface BindingWrite {
  api: KubernetesApi;
  path: string;
  binding: KubernetesObject;
  /** Replicas that the slot's Deployment asks for; 0 where there is none. */
  replicas(): Promise<number>;
  /** @param seen the binding as it is now; undefined: there is none */
  apply(seen: Stored | undefined): Promise<Stored>;
}

/**
 * Writes a slot's TargetGroupBinding on what was read; one that names another target group is deleted and written anew, since
 * the controller lets nobody change that. Only where the slot asks for no pods: then no target is registered that could lose
 * requests. @throws ClusterRefusedError it has pods, or may not be deleted: with the command
 * @throws ClusterUnreachableError it is not gone yet: the controller takes its targets out of the group first
 */
export async function writeBinding(write: BindingWrite, seen: Stored | undefined): Promise<Stored> {
  const { api, path, binding, apply } = write;
  const { name, namespace } = binding.metadata;
  const command = `kubectl delete -n ${namespace} targetgroupbinding ${name}`;
  const what = `TargetGroupBinding ${name}`;
  if (seen === undefined) return apply(undefined);
  const found = bindingSchema.parse(seen);
  const other = FIXED.find(key => found.spec[key] !== undefined && found.spec[key] !== wanted(binding)[key]);
  if (found.metadata.deletionTimestamp === undefined && other === undefined) {
    try {
      return await apply(seen);
    } catch (error) {
      if (!(error instanceof ClusterRefusedError && IMMUTABLE.test(error.message))) throw error;
      throw new ClusterRefusedError(`${error.message}; while nothing is sent to ${name}: ${command}`, { cause: error });
    }
  }
  if (found.metadata.deletionTimestamp === undefined) {
    const because = `${what} has spec.${other} ${found.spec[other as 'targetGroupARN']}, and the workload has ${wanted(binding)[other as 'targetGroupARN']}, which cannot be changed in place`;
    const replicas = await write.replicas();
    if (replicas > 0) {
      throw new ClusterRefusedError(
        `${because}; ${name} asks for ${replicas} pods, so it is left as it is. While nothing is sent to ${name}: ${command}`,
      );
    }
    try {
      await api.remove(path, seen.metadata);
    } catch (error) {
      if (!(error instanceof ClusterRefusedError)) throw error;
      throw new ClusterRefusedError(`${because}, and it may not be deleted (${error.message}): ${command}`, {
        cause: error,
      });
    }
  }
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const left = await api.get(path);
    if (left === undefined) return apply(undefined);
    // somebody was quicker with a new one
    if (parseStored(left).metadata.uid !== seen.metadata.uid) return apply(parseStored(left));
    await pause(LOOK_EVERY_MS);
  }
  throw new ClusterUnreachableError(
    `${what} is deleted and not gone yet: the AWS Load Balancer Controller takes its targets out first`,
  );
}

const wanted = ({ spec }: KubernetesObject): z.infer<typeof bindingSchema>['spec'] =>
  bindingSchema.shape.spec.parse(spec);
