import type { StepRunKind } from '../step-run-kind.ts';
import type { SetWeightStep } from './plan.ts';

export const setWeightStep: StepRunKind<SetWeightStep> = {
  kind: 'setWeight',
  begins: ({ weight }) => ({ kind: 'shiftTraffic', weight }),
  move: ({ weight }) => ({ kind: 'shift', weight }),
  awaits: ({ weight }, { plan }, { movedEpochMs }) => ({
    kind: 'shiftDue',
    awaited: `weight ${weight} %`,
    sinceEpochMs: movedEpochMs,
    // a shift waits for the end of a window
    after: { seconds: plan.windowSeconds, of: 'ownWork' },
  }),
};
