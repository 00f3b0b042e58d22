import type { JudgementContext } from '../../../../domain/judges/context.ts';
import { judgeRelease } from '../../../../domain/judges/judge-release.ts';
import type { SequentialContext } from '../../../../domain/judges/sequential/context.ts';
import type { SequentialMetric } from '../../../../domain/judges/sequential/windows.ts';
import type { Counts, Reading, WindowRecord } from '../../../../domain/windows/reading.ts';
import { context, counts, frozen, MINUTE, NOON } from '../records.ts';

/** Sequential, without the guard, where nothing else is said. */
export const metric = (judge: Partial<SequentialMetric['judge']> = {}, name = 'errors'): SequentialMetric => ({
  name,
  source: { kind: 'cloudwatch', measure: { kind: 'failedRequests' } },
  judge: { kind: 'sequential', margin: 1.25, share: 1, guard: false, ...judge },
});
export const sequential = (more: Partial<SequentialContext> = {}): SequentialContext => ({
  alpha: 0.01,
  detect: { ratio: 2, power: 0.8 },
  nonInferiority: 2,
  beta: 0.05,
  horizonWindows: 30,
  secondsAlone: 600,
  baseline: {},
  ceilings: {},
  ...more,
});
export const of = (canary: Counts | null, stable: Counts | null): Reading => ({ kind: 'counts', canary, stable });
/** 480 a minute on the canary, 9,520 on the stable version. */
export const pair = (xc: number, xb: number) => of(counts(480, xc), counts(9520, xb));
export const repeat = (times: number, reading: Reading) => Array.from({ length: times }, () => reading);

export function judged(
  metrics: SequentialMetric[],
  readings: Record<string, (Reading | Partial<WindowRecord>)[]>,
  more: Partial<JudgementContext> = {},
) {
  const windows = Object.fromEntries(
    Object.entries(readings).map(([name, list]) => [
      name,
      list.map((one, n) =>
        'kind' in one ? frozen(n, one, { metric: name }) : { ...frozen(n, pair(5, 95), { metric: name }), ...one },
      ),
    ]),
  );
  const last = Math.max(...Object.values(readings).map(list => list.length));
  return judgeRelease(
    metrics,
    windows,
    context({ nowEpochMs: NOON + last * MINUTE, sequential: sequential(), ...more }),
  );
}
export const verdictOf = (readings: Reading[], more: Partial<JudgementContext> = {}, judge = {}) =>
  judged([metric(judge)], { errors: readings }, more).verdict;
