import { describe, expect, it } from 'vitest';
import { alarmJudge } from '../../../../domain/judges/alarm/judge.ts';
import type { AlarmJudgeSpec } from '../../../../domain/judges/alarm/plan.ts';
import type { MetricOf } from '../../../../domain/judges/metric-of.ts';
import type { AlarmState } from '../../../../domain/windows/reading.ts';
import { context, frozen, MINUTE, NOON, verdictOf } from '../records.ts';

const metric = (failureLimit = 0): MetricOf<AlarmJudgeSpec> => ({
  name: 'late',
  source: { kind: 'cloudwatch', measure: { kind: 'alarm', alarm: 'late' } },
  judge: { kind: 'alarm', failureLimit },
});
/** One window after the other. */
const judged = (states: (AlarmState | 'noData')[], failureLimit = 0) =>
  verdictOf(
    alarmJudge,
    metric(failureLimit),
    states.map((state, n) =>
      frozen(n, state === 'noData' ? { kind: 'noData', reason: 'there is no alarm late' } : { kind: 'alarm', state }),
    ),
    context({ nowEpochMs: NOON + states.length * MINUTE }),
  );

describe('the judge of an alarm', () => {
  it('is watching while it is OK, and degraded at the first window in ALARM', () => {
    expect(judged(['OK', 'OK']).verdict).toEqual({
      kind: 'watching',
      because: 'healthy so far: 2 of 2 windows good; the last: the alarm was OK',
    });
    expect(judged(['OK', 'ALARM', 'OK']).verdict).toEqual({
      kind: 'degraded',
      because: 'the alarm was in ALARM, 0 bad windows allowed',
      metric: 'late',
    });
  });

  it('allows as many windows in ALARM as its limit says', () => {
    expect(judged(['OK', 'ALARM'], 1).verdict).toEqual({
      kind: 'watching',
      because: 'within the limit so far: 1 of 2 windows good, 1 bad (1 allowed); the last: the alarm was in ALARM',
    });
    expect(judged(['ALARM', 'OK', 'ALARM', 'OK'], 1)).toMatchObject({
      verdict: { kind: 'degraded', because: 'the alarm was in ALARM, bad window 2, 1 bad window allowed' },
      brokeLimit: false,
    });
  });

  it('is inconclusive where it says neither, and never good: from the start, or for too long', () => {
    expect(judged(['ALARM', 'ALARM', 'INSUFFICIENT_DATA'], 2)).toMatchObject({
      verdict: {
        kind: 'inconclusive',
        because: 'no window was good yet; the last: the alarm had insufficient data',
        fault: false,
      },
      brokeLimit: false,
    });
    expect(judged(['noData']).verdict.because).toBe(
      'no window was good yet; the last: no data: there is no alarm late',
    );
    const quiet: AlarmState[] = ['INSUFFICIENT_DATA', 'INSUFFICIENT_DATA', 'INSUFFICIENT_DATA', 'INSUFFICIENT_DATA'];
    expect(judged(['OK', ...quiet])).toMatchObject({ verdict: { kind: 'watching' }, brokeLimit: false });
    expect(judged(['OK', ...quiet, 'noData'])).toMatchObject({
      verdict: {
        kind: 'inconclusive',
        because: '5 windows in a row were neither good nor bad; the last: no data: there is no alarm late',
        fault: false,
      },
      brokeLimit: true,
    });
  });

  it('has nothing to say before a window is frozen', () => {
    expect(judged([])).toMatchObject({
      verdict: { kind: 'inconclusive', because: 'no window was measured yet', fault: false },
      brokeLimit: false,
    });
  });

  it('is not misled by a reading of another kind', () => {
    const other = frozen(0, { kind: 'value', canary: 1, stable: 1 });
    const { measurements } = verdictOf(alarmJudge, metric(), [other], context());
    expect(measurements[0]).toMatchObject({
      phase: 'inconclusive',
      because: 'the reading is not the state of an alarm',
    });
  });
});
