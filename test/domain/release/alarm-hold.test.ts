import { describe, expect, it } from 'vitest';
import { holdForAlarms } from '../../../domain/release/alarm-hold.ts';
import type { AlarmSeen } from '../../../domain/release/alarm-watch.ts';
import { at, type Line, releaseOf } from '../../support/ledger-lines.ts';

const slo: AlarmSeen = { alarm: 'slo-burn', state: 'ALARM', reason: 'threshold crossed' };
const queue: AlarmSeen = { alarm: 'queue', state: 'ALARM', reason: '' };
const because = 'slo-burn is in ALARM (threshold crossed)';
const held: Line = [100, { kind: 'held', because, fault: false }];
const out = 'If a fix has to go out all the same: --although slo-burn';
/** Of a plan that holds for at most 600 s. */
const decide = (seen: AlarmSeen[], seconds: number, ...lines: Line[]) =>
  holdForAlarms(releaseOf({}, ...lines), seen, at(seconds));

describe('a release whose workload has alarms', () => {
  it('begins while all is quiet, and says so where it was held before', () => {
    expect(decide([], 100)).toEqual({ kind: 'goOn', facts: [] });
    expect(decide([], 150, held)).toEqual({ kind: 'goOn', facts: [{ kind: 'resumed' }] });
  });

  it('begins where one has no data, which is written down, and is refused at once where one is not there', () => {
    const quiet: AlarmSeen = { ...queue, state: 'INSUFFICIENT_DATA' };
    const silent: Line = [90, { kind: 'alarmSilent', alarm: 'queue', why: 'noData' }];
    expect(decide([quiet], 100)).toEqual({ kind: 'goOn', facts: [silent[1]] });
    expect(decide([quiet], 100, silent)).toEqual({ kind: 'goOn', facts: [] });
    const gone: AlarmSeen = { ...queue, state: 'missing' };
    expect(decide([slo, gone], 100)).toEqual({ kind: 'refuse', because: 'there is no alarm queue' });
  });

  it('is held while one rings, which is written down once', () => {
    expect(decide([slo], 100)).toEqual({
      kind: 'hold',
      because,
      facts: [{ kind: 'held', because, fault: false }],
    });
    expect(decide([slo], 101, held)).toEqual({ kind: 'hold', because, facts: [] });
  });

  it('is told every alarm that rings, with its reason where there is one', () => {
    expect(decide([slo, queue], 100)).toMatchObject({ because: `${because}, queue is in ALARM` });
  });

  it("is refused when it was held for the plan's time, counted from when the hold began", () => {
    expect(decide([slo], 699.999, held)).toMatchObject({ kind: 'hold' });
    expect(decide([slo], 700, held)).toEqual({ kind: 'refuse', because: `on hold for 600 s: ${because}. ${out}` });
  });

  it.each(['rollBack', 'ask', 'proceed'] as const)(
    'is refused at once where the plan holds for no time, also where its hold would %s',
    then => {
      const release = releaseOf({ hold: { atMostSeconds: 0, then } });
      expect(holdForAlarms(release, [slo], at(5))).toEqual({
        kind: 'refuse',
        because: `on hold for 0 s: ${because}. ${out}`,
      });
    },
  );
});
