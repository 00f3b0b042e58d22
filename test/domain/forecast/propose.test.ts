import { describe, expect, it } from 'vitest';
import { proposals } from '../../../domain/forecast/propose.ts';
import type { Traffic } from '../../../domain/forecast/traffic.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { ERRORS, planOf, traffic } from './plans.ts';

describe('a better plan', () => {
  const better = (plan: Plan, of: Traffic, { withinSeconds = 3_600, releases = 50 } = {}) =>
    proposals(plan, of, { releases, seed: 7, withinSeconds });

  it('in more time exposes fewer: a smaller first weight', () => {
    const firstOf = (withinSeconds: number) =>
      better(planOf(), traffic(2_000, 0.001), { withinSeconds }).find(({ kind }) => kind === 'leastExposure')?.steps[0];
    const [quick, slow] = [firstOf(1_800), firstOf(7_200)] as { weight: number }[];
    expect(slow?.weight ?? 0).toBeLessThan(quick?.weight ?? 0);
  });

  it('keeps the gates of the plan in their order', () => {
    const approval = { approval: { name: 'go-live', groups: ['leads'] } };
    const plan = planOf({ steps: [{ setWeight: 5 }, { bake: '5m' }, approval, { setWeight: 100 }] });
    const [shortest] = better(plan, traffic(2_000, 0.001));
    expect(shortest?.steps.map(({ kind }) => kind)).toEqual(['setWeight', 'bake', 'approval', 'setWeight']);
  });

  it('is none where nobody would wait for it, or where nothing was promised', () => {
    expect(better(planOf(), traffic(0.5, 0.001))).toEqual([]);
    const judge = { kind: 'threshold', failureCondition: 'result[0] > 0.05' };
    expect(better(planOf({ metrics: [{ ...ERRORS, judge }] }), traffic(100, 0.01))).toEqual([]);
  });
});
