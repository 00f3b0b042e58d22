import { secondsOf } from '../../file/checked-units.ts';
import { duration } from '../../file/field-schemas.ts';
import { durationText } from '../../file/units.ts';
import type { StepPlanKind } from '../step-plan-kind.ts';

export interface BakeStep {
  kind: 'bake';
  seconds: number;
  /** Made of the soak of a plan that keeps so many per cent on the stable version; it always lasts its time. */
  control?: number;
}

export const bakeFor = (seconds: number, control?: number): BakeStep => ({
  ...{ kind: 'bake', seconds },
  ...(control !== undefined && { control }),
});

const schema = duration({ min: 1 }).meta({
  description:
    'Stays at this weight for this long while the metrics judge (what Argo Rollouts calls a pause with a duration).',
  examples: ['5m'],
});

export const bakePlan = {
  kind: 'bake',
  schema,
  normalise: value => bakeFor(secondsOf(value)),
  facts: ({ seconds, control }) => ({ seconds, ...(control !== undefined && { control }) }),
  text: ({ seconds, control }) =>
    control === undefined
      ? `bake ${durationText(seconds)}`
      : `soak ${durationText(seconds)}: ${control} % of the requests stay on stable, for comparison`,
  label: ({ seconds, control }) =>
    control === undefined
      ? `bake ${durationText(seconds)}`
      : `soak ${durationText(seconds)}, ${control} % of the requests stay on stable`,
} satisfies StepPlanKind<typeof schema, BakeStep>;
