import { describe, expect, it } from 'vitest';
import { horizonWindows, secondsAlone } from '../../../domain/plan/judged-time.ts';
import { mistakesOf, planOf, shortly } from './plan-text.ts';

const planWith = ({ keys = '', errors = '', slow = '', soak = '15m' } = {}) => `apiVersion: sluice/v1
kind: Plan
workload: checkout
strategy: canary
window: 60s
${keys}
metrics:
  - name: errors
    source: { kind: cloudwatch, bad: failedRequests }
    ${errors}
  - name: slow
    source: { kind: cloudwatch, bad: { slowerThan: [300ms, 1s] } }
    ${slow}
steps:
  - bake: 2m
  - setWeight: 5
  - bake: 5m
  - approval: { name: go-live, groups: [leads] }
  - setWeight: 100
  - bake: 1m
soak: ${soak}
`;
const CEILING = 'judge: { kind: sequential, ceiling: auto }';

describe('a plan with sequential metrics', () => {
  it('judges sequentially where a metric names no judge', () => {
    const { metrics, sequential } = planOf(planWith({ errors: CEILING }));
    expect(metrics[1]?.judge).toEqual({ kind: 'sequential', margin: 1.25, share: 0.5, guard: true });
    expect(sequential).toEqual({ alpha: 0.01, detect: { ratio: 2, atLeast: 0.01, power: 0.8, gross: 0.1 } });
  });

  it('reads every key of the judge and of the plan', () => {
    const plan = planOf(
      planWith({
        keys: 'alpha: 0.5%\ndetect: { ratio: 3, atLeast: 0.5%, power: 90%, gross: 20% }\npromoteEarly: { beta: 1%, nonInferiority: 1.5, after: 2m }',
        errors:
          'judge: { kind: sequential, margin: 1, share: 0.7, ceiling: 2%, floor: 0.1%, guard: off, warmUp: { margin: 4, for: 2m } }',
      }),
    );
    expect(plan.metrics[0]?.judge).toEqual({
      kind: 'sequential',
      margin: 1,
      share: 0.7,
      ceiling: 0.02,
      floor: 0.001,
      guard: false,
      warmUp: { margin: 4, seconds: 120 },
    });
    // what the first leaves of alpha is the second's
    expect(plan.metrics[1]?.judge).toMatchObject({ share: expect.closeTo(0.3, 12) });
    expect(plan.sequential).toEqual({ alpha: 0.005, detect: { ratio: 3, atLeast: 0.005, power: 0.9, gross: 0.2 } });
    expect(plan.promoteEarly).toEqual({ beta: 0.01, nonInferiority: 1.5, afterSeconds: 120 });
  });

  it('asks a person at the end of a hold only where somebody would hear it', () => {
    const withoutApproval = (text: string) => text.replace(/^ {2}- approval.*\n/m, '');
    const endOf = (keys: string) => planOf(withoutApproval(planWith({ errors: CEILING, keys }))).hold.then;
    expect(planOf(planWith({ errors: CEILING })).hold.then).toBe('ask'); // it has an approval
    expect(endOf('')).toBe('rollBack');
    expect(endOf('notify: [{ kind: sns, on: [started, promoted] }]')).toBe('rollBack');
    expect(endOf('notify: [{ kind: sns, on: [approvalNeeded] }]')).toBe('ask');
    expect(endOf('notify: [{ kind: sns, on: [held, rolledBack] }]')).toBe('ask');
    expect(endOf('hold: { atMost: 5m }\nnotify: [{ kind: sns, on: [held] }]')).toBe('ask');
    expect(endOf('hold: { atMost: 5m, then: rollBack }\nnotify: [{ kind: sns, on: [held] }]')).toBe('rollBack');
  });

  it.each([
    ['detect: { gross: 0.5% }', /detect\.gross: found 0\.5%; expected 1% or more/],
    ['detect: { atLeast: 15% }', /detect\.atLeast: found 15%; expected at most 10%/],
    ['detect: { atLeast: 2 }', /detect\.atLeast: found 2; expected a share/],
    ['detect: { atLeast: -1% }', /detect\.atLeast: found '-1%'; expected a share/],
    ['detect: { gross: 0% }', /detect\.gross: found '0%'; expected a share above 0/],
  ])('refuses %s', (keys, message) => {
    const mistakes = mistakesOf(planWith({ errors: CEILING, keys }));
    expect(mistakes.map(({ path, found, expected }) => `${path}: found ${found}; expected ${expected}`).join()).toMatch(
      message,
    );
  });

  it('takes an effect of 0 points for the ratio alone', () => {
    expect(planOf(planWith({ errors: CEILING, keys: 'detect: { atLeast: 0% }' })).sequential?.detect.atLeast).toBe(0);
  });

  it('counts the windows of its bakes and soak from the first weight on', () => {
    const plan = planOf(planWith({ errors: CEILING }));
    // 5 min + 1 min + 15 min of minutes; the 2 min before the first weight, and the approval, are not counted
    expect(horizonWindows(plan)).toBe(21);
    expect(secondsAlone(plan)).toBe(16 * 60);
  });

  it('says nothing of alpha where no metric is sequential', () => {
    const threshold = "judge: { kind: threshold, successCondition: 'result[0] < 0.01' }";
    expect(planOf(planWith({ errors: threshold, slow: threshold })).sequential).toBeUndefined();
  });
});

describe('mistakes around the sequential judge', () => {
  const sequential = (more: string) => `judge: { kind: sequential, ceiling: auto, ${more} }`;
  it.each([
    ['alpha: 0%', {}, '0%', 'above 0 and below 1'],
    ['alpha: 100%', {}, '100%', 'from 0 to below 1'],
    ['alpha: 1', {}, '1', 'from 0 to below 1'],
    ['detect: { ratio: 1 }', {}, '1', 'above 1'],
    ['detect: { ratio: 1.2 }', {}, '1.2', 'more than 1.25, the margin of errors'],
    ['detect: { power: 0 }', {}, '0', 'above 0 and below 1'],
    ['promoteEarly: { nonInferiority: 1 }', {}, '1', 'above 1'],
    ['promoteEarly: { beta: 100% }', {}, '100%', 'below 1'],
    ['', { errors: sequential('margin: 0.9') }, '0.9', '1 or more'],
    ['', { errors: sequential('margin: 3') }, '3', 'a margin below 2, or a larger detect.ratio'],
    ['', { errors: sequential('floor: 0') }, '0', 'above 0'],
    ['', { errors: sequential('guard: maybe') }, 'maybe', 'on or off'],
    ['', { errors: sequential('warmUp: { margin: 0.5 }') }, '0.5', '1 or more'],
    ['', { errors: sequential('share: 1.5') }, '1.5', 'a share from 0 to 1'],
    [
      '',
      { errors: sequential('share: 0'), slow: 'judge: { kind: sequential, share: 0 }' },
      '0',
      'shares that sum to 1',
    ],
    [
      '',
      { errors: sequential('share: 0.5'), slow: 'judge: { kind: sequential, share: 0.3 }' },
      '0.3',
      'shares that sum to 1',
    ],
    ['', { errors: sequential('share: 1') }, '1', 'slow names no share'],
    ['', { slow: CEILING, errors: 'judge: { kind: sequential, ceiling: high }' }, 'high', 'auto, or a share'],
  ])('says where and what is expected: %s %o', (keys, judges, underCaret, expected) => {
    const mistakes = mistakesOf(planWith({ keys, ...{ errors: CEILING }, ...judges }));
    expect(mistakes.map(shortly)).toEqual([expect.stringContaining(underCaret)]);
    expect(mistakes[0]?.expected).toContain(expected);
  });

  it('refuses a soak that no metric could judge', () => {
    const [mistake] = mistakesOf(planWith());
    expect(mistake?.path).toBe('soak');
    expect(mistake?.expected).toContain('a sequential or relative one with a ceiling');
    expect(mistakesOf(planWith({ soak: '0s' }))).toEqual([]);
  });

  it('refuses a value where it would have to count', () => {
    const value = 'name: slow\n    source: { kind: cloudwatch, value: { percentile: 99 } }';
    const text = planWith({ errors: CEILING }).replace(/name: slow\n.*$/m, value);
    const [mistake] = mistakesOf(text);
    expect(mistake?.found).toContain(
      'no judge: the default is sequential, which judges counts of requests, and this is a value',
    );
    const [named] = mistakesOf(text.replace(value, `${value}\n    judge: { kind: sequential }`));
    expect(named?.found).toBe("the judge 'sequential' for a value");
  });
});
