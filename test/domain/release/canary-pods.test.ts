import { describe, expect, it } from 'vitest';
import type { SlotSeen } from '../../../domain/ledger/facts.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { type Line, readied, shifted } from '../../support/ledger-lines.ts';
import { judged, look } from '../../support/looks.ts';

const plan: Partial<Plan> = { canaryHealth: { restarts: 3, lostReplicasSeconds: 300 } };
const at10 = [
  judged,
  ...readied(0, 10, 2),
  ...shifted(20, { from: 0, to: 10 }),
  [30, { kind: 'stepStarted', index: 1 }] as Line,
];
const seen = (seconds: number, more: Partial<SlotSeen> = {}): Line => [
  seconds,
  {
    kind: 'slotSeen',
    slot: 'green',
    desired: 2,
    available: 2,
    ready: true,
    stable: { desired: 4, available: 4 },
    ...more,
  },
];
const kind = (lines: Line[], seconds: number, more: Partial<Plan> = plan) => look(more, lines, seconds).move.kind;

describe('restarts of the canary', () => {
  const lastExit = 'container app ended with exit code 7';

  it('go back once they are more than the plan bears, though its targets are healthy', () => {
    expect(kind([...at10, seen(60, { restarts: 3, lastExit })], 61)).toBe('lookAgain');
    expect(look(plan, [...at10, seen(60, { restarts: 4, lastExit })], 61).move).toEqual({
      kind: 'rollBack',
      reason: 'notReady',
      because: `green restarted 4 times since it was ready, and 3 are borne: ${lastExit}`,
    });
  });

  it('are borne where the plan says off, and where it is from before it could say so', () => {
    const crashing = [...at10, seen(60, { restarts: 40 })];
    expect(kind(crashing, 61, { canaryHealth: {} })).toBe('lookAgain');
    expect(kind(crashing, 61, {})).toBe('lookAgain');
  });

  it('are the start that they were until it was ready', () => {
    const [sized, , ready] = readied(0, 10, 2) as [Line, Line, Line];
    const slow = [judged, sized, seen(1, { restarts: 6, mostRestarts: 3 }), ready];
    expect(kind(slow, 2)).toBe('lookAgain');
    expect(kind([...slow, seen(10, { restarts: 4, mostRestarts: 5 })], 11)).toBe('rollBack');
  });

  it('count before it has requests too: nobody is to approve a crash loop', () => {
    expect(kind([judged, ...readied(0, 10, 2), seen(5, { restarts: 4 })], 6)).toBe('rollBack');
  });

  it('hold the release as long as they last where stable restarts as often by pod, and are no evidence after', () => {
    const stable = { desired: 4, available: 2, restarts: 16 };
    const both = [...at10, seen(60, { restarts: 8, available: 1, ready: false, stable })];
    expect(look(plan, both, 61)).toMatchObject({
      move: { kind: 'lookAgain' },
      facts: [{ kind: 'held', because: expect.stringMatching(/restarted 8 times .* blue has the same trouble$/) }],
    });
    const over = seen(90, { restarts: 8, stable: { ...stable, available: 4 } });
    expect(look(plan, [...both, over], 91).facts).toEqual([]);
    // more than twice as often is the canary's own
    expect(kind([...at10, seen(60, { restarts: 20, stable })], 61)).toBe('rollBack');
  });

  it('of stable count from when the canary was ready: those of its long life say nothing', () => {
    const old = { desired: 4, available: 4, restarts: 900 };
    const [sized, , ready] = readied(0, 10, 2) as [Line, Line, Line];
    const ledgerLines = [judged, sized, seen(1, { stable: old }), ready, seen(60, { restarts: 4, stable: old })];
    expect(kind(ledgerLines, 61)).toBe('rollBack');
  });
});

describe('replicas of the canary that are missing', () => {
  const missing = (seconds: number, more: Partial<SlotSeen> = {}) =>
    seen(seconds, { available: 1, ready: false, ...more });

  it('go back when the cluster has missed them for longer than the plan bears', () => {
    const lost = [...at10, missing(60, { problem: 'not scheduled: no nodes' })];
    const still = missing(361, { problem: 'not scheduled: no nodes' });
    expect(kind([...lost, missing(359)], 360)).not.toBe('rollBack');
    expect(look(plan, [...lost, still], 362).move).toEqual({
      kind: 'rollBack',
      reason: 'notReady',
      because: '1 of 2 replicas of green are missing for more than 5m: not scheduled: no nodes',
    });
    expect(kind([...lost, still], 362, { canaryHealth: { restarts: 3 } })).not.toBe('rollBack');
  });

  it('are not known to be missing by a cluster that no longer answers', () => {
    expect(kind([...at10, missing(60)], 320)).toBe('lookAgain');
  });

  it('that came back in between were a pod that moved', () => {
    expect(kind([...at10, missing(60), seen(200), missing(330), missing(362)], 363)).not.toBe('rollBack');
  });

  it('are not those that an autoscaler adds, but those of them that were there', () => {
    const grows = (seconds: number, available: number) =>
      seen(seconds, { desired: 8, available, ready: available === 8 });
    expect(kind([...at10, grows(31, 2), grows(340, 2)], 341)).not.toBe('rollBack');
    expect(kind([...at10, grows(31, 8), grows(32, 5), grows(340, 5)], 341)).toBe('rollBack');
    // and shrinking is no loss
    expect(kind([...at10, grows(31, 8), seen(32), seen(340)], 341)).not.toBe('rollBack');
  });

  it('hold the release where stable misses as many: that is the cluster, not the canary', () => {
    const stable = { desired: 4, available: 3 };
    const both = [...at10, missing(60, { stable }), missing(361, { stable })];
    expect(look(plan, both, 362)).toMatchObject({ move: { kind: 'lookAgain' }, holds: true });
  });
});
