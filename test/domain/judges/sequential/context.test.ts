import { expect, it } from 'vitest';
import type { Plan } from '../../../../domain/plan/plan.ts';
import { sequentialContext } from '../../../../domain/plan/sequential-context.ts';

const plan: Plan = {
  ...{ workload: 'checkout', strategy: 'canary', onNewImage: 'queue', deadlineSeconds: 7200 },
  ...{ progressDeadlineSeconds: 600, hold: { atMostSeconds: 1800, then: 'rollBack' }, windowSeconds: 60 },
  ...{ metrics: [], soakSeconds: 900, notify: [] },
  steps: [
    { kind: 'setWeight', weight: 5 },
    { kind: 'bake', seconds: 300 },
    { kind: 'setWeight', weight: 100 },
  ],
};
const sequential = { alpha: 0.01, detect: { ratio: 2, power: 0.8 } };
const baseline = { errors: { windows: 90, requests: 9000, bad: [9], phi: [1], assumed: false } };

it('a plan without a sequential metric has nothing to share', () => {
  expect(sequentialContext(plan)).toBeUndefined();
});

it('healthy is not twice as bad, at 5 %, where the plan promotes nothing early', () => {
  // a bake and a soak are 1,200 s: 20 windows; 900 s of them at weight 100
  expect(sequentialContext({ ...plan, sequential })).toEqual({
    ...sequential,
    ...{ nonInferiority: 2, beta: 0.05, horizonWindows: 20, secondsAlone: 900, baseline: {}, ceilings: {} },
  });
});

it("the plan's own wish for promoting early counts, and what the ledger knows is passed on", () => {
  const promoteEarly = { beta: 0.1, nonInferiority: 1.5, afterSeconds: 300 };
  const ceilings = { errors: [0.05] };
  expect(sequentialContext({ ...plan, sequential, promoteEarly }, { baseline, ceilings })).toMatchObject({
    ...{ nonInferiority: 1.5, beta: 0.1, baseline, ceilings },
  });
});
