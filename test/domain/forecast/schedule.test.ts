import { describe, expect, it } from 'vitest';
import { type EnoughSeen, type Schedule, scheduleOf } from '../../../domain/forecast/schedule.ts';
import type { Metric, Plan, Step } from '../../../domain/plan/plan.ts';
import { approval, bake, errors, hook, planOf, weight } from '../../support/ledger-lines.ts';

/*
 * By hand: a shift is aimed at 42 s before a window's end (30 s of propagation and 12 s of lead), so at second 18 to 30 of
 * a minute; it takes 2 s; a window of CloudWatch is known 90 + 10 s after its end, one of Prometheus 5 + 10 s.
 */

const always: EnoughSeen = () => 'enough';
const never: EnoughSeen = () => 'little';
const atLeast =
  (count: number): EnoughSeen =>
  known =>
    known.length >= count ? 'enough' : 'little';
const scheduled = (steps: Step[], more: Partial<Plan> = {}, enough = always) =>
  scheduleOf(planOf({ steps, ...more }), enough);
const staysOf = ({ stays }: Schedule) =>
  stays.map(({ step, weight, fromSeconds, plannedSeconds, untilSeconds, holdSeconds }) => [
    step,
    weight,
    fromSeconds,
    plannedSeconds,
    untilSeconds,
    holdSeconds,
  ]);
const unseenOf = ({ stays }: Schedule) => stays.map(({ unseen }) => unseen);
const startsOf = ({ windows }: Schedule) => windows.map(({ startSeconds }) => startSeconds);
const prometheus: Metric = {
  ...errors,
  name: 'queue',
  source: { kind: 'prometheus', measure: { kind: 'query', query: 'up', series: 'one' } },
};

describe('a healthy release by the clock', () => {
  it('shifts at its good instants, stays as long as it is told, and soaks', () => {
    const schedule = scheduled([weight(10), bake(600), weight(100)], { soakSeconds: 900 });
    expect(schedule.weights).toEqual([
      { fromSeconds: 18, weight: 10 },
      { fromSeconds: 620, weight: 100 },
    ]);
    expect(staysOf(schedule)).toEqual([
      [1, 10, 20, 600, 620, 0],
      [3, 100, 622, 900, 1522, 0],
    ]);
    expect([schedule.endSeconds, schedule.untilSeconds]).toEqual([1522, 1522]);
  });

  it('waits for the next good instant where a stay ends behind it', () => {
    // 20 + 611 is second 31 of a minute, a second too late: 47 s until the next one
    const late = scheduled([weight(10), bake(611), weight(100)]);
    expect(late.weights[1]).toEqual({ fromSeconds: 678, weight: 100 });
    expect(late.endSeconds).toBe(680);
    expect(scheduled([weight(10), bake(610), weight(100)]).weights[1]).toEqual({ fromSeconds: 630, weight: 100 });
  });

  it('does not wait where windows are too short for a good instant', () => {
    expect(scheduled([weight(10), bake(100)], { windowSeconds: 30 }).weights).toEqual([{ fromSeconds: 0, weight: 10 }]);
  });

  it('takes no time for hooks and approvals, nor for a soak of none', () => {
    const schedule = scheduled([hook(), weight(10), approval(), weight(100)]);
    expect([schedule.stays, schedule.endSeconds]).toEqual([[], 22]);
  });

  it('judges every window that no shift overlaps, when it is known, at the weight that it had', () => {
    const { windows } = scheduled([weight(10), bake(200), weight(50), bake(300)]);
    // shifts from 18 to 50 and from 258 (second 38 of a minute waits 38 s) to 290; it ends at 560, 100 s after second 460
    expect(windows).toEqual([
      { startSeconds: 60, endSeconds: 120, knownSeconds: 220, weight: 10 },
      { startSeconds: 120, endSeconds: 180, knownSeconds: 280, weight: 10 },
      { startSeconds: 180, endSeconds: 240, knownSeconds: 340, weight: 10 },
      { startSeconds: 300, endSeconds: 360, knownSeconds: 460, weight: 50 },
      { startSeconds: 360, endSeconds: 420, knownSeconds: 520, weight: 50 },
    ]);
  });

  it('knows a window when its time has come, not a second sooner', () => {
    // the first whole window ends at 120 and is known at 220
    expect(startsOf(scheduled([weight(10), bake(199)]))).toEqual([]);
    expect(startsOf(scheduled([weight(10), bake(200)]))).toEqual([60]);
  });

  it('knows it sooner from Prometheus, whatever else the plan reads', () => {
    const metrics = [errors, prometheus];
    expect(startsOf(scheduled([weight(10), bake(114)], { metrics }))).toEqual([]);
    expect(startsOf(scheduled([weight(10), bake(115)], { metrics }))).toEqual([60]);
  });

  it('leaves out every window that a shift and its propagation overlap', () => {
    // a shift at second 0 is over at second 32; it ends at 135, 15 s after second 120
    const metrics = [prometheus];
    expect(startsOf(scheduled([weight(10), bake(133)], { windowSeconds: 30, metrics }))).toEqual([60, 90]);
  });

  it('waits with weight 0 for nothing to be seen, and has no window then', () => {
    const schedule = scheduled([bake(60), weight(0), bake(60), weight(10), bake(100)], {}, atLeast(1));
    // the shift to 0 at 78; then second 20 of a minute, so at once; and 100 s until the first window is known
    expect(staysOf(schedule)).toEqual([
      [0, 0, 0, 60, 60, 0],
      [2, 0, 80, 60, 140, 0],
      [4, 10, 142, 100, 342, 100],
    ]);
    expect(startsOf(schedule)).toEqual([180]);
  });
});

describe('an analysis', () => {
  const measured: Metric = {
    ...errors,
    judge: { ...errors.judge, initialDelaySeconds: 30 } as Extract<Metric['judge'], { kind: 'threshold' }>,
  };
  const analysis: Step = { kind: 'analysis', metrics: ['errors'], count: 3 };

  it('lasts until its measurements are taken, which begin with the first weight above 0', () => {
    // the windows of 60, 120 and 180 begin 30 s after second 18 or later; the last is known 100 s after its end at 240
    expect(staysOf(scheduled([weight(10), analysis], { metrics: [measured] }))).toEqual([[1, 10, 20, 320, 340, 0]]);
    // a shift to 0 begins nothing: 60 s later it is 18 + 60
    const later = scheduled([weight(0), bake(58), weight(10), analysis], { metrics: [measured] });
    expect(staysOf(later)[1]).toEqual([3, 10, 80, 320, 400, 0]);
  });

  it('lasts no time where they were taken before', () => {
    const stays = staysOf(scheduled([weight(10), bake(600), analysis], { metrics: [measured] }));
    expect(stays[1]).toEqual([2, 10, 620, 0, 620, 0]);
  });
});

describe('a stay in which too little is seen by its end', () => {
  it('holds until enough is seen, to the next look', () => {
    // its time is over at 120; the first window is known at 220, the second at 280
    expect(staysOf(scheduled([weight(10), bake(100), weight(100)], {}, atLeast(1)))).toEqual([
      [1, 10, 20, 100, 220, 100],
    ]);
    expect(staysOf(scheduled([weight(10), bake(105)], {}, atLeast(1)))).toEqual([[1, 10, 20, 105, 225, 100]]);
    expect(scheduled([weight(10), bake(100), weight(100)], {}, atLeast(2)).weights[1]).toEqual({
      fromSeconds: 318,
      weight: 100,
    });
  });

  it.each([
    [100, [1, 10, 20, 100, 220, 100], 220],
    [99, [1, 10, 20, 100, 220, 100], 220],
    [90, [1, 10, 20, 100, 210, null], null],
    [0, [1, 10, 20, 100, 120, null], null],
  ])('goes back after %d s of holding where nothing was seen until then', (atMostSeconds, stay, endSeconds) => {
    const hold = { atMostSeconds, then: 'rollBack' as const };
    const schedule = scheduled([weight(10), bake(100)], { hold }, atLeast(1));
    expect([staysOf(schedule)[0], schedule.endSeconds]).toEqual([stay, endSeconds]);
  });

  it.each(['rollBack', 'ask'] as const)('does not get to its end where the plan says then: %s', then => {
    const hold = { atMostSeconds: 60, then };
    const schedule = scheduled([weight(10), bake(300), weight(100)], { hold, soakSeconds: 600 }, never);
    expect(staysOf(schedule)).toEqual([[1, 10, 20, 300, 380, null]]);
    expect(schedule).toMatchObject({ endSeconds: null, untilSeconds: 380, weights: [{ weight: 10 }] });
    expect(startsOf(schedule)).toEqual([60, 120, 180]);
  });

  it('goes on without having seen enough where the plan says so', () => {
    const hold = { atMostSeconds: 60, then: 'proceed' as const };
    const schedule = scheduled([weight(10), bake(300), weight(100)], { hold, soakSeconds: 600 }, never);
    // second 380 is second 20 of a minute
    expect(staysOf(schedule)).toEqual([
      [1, 10, 20, 300, 380, null],
      [3, 100, 382, 600, 1042, null],
    ]);
    expect(schedule.endSeconds).toBe(1042);
  });

  it('does not get to its end either where the soak sees too little', () => {
    const hold = { atMostSeconds: 60, then: 'rollBack' as const };
    const schedule = scheduled([weight(100)], { hold, soakSeconds: 600 }, never);
    expect(staysOf(schedule)).toEqual([[1, 100, 20, 600, 680, null]]);
    expect(schedule.endSeconds).toBeNull();
  });

  it('goes on at the end of its hold where a gross fault would have been seen, and says what went unseen', () => {
    // its time is over at 320, and ten minutes of holding at 920
    const gross: EnoughSeen = () => 'gross';
    const hold = { atMostSeconds: 600, then: 'rollBack' as const };
    const schedule = scheduled([weight(10), bake(300), weight(100)], { hold, soakSeconds: 600 }, gross);
    expect(staysOf(schedule)).toEqual([
      [1, 10, 20, 300, 920, 600],
      [3, 100, 922, 600, 2122, 600],
    ]);
    expect([unseenOf(schedule), schedule.endSeconds]).toEqual([[true, true], 2122]);
    // where enough is seen on the way nothing went unseen, and no hold is longer than needed
    const later: EnoughSeen = known => (known.length >= 4 ? 'enough' : 'gross');
    const seen = scheduled([weight(10), bake(300)], { hold }, later);
    expect([staysOf(seen), unseenOf(seen)]).toEqual([[[1, 10, 20, 300, 400, 80]], [false]]);
  });

  it('has nothing unseen where the plan goes on without knowing', () => {
    const hold = { atMostSeconds: 60, then: 'proceed' as const };
    expect(unseenOf(scheduled([weight(10), bake(300)], { hold }, never))).toEqual([false]);
  });

  it('goes on at once without a hold where the plan allows none and a gross fault would have been seen', () => {
    const hold = { atMostSeconds: 0, then: 'rollBack' as const };
    const schedule = scheduled([weight(10), bake(300)], { hold }, () => 'gross');
    expect([staysOf(schedule), unseenOf(schedule)]).toEqual([[[1, 10, 20, 300, 320, 0]], [true]]);
  });

  it('ends where a verdict stops it, whatever the plan says of holds', () => {
    const hold = { atMostSeconds: 600, then: 'proceed' as const };
    const stop: EnoughSeen = known => (known.length >= 4 ? 'stop' : 'little');
    const schedule = scheduled([weight(10), bake(300), weight(100)], { hold, soakSeconds: 600 }, stop);
    // the fourth window, from 240 to 300, is known at 400
    expect(staysOf(schedule)).toEqual([[1, 10, 20, 300, 400, 80]]);
    expect(schedule).toMatchObject({ endSeconds: null, untilSeconds: 400, weights: [{ weight: 10 }] });
  });

  it('is asked again only when another window is known, and once more when its hold is over', () => {
    const ask = (sights: EnoughSeen) => {
      const asked: [number, boolean][] = [];
      scheduled([weight(10), bake(100)], { hold: { atMostSeconds: 170, then: 'rollBack' } }, (known, look) => {
        asked.push([known.length, look.atEnd]);
        return sights(known, look);
      });
      return asked;
    };
    // its time is over at 120 and its hold at 290, with windows known at 220 and 280
    expect(ask(atLeast(2))).toEqual([
      [0, false],
      [1, false],
      [2, false],
    ]);
    expect(ask(never)).toEqual([
      [0, false],
      [1, false],
      [2, false],
      [2, true],
    ]);
  });
});
