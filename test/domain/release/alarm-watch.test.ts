import { describe, expect, it } from 'vitest';
import { type AlarmSeen, alarmsMatter } from '../../../domain/release/alarm-watch.ts';
import { nextMove } from '../../../domain/release/next-move.ts';
import {
  admissionOf,
  approval,
  type Line,
  planOf,
  readied,
  requested,
  shifted,
  shop,
  stateOf,
  weight,
} from '../../support/ledger-lines.ts';
import { judged } from '../../support/looks.ts';
import { sight } from '../../support/sight.ts';

const burns: AlarmSeen = { alarm: 'burns', state: 'ALARM', reason: 'too many 5xx' };
const as = (state: AlarmSeen['state']): AlarmSeen => ({ ...burns, state, reason: '' });
const workload = { ...shop, alarms: ['burns'] };
type Request = Partial<Extract<Line[1], { kind: 'requested' }>>;

/** A release of a workload with the alarm `burns`. */
function released(lines: Line[], request: Request = {}) {
  const { active } = stateOf(
    [0, requested({ workload, plan: planOf(), ...request })],
    [0, { kind: 'admitted', admission: admissionOf() }],
    judged,
    ...lines,
  );
  if (active === undefined) throw new Error('no release');
  return active;
}
function look(lines: Line[], seconds: number, alarms: AlarmSeen[] | { unread: string }, request: Request = {}) {
  const release = released(lines, request);
  return nextMove(release, sight(release, seconds, { alarms }));
}
/** Ready for 10 %, and 20 s after NOON is a good time to shift. */
const ready = readied(0, 10);
const at10: Line[] = [...ready, ...shifted(20, { from: 0, to: 10 }), [40, { kind: 'stepStarted', index: 1 }]];
const to100: Line[] = [...at10, [345, { kind: 'stepDone', index: 1, because: '' }], ...readied(350, 100, 4)];

describe('an alarm before the first weight', () => {
  const because = 'burns is in ALARM (too many 5xx). If it has to go out all the same: --although burns';

  it('holds the release and says how it can go out all the same', () => {
    expect(look(ready, 20, [burns])).toMatchObject({
      move: { kind: 'lookAgain', because: `on hold: ${because}` },
      facts: [{ kind: 'held', because, fault: true }],
    });
    expect(look(ready, 20, [as('OK')]).move).toMatchObject({ kind: 'shiftTraffic' });
  });

  it("sends it back for a fault after the plan's hold.atMost, whatever the plan would do for want of data", () => {
    const held: Line[] = [...ready, [20, { kind: 'held', because, fault: true }]];
    const plan = planOf({ hold: { atMostSeconds: 600, then: 'proceed' } });
    expect(look(held, 619, [burns], { plan }).move).toMatchObject({ kind: 'lookAgain' });
    expect(look(held, 620, [burns], { plan }).move).toMatchObject({ kind: 'rollBack', reason: 'fault' });
  });

  it('that is over lets it go on', () => {
    const { move, facts } = look([...ready, [20, { kind: 'held', because, fault: true }]], 80, [as('OK')]);
    expect(move).toMatchObject({ kind: 'shiftTraffic' });
    expect(facts).toEqual([{ kind: 'resumed' }]);
  });

  it.each<[string, AlarmSeen[] | { unread: string }, RegExp]>([
    ['it was deleted', [as('missing')], /^on hold: there is no alarm burns\. If .*--although burns$/],
    ['nobody can say how it is', { unread: 'throttled' }, /^on hold: nobody can say how its alarms are: throttled$/],
  ])('where %s is not known to be OK, and holds as well', (_, alarms, expected) => {
    const { move } = look(ready, 20, alarms);
    expect(move).toMatchObject({ kind: 'lookAgain', because: expect.stringMatching(expected) });
  });

  it('without data says nothing, and holds nothing', () => {
    expect(look(ready, 20, [as('INSUFFICIENT_DATA')]).move).toMatchObject({ kind: 'shiftTraffic' });
  });

  it('holds neither an undo nor a release that overrides it, also where it is not there', () => {
    for (const request of [{ undoOf: 'shop-0' }, { although: { alarms: ['burns'] } }]) {
      for (const state of ['ALARM', 'missing'] as const) {
        const isUndo = 'undoOf' in request; // which turns everything at once
        const move = look(isUndo ? readied(0, 100) : ready, 20, [as(state)], request).move;
        expect(move).toMatchObject({ kind: 'shiftTraffic' });
      }
    }
  });

  it('holds no step before it, and no weight of 0', () => {
    const plan = planOf({ steps: [approval(), weight(10), weight(100)] });
    const asked: Line[] = [...ready, [10, { kind: 'approvalOpened', name: 'go-live' }]];
    expect(look(asked, 20, [burns], { plan }).move).toMatchObject({ because: 'waiting for approval go-live' });
    const none = planOf({ steps: [weight(0), weight(100)] });
    expect(look(readied(0, 0), 20, [burns], { plan: none }).move).toMatchObject({ kind: 'shiftTraffic' });
  });
});

describe('an alarm while the canary has traffic', () => {
  it('takes the release back as degraded: it is the state that counts', () => {
    const rollBack = { kind: 'rollBack', reason: 'degraded', because: 'burns is in ALARM (too many 5xx)' };
    expect(look(at10, 100, [burns]).move).toEqual(rollBack);
    expect(look([...ready, ...shifted(20, { from: 0, to: 10 }).slice(0, 1)], 25, [burns]).move).toEqual(rollBack);
  });

  it.each<[string, AlarmSeen[] | { unread: string }]>([
    ['has no data', [as('INSUFFICIENT_DATA')]],
    ['was deleted', [as('missing')]],
    ['cannot be read', { unread: 'throttled' }],
  ])('that %s does not take it back', (_, alarms) => {
    expect(look(at10, 100, alarms).move).toMatchObject({ kind: 'lookAgain', because: 'nothing wrong' });
  });

  it('that was deleted or cannot be read keeps it from the next weight, and after hold.atMost it goes back', () => {
    // 380 s is a good time to shift
    expect(look(to100, 380, [as('OK')]).move).toMatchObject({ kind: 'shiftTraffic' });
    for (const alarms of [[as('missing')], { unread: 'throttled' }]) {
      const { move, facts } = look(to100, 380, alarms);
      expect(move).toMatchObject({ kind: 'lookAgain' });
      const [held] = facts;
      if (held?.kind !== 'held') throw new Error('it is not held');
      expect(held.because).not.toMatch(/although/);
      expect(look([...to100, [380, held]], 980, alarms).move).toMatchObject({ kind: 'rollBack', reason: 'fault' });
    }
  });

  it('that was overridden, or rings in an undo, is ignored until it was OK once', () => {
    const turned: Line[] = [...readied(0, 100), ...shifted(20, { from: 0, to: 100 }), [40, { kind: 'soakStarted' }]];
    const wasOk: Line = [50, { kind: 'alarmWasOk', alarm: 'burns' }];
    const plan = planOf({ soakSeconds: 900 });
    for (const request of [{ undoOf: 'shop-0', plan }, { although: { alarms: ['burns'] } }]) {
      const lines = 'undoOf' in request ? turned : at10;
      expect(look(lines, 100, [burns], request).move).toMatchObject({ kind: 'lookAgain' });
      expect(look([...lines, wasOk], 100, [burns], request).move).toMatchObject({ reason: 'degraded' });
    }
  });

  it('that is overridden once more before the first weight is ignored once more', () => {
    const again: Line[] = [
      [1, { kind: 'alarmWasOk', alarm: 'burns' }],
      [2, { kind: 'overridden', although: { alarms: ['burns'] } }],
    ];
    const request = { although: { alarms: ['burns'] } };
    expect(look([...again, ...ready], 20, [burns], request).move).toMatchObject({ kind: 'shiftTraffic' });
  });

  it('takes nothing back past the point of no return', () => {
    expect(look([...at10, [60, { kind: 'retiring' }]], 100, [burns]).move.kind).not.toBe('rollBack');
  });
});

describe('alarms are asked', () => {
  it.each<[string, Line[], boolean]>([
    ['not while the canary becomes ready', [], false],
    ['when it is about to get its first weight', ready, true],
    ['as long as it has traffic', at10, true],
    ['not past the point of no return', [...at10, [60, { kind: 'retiring' }]], false],
  ])('%s', (_, lines, expected) => {
    expect(alarmsMatter(released(lines))).toBe(expected);
    expect(alarmsMatter(released(lines, { workload: shop }))).toBe(false);
  });
});
