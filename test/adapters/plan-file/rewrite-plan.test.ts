import { describe, expect, it } from 'vitest';
import { type PlanChange, rewritePlan, writtenDuration } from '../../../adapters/plan-file/rewrite-plan.ts';
import type { Plan, Step } from '../../../domain/plan/plan.ts';
import { changed, mistakesOf, planOf } from './plan-text.ts';

const TEXT = `# of the shop team
apiVersion: sluice/v1
kind: Plan
workload: checkout

strategy: canary # in steps
deadline: 1h # for all of it
hold: { atMost: 20m }
detect: { ratio: 3 } # what matters to us
metrics:
  # what fails
  - name: errors
    source: { kind: cloudwatch, bad: failedRequests }
    judge: { kind: sequential, ceiling: auto }

steps:
  # the tests first
  - hook: { name: smoke, url: "https://hooks.example.com/smoke", timeout: 90s } # ours
  - setWeight: 5
  - bake: 5m
  # at last enough of them
  - analysis: { metrics: [errors], count: 4 }
  # leads look at it
  - approval: { name: go-live, groups: [leads], within: 2h }
  - setWeight: 100
soak: 15m # stable stays
`;

const weight = (weight: number): Step => ({ kind: 'setWeight', weight });
const bake = (seconds: number): Step => ({ kind: 'bake', seconds });
const gates = (plan: Plan) => plan.steps.filter(({ kind }) => kind !== 'setWeight' && kind !== 'bake');
const change = (text: string, more: Partial<PlanChange> = {}): PlanChange => {
  const [hook, analysis, approval] = gates(planOf(text));
  if (hook === undefined || analysis === undefined || approval === undefined)
    throw new Error('the plan has three gates');
  return {
    steps: [hook, weight(2), bake(5_400), analysis, approval, weight(100)],
    soakSeconds: 990,
    deadlineSeconds: 9_000,
    detect: { ratio: 2, atLeast: 0.015, power: 0.8, gross: 0.1 },
    ...more,
  };
};

describe('a plan that is written with other steps', () => {
  it('is a plan that passes its check, with those steps, times and effect, and all else as it was', () => {
    const before = planOf(TEXT);
    const wanted = change(TEXT);
    const { steps, soakSeconds, deadlineSeconds, sequential, ...rest } = planOf(rewritePlan(TEXT, wanted));
    expect(mistakesOf(rewritePlan(TEXT, wanted))).toEqual([]);
    expect({ steps, soakSeconds, deadlineSeconds }).toEqual({
      steps: wanted.steps,
      soakSeconds: 990,
      deadlineSeconds: 9_000,
    });
    expect(sequential).toEqual({ ...before.sequential, detect: wanted.detect });
    const { steps: _, soakSeconds: __, deadlineSeconds: ___, sequential: ____, ...same } = before;
    expect(rest).toEqual(same);
  });

  it('has its gates as they were written, in their order', () => {
    const written = rewritePlan(TEXT, change(TEXT));
    expect(gates(planOf(written))).toEqual(gates(planOf(TEXT)));
    const lines = written.split('\n').map(line => line.trim());
    const at = (start: string) => lines.findIndex(line => line.startsWith(start));
    const order = ['- hook:', '- setWeight: 2', '- bake: 90m', '- analysis:', '- approval:', '- setWeight: 100'].map(
      at,
    );
    expect(order).not.toContain(-1);
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(written).toContain('timeout: 90s');
  });

  it('keeps what people wrote beside it: comments, blank lines and the order of keys', () => {
    const written = rewritePlan(TEXT, change(TEXT));
    for (const comment of ['of the shop team', 'in steps', 'for all of it', 'what fails', 'the tests first', 'ours']) {
      expect(written).toContain(`# ${comment}`);
    }
    for (const comment of ['at last enough of them', 'leads look at it', 'stable stays', 'what matters to us']) {
      expect(written).toContain(`# ${comment}`);
    }
    const keysOf = (text: string) => [...text.matchAll(/^(\w+):/gm)].map(([, key]) => key);
    expect(keysOf(written)).toEqual(keysOf(TEXT));
    expect(written).toContain('workload: checkout\n\nstrategy: canary');
  });

  it('says nothing of a soak that it never had, and gets one where one is wanted', () => {
    const without = changed('soak: 15m # stable stays\n', '', TEXT);
    expect(rewritePlan(without, change(without, { soakSeconds: 0 }))).not.toContain('soak');
    expect(planOf(rewritePlan(without, change(without, { soakSeconds: 600 }))).soakSeconds).toBe(600);
    expect(planOf(rewritePlan(TEXT, change(TEXT, { soakSeconds: 0 }))).soakSeconds).toBe(0);
  });

  it('says what it wants to see, and when it has to be over, where it left both to their defaults', () => {
    const without = changed(
      'deadline: 1h # for all of it\n',
      '',
      changed('detect: { ratio: 3 } # what matters to us\n', '', TEXT),
    );
    const written = planOf(rewritePlan(without, change(without)));
    expect([written.deadlineSeconds, written.sequential?.detect]).toEqual([9_000, change(TEXT).detect]);
  });

  it('is the same plan, and the same text the second time, where nothing is changed', () => {
    const plan = planOf(TEXT);
    const detect = plan.sequential?.detect;
    if (detect === undefined) throw new Error('the plan has a sequential metric');
    const same = { ...plan, detect };
    const written = rewritePlan(TEXT, same);
    expect(planOf(written)).toEqual(plan);
    expect(rewritePlan(written, same)).toBe(written);
  });

  it('of one with a control keeps the control', () => {
    const blueGreen = `apiVersion: sluice/v1
kind: Plan
workload: checkout
strategy: blueGreen
metrics: [{ name: errors, source: { kind: cloudwatch, bad: failedRequests } }]
steps: [{ setWeight: 100 }]
soak: 10m
control: 5
`;
    const detect = { ratio: 2, atLeast: 0.01, power: 0.8, gross: 0.1 };
    const written = rewritePlan(blueGreen, {
      steps: [weight(100)],
      soakSeconds: 1_200,
      deadlineSeconds: 7_200,
      detect,
    });
    expect(planOf(written)).toEqual(planOf(changed('soak: 10m', 'soak: 20m', blueGreen)));
  });
});

it.each([
  [0, '0m'],
  [45, '45s'],
  [90, '90s'],
  [300, '5m'],
  [5_400, '90m'],
])('%d seconds are written %s', (seconds, text) => {
  expect(writtenDuration(seconds)).toBe(text);
});
