import { describe, expect, it } from 'vitest';
import { type Line, readied, shifted } from '../../support/ledger-lines.ts';
import { judged, look } from '../../support/looks.ts';

const because = 'the cluster does not answer: the canary cannot be sized for 100 %';

/** At 10 % in green, and due for 100 %; holds for ten minutes at most. */
const due: Line[] = [
  ...readied(0, 10),
  ...shifted(20, { from: 0, to: 10 }),
  judged,
  [30, { kind: 'stepDone', index: 1, because: '' }],
  [31, { kind: 'stepStarted', index: 2 }],
];

describe('a canary that could not be sized', () => {
  it('because the cluster is away is held, and tried again at once: each try takes half a minute', () => {
    expect(look({}, due, 70, { sizingFailed: 'clusterIsAway' })).toMatchObject({
      move: { kind: 'advance', because },
      facts: [{ kind: 'held', because, fault: true }],
      holds: true,
    });
    const held: Line[] = [...due, [70, { kind: 'held', because, fault: true }]];
    expect(look({}, held, 669, { sizingFailed: 'clusterIsAway' })).toMatchObject({
      move: { kind: 'advance' },
      facts: [],
    });
  });

  it('also where the size was written down before the cluster went away', () => {
    const sized: Line[] = [...due, [40, { kind: 'sizeIntended', slot: 'green', replicas: 4, weight: 100 }]];
    expect(look({}, sized, 70, { sizingFailed: 'clusterIsAway' }).move).toEqual({ kind: 'advance', because });
  });

  it("goes back when the plan's hold is over", () => {
    const held: Line[] = [...due, [70, { kind: 'held', because, fault: true }]];
    expect(look({}, held, 670, { sizingFailed: 'clusterIsAway' }).move).toEqual({
      kind: 'rollBack',
      reason: 'fault',
      because: `on hold for 10m: ${because}`,
    });
  });

  it('goes on without its hold once it could', () => {
    const held: Line[] = [
      ...due,
      [70, { kind: 'held', because, fault: true }],
      [100, { kind: 'sizeIntended', slot: 'green', replicas: 4, weight: 100 }],
    ];
    expect(look({}, held, 110).facts).toContainEqual({ kind: 'resumed' });
  });

  it('because its calls are throttled is no hold: that is no reason for anything', () => {
    expect(look({}, due, 70, { sizingFailed: 'throttled' })).toMatchObject({ move: { kind: 'advance' }, facts: [] });
  });

  it('is taken back at once for what the look sees', () => {
    const degraded = { verdict: { kind: 'degraded', because: 'errors', metric: 'errors' } } as const;
    expect(look({}, due, 70, { sizingFailed: 'clusterIsAway', ...degraded }).move).toMatchObject({
      kind: 'rollBack',
      reason: 'degraded',
    });
  });
});
