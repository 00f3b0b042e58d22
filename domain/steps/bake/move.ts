import type { StepRunKind } from '../step-run-kind.ts';
import type { BakeStep } from './plan.ts';

/** A bake lasts its time; with promoteEarly it ends once it is proven healthy, but not before `after`. A soak has all of its. */
export const bakeStep: StepRunKind<BakeStep> = {
  kind: 'bake',
  lasts: true,
  move({ seconds, control }, { plan, stepStartedAtEpochMs }, { nowEpochMs, verdict }) {
    const early = control === undefined && verdict.kind === 'healthy' ? plan.promoteEarly : undefined;
    const stays = early === undefined ? seconds : Math.min(seconds, early.afterSeconds);
    return { kind: 'lasts', untilEpochMs: (stepStartedAtEpochMs ?? nowEpochMs) + stays * 1000 };
  },
  awaits: ({ seconds }, _, { startedEpochMs }) => ({
    kind: 'bake',
    awaited: 'the end of a bake',
    sinceEpochMs: startedEpochMs,
    after: { seconds, of: 'planned' },
  }),
};
