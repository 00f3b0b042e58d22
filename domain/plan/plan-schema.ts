import * as z from 'zod';
import type { Draft } from '../file/draft.ts';
import { duration, events, name } from '../file/field-schemas.ts';
import { parseDurationSeconds } from '../file/units.ts';
import { kayentaSchema } from '../judges/mann-whitney/schema.ts';
import { alphaSchema, detectSchema, promoteEarlySchema } from '../judges/sequential/schema.ts';
import { SOURCE_PLANS } from '../sources/plan-registry.ts';
import { IDLE_TIMEOUT, LONGEST_IDLE_TIMEOUT_SECONDS } from '../sources/response-time.ts';
import { stepSchema } from '../steps/plan-registry.ts';
import { canaryHealthSchema } from './canary-health-schema.ts';
import { DEFAULTS } from './defaults.ts';
import { metricSchema } from './metric-schema.ts';

const PERIODS = SOURCE_PLANS.flatMap(({ title, period }) =>
  period === undefined ? [] : `; with ${title} a multiple of ${period.seconds}s`,
).join('');

/** THE shape of a plan (docs/design.md): what a team writes. Unknown keys are refused. */
export const planSchema = z
  .strictObject({
    apiVersion: z.literal('sluice/v1').meta({ description: 'The version of this shape.' }),
    kind: z.literal('Plan').meta({ description: 'What this file is.' }),
    workload: name.meta({ description: 'The workload that the plan is for: a name only.', examples: ['checkout'] }),
    strategy: z.enum(['canary', 'blueGreen']).meta({
      description:
        'canary changes traffic weights in steps. blueGreen changes them once, to 100; hooks and approvals before act on the preview.',
      examples: ['canary'],
    }),
    onNewImage: z.enum(['queue', 'replace', 'reject']).default(DEFAULTS.onNewImage).meta({
      description:
        'A newer revision during a release: queue waits (only the newest waiting one is kept), replace rolls the running release back first, reject refuses it.',
    }),
    deadline: duration({ min: 1 })
      .default(DEFAULTS.deadline)
      .meta({
        description:
          'For the whole release; then it rolls back. Open approvals and holds for want of data are not counted: each has an end of its own. Longer than bakes and soak together.',
        examples: ['2h'],
      }),
    progressDeadline: duration({ min: 1 })
      .default(DEFAULTS.progressDeadline)
      .meta({
        description: 'A slot that is not ready by then rolls back.',
        examples: ['10m'],
      }),
    canaryHealth: canaryHealthSchema,
    hold: z
      .strictObject({
        atMost: duration({ min: 0 })
          .default(DEFAULTS.hold.atMost)
          .meta({
            description:
              'How long a step that is over waits for more data. Then it goes on where a fault of `detect.gross` would have been seen, and says what would not have been.',
            examples: ['30m'],
          }),
        then: z
          .enum(['rollBack', 'ask', 'proceed'])
          .meta({
            description:
              'What happens after that where not even `detect.gross` would have been seen: roll back, ask a person (who has 4h to answer, then it rolls back), or go on. It never goes on because of a fault of the metric source. Absent: ask where somebody would hear it (the plan has an approval, or a notify on approvalNeeded or held), else rollBack.',
            examples: ['ask'],
          })
          .optional(),
      })
      .default({ ...DEFAULTS.hold })
      .meta({
        description: 'What happens when a step is over and the verdict is inconclusive (too little data, or none).',
      }),
    window: duration({ min: 1 })
      .default(DEFAULTS.window)
      .meta({
        description: `Length of a metric window${PERIODS}.`,
        examples: ['60s'],
      }),
    idleTimeout: duration({ min: 1 })
      .refine(text => (parseDurationSeconds(text) ?? 0) <= LONGEST_IDLE_TIMEOUT_SECONDS, {
        error: `a duration of at most ${LONGEST_IDLE_TIMEOUT_SECONDS}s, which is the most that a load balancer takes`,
      })
      .default(IDLE_TIMEOUT)
      .meta({
        description:
          "The load balancer's idle time-out, where it was changed. No answer takes longer: a limit of a response time above it is refused, as one in another unit.",
        examples: ['5m'],
      }),
    preview: z
      .strictObject({
        header: z
          .strictObject({
            name: z
              .string({ error: 'the name of a header' })
              .regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,40}$/, { error: 'the name of a header, at most 40 characters' })
              .meta({ description: "The header's name.", examples: ['x-sluice-preview'] }),
            value: z
              .string({ error: "the header's value" })
              .regex(/^[\x21-\x7e]{1,128}$/, { error: "the header's value: 1 to 128 characters without spaces" })
              .meta({ description: "The header's value.", examples: ['canary'] }),
          })
          .meta({ description: 'Requests with this header go to the canary before it has any weight.' }),
      })
      .meta({ description: "A way to the new revision for hooks and people only. Needs the router's previewRule." })
      .optional(),
    alpha: alphaSchema,
    detect: detectSchema,
    promoteEarly: promoteEarlySchema,
    kayenta: kayentaSchema,
    metrics: z
      .array(metricSchema, { error: 'a list of metrics' })
      .max(20, { error: 'at most 20 metrics' })
      .default([])
      .meta({
        description:
          'What is measured and how it is judged, from the first weight above 0 to the end of the soak. With none, nothing judges.',
      }),
    steps: z
      .array(stepSchema, { error: 'a list of steps' })
      .min(1, { error: 'at least one step: setWeight: 100' })
      .max(100, { error: 'at most 100 steps' })
      .meta({ description: 'In this order. Weights rise and the last one is 100.' }),
    soak: duration({ min: 0 })
      .default(DEFAULTS.soak)
      .meta({
        description:
          'How long stable keeps its full size after the last step, so that going back is still one call. Above 0s it needs a metric that judges without stable traffic, or `control`.',
        examples: ['15m'],
      }),
    control: z
      .number({ error: 'a number from 1 to 5, per cent of the requests' })
      .min(1)
      .max(5)
      .multipleOf(0.1, { error: 'a number from 1 to 5 in steps of 0.1, per cent of the requests' })
      .meta({
        title: 'percent',
        description:
          'Per cent of the requests that stay on stable through the soak, so that metrics go on comparing; no setWeight goes above the rest, and the last requests move at the end of the soak.',
        examples: [5],
      })
      .optional(),
    goBackThrough: z
      .literal('loadBalancer', { error: "'loadBalancer', or nothing" })
      .meta({
        description:
          "What has to be enough to go back: 'loadBalancer' refuses a workload whose router needs the cluster's API for it. Absent: whatever its router needs.",
        examples: ['loadBalancer'],
      })
      .optional(),
    notify: z
      .array(
        z.strictObject({
          kind: z.literal('sns').meta({ description: 'An SNS topic.' }),
          on: events.meta({ description: 'The events that are told.', examples: [['promoted', 'rolledBack']] }),
          topicArn: z
            .string({ error: 'the ARN of an SNS topic' })
            .regex(/^arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]+(\.fifo)?$/)
            .meta({
              description: "Another topic than the control plane's.",
              examples: ['arn:aws:sns:eu-west-1:123456789012:releases'],
            })
            .optional(),
        }),
        { error: 'a list of who is told' },
      )
      .default([])
      .meta({ description: 'Who is told of what happens.' }),
  })
  .meta({
    title: 'Sluice plan',
    description: 'What a team declares for the releases of a workload: steps, metrics, approvals.',
  });

/** A plan as it is written and valid, defaults filled in, still in the words of the file. */
export type PlanInput = z.output<typeof planSchema>;

/** A plan in the words of its file, part by part valid or absent: what the rules between its parts read. */
export type PlanDraft = Draft<z.input<typeof planSchema>>;
