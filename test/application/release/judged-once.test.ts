import { afterEach, expect, it, vi } from 'vitest';
import { dialFor } from '../../../domain/dial.ts';
import { JUDGE_RUNS } from '../../../domain/judges/run-registry.ts';
import type { Step } from '../../../domain/plan/plan.ts';
import { openFakes } from '../../functions/fakes.ts';
import { road } from '../../functions/handler-cases.ts';
import { at, planOf, readied, shifted, shop, weight } from '../../support/ledger-lines.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const [errors] = planOf({}).metrics;
if (errors === undefined) throw new Error('the plan of the scenarios has a metric');
const metrics = [
  errors,
  { ...errors, name: 'slow', judge: { kind: 'relative' as const, max: 1.2, failureLimit: 0, minRequests: 1 } },
];
const analysis: Step = { kind: 'analysis', metrics: ['errors', 'slow'], count: 1 };

it('a look judges each metric once, in an analysis that asks whether it is complete too', async () => {
  // Prepare: what judges is watched, and judges as it does
  const judged: string[] = [];
  for (const run of JUDGE_RUNS) {
    const judge = run.judge.bind(run);
    vi.spyOn(run, 'judge').mockImplementation((own, ...rest) => {
      judged.push(...own.map(({ name }) => name));
      return judge(own, ...rest);
    });
  }
  const fakes = await openFakes({ metrics, steps: [weight(10), analysis, weight(100)] });
  await fakes.admitted(...readied(0, 10), ...shifted(20, { from: 0, to: 10 }), [30, { kind: 'stepStarted', index: 1 }]);
  await fakes.canary(1);
  await fakes.router.setDial(shop, dialFor('green', 10));
  fakes.metrics.publish('green', at(60), { good: 100 });
  fakes.metrics.publish('blue', at(60), { good: 900 });
  for (const seconds of [180, 190]) {
    judged.length = 0;
    fakes.wait(seconds);
    // Act
    await fakes.run('look', road);
    // Assess
    expect(judged.toSorted(), `the look at ${seconds} s`).toEqual(['errors', 'slow']);
  }
});
