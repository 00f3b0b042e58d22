import { describe, expect, it } from 'vitest';
import { ENDED_KEPT } from '../../../domain/ledger/state.ts';
import {
  admissionOf,
  at,
  foldAll,
  imageOf,
  type Line,
  logOf,
  planOf,
  readied,
  releaseLines,
  releaseOf,
  requested,
  shifted,
  shop,
  stateOf,
} from '../../support/ledger-lines.ts';

const request2 = (seconds: number): Line => [
  seconds,
  requested({ images: { app: imageOf('3') } }),
  { releaseId: 'shop-2' },
];
const request3 = (seconds: number): Line => [
  seconds,
  requested({ images: { app: imageOf('4') } }),
  { releaseId: 'shop-3', by: 'bob' },
];
const promoted: Line[] = [
  [900, { kind: 'retiring' }],
  [1_100, { kind: 'stableRetired', slot: 'blue' }],
  [1_101, { kind: 'closed', outcome: 'promoted', because: 'revision new is live in green' }],
];

describe('the ledger of a release', () => {
  it('begins with nothing known and nothing moved', () => {
    expect(stateOf([0, requested()]).active).toEqual({
      releaseId: 'shop-1',
      requestedSeq: 1,
      requestedAtEpochMs: at(0),
      requestedBy: 'ann',
      images: { app: imageOf('2') },
      plan: planOf(),
      workload: shop,
      run: 0,
      canaryWritten: false,
      stepsDone: 0,
      shifts: [],
      hooks: {},
      approvals: {},
      byMetric: {},
      stableRetired: false,
    });
  });

  it('is told to its promotion', () => {
    // Prepare
    const lines = releaseLines(
      {},
      [1, { kind: 'canaryIntended', slot: 'green', revision: 'new' }],
      [2, { kind: 'canaryWritten', slot: 'green', revision: 'new' }],
      [3, { kind: 'stepStarted', index: 0 }],
      ...readied(4, 10),
      ...shifted(40, { from: 0, to: 10 }),
      [42, { kind: 'stepStarted', index: 1 }],
      [342, { kind: 'stepDone', index: 1, because: 'good' }],
      [343, { kind: 'stepStarted', index: 2 }],
      ...readied(350, 100, 4),
      ...shifted(400, { from: 10, to: 100 }),
    );
    // Act
    const underway = stateOf(...lines).active;
    const soaked = stateOf(
      ...lines,
      [402, { kind: 'soakStarted' }],
      [403, { kind: 'soakDone', because: 'good' }],
    ).active;
    const over = stateOf(...lines, ...promoted);
    // Assess
    expect(underway).toMatchObject({
      run: 1,
      admission: admissionOf(),
      canaryWritten: true,
      size: { slot: 'green', replicas: 4, weight: 100, intendedAtEpochMs: at(350) },
      slotSeen: { slot: 'green', desired: 4, available: 4, ready: true, atEpochMs: at(350) },
      readiedForWeight: 100,
      stepsDone: 3,
      shifts: [
        {
          from: { blue: 100, green: 0 },
          to: { blue: 90, green: 10 },
          weight: 10,
          intendedAtEpochMs: at(40),
          confirmedAtEpochMs: at(41),
        },
        {
          from: { blue: 90, green: 10 },
          to: { blue: 0, green: 100 },
          weight: 100,
          intendedAtEpochMs: at(400),
          confirmedAtEpochMs: at(401),
        },
      ],
    });
    expect(underway?.stepStartedAtEpochMs).toBeUndefined();
    expect(soaked?.soak).toEqual({ startedAtEpochMs: at(402), done: true });
    expect(over.active).toBeUndefined();
    expect(over.live).toEqual({ slot: 'green', revision: 'new', releaseId: 'shop-1', images: { app: imageOf('2') } });
    expect(over.ended).toEqual([
      {
        releaseId: 'shop-1',
        outcome: 'promoted',
        because: 'revision new is live in green',
        endedAtEpochMs: at(1_101),
        images: { app: imageOf('2') },
        plan: planOf(),
        requestedSeq: 1,
        // how it could have gone back is no longer needed
        admission: admissionOf({ wayBack: null }),
      },
    ]);
  });

  it('is told to its way back, which keeps its first reason and leaves live what was live', () => {
    // Prepare
    const back: Line[] = [
      [50, { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors' }],
      [51, { kind: 'goingBack', attempt: 1 }],
      [60, { kind: 'rollBackClaimed', attempt: 2, reason: 'aborted', because: 'an operator asked too' }],
      [61, { kind: 'goingBack', attempt: 2 }],
      [62, { kind: 'dialRestored', dial: { blue: 100, green: 0 } }],
      [63, { kind: 'dialVerified', dial: { blue: 100, green: 0 } }],
      [93, { kind: 'dialVerified', dial: { blue: 100, green: 0 } }],
      [300, { kind: 'canaryRetired', slot: 'green' }],
    ];
    const lines = releaseLines({}, ...readied(4, 10), ...shifted(40, { from: 0, to: 10 }), ...back);
    // Act
    const going = stateOf(...lines).active;
    const over = stateOf(...lines, [
      301,
      { kind: 'closed', outcome: 'rolledBack', reason: 'degraded', because: 'errors' },
    ]);
    // Assess
    expect(going?.rollBack).toEqual({
      attempt: 2,
      reason: 'degraded',
      because: 'errors',
      claimedAtEpochMs: at(50),
      attemptsAtEpochMs: [at(50), at(60)],
      goingBackAtEpochMs: at(51),
      restoredAtEpochMs: at(62),
      verifiedAtEpochMs: at(63),
      canaryRetired: true,
    });
    expect(over.live).toBeUndefined();
    expect(over.ended[0]).toMatchObject({ outcome: 'rolledBack', reason: 'degraded', because: 'errors' });
  });

  it('counts the drain anew where the dial had to be sent back a second time', () => {
    const release = releaseOf(
      {},
      [50, { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors' }],
      [52, { kind: 'dialRestored', dial: { blue: 100, green: 0 } }],
      [53, { kind: 'dialVerified', dial: { blue: 100, green: 0 } }],
      [140, { kind: 'dialRestored', dial: { blue: 100, green: 0 } }],
    );
    expect(release.rollBack).toMatchObject({ restoredAtEpochMs: at(140) });
    expect(release.rollBack?.verifiedAtEpochMs).toBeUndefined();
  });

  it('says nothing of the pods of another size', () => {
    const release = releaseOf({}, ...readied(4, 10), [
      50,
      { kind: 'sizeIntended', slot: 'green', replicas: 4, weight: 100 },
    ]);
    expect(release.slotSeen).toBeUndefined();
    expect(release.readiedForWeight).toBe(10);
  });

  it('keeps what its hook said of the attempt that is asked', () => {
    const first = releaseOf(
      {},
      [5, { kind: 'hookCalled', name: 'smoke', attempt: 1 }],
      [6, { kind: 'hookRunning', name: 'smoke', statusUrl: 'https://hooks.example.com/1' }],
    );
    expect(first.hooks).toEqual({
      smoke: { attempt: 1, calledAtEpochMs: at(5), statusUrl: 'https://hooks.example.com/1' },
    });
    const second = releaseOf(
      {},
      [5, { kind: 'hookCalled', name: 'smoke', attempt: 1 }],
      [6, { kind: 'hookRunning', name: 'smoke', statusUrl: 'https://hooks.example.com/1' }],
      [400, { kind: 'hookCalled', name: 'smoke', attempt: 2 }],
      [401, { kind: 'hookAnswered', name: 'smoke', passed: true, because: 'it passed' }],
    );
    expect(second.hooks).toEqual({
      smoke: { attempt: 2, calledAtEpochMs: at(400), answer: { passed: true, because: 'it passed' } },
    });
  });
});

describe('releases that wait', () => {
  it('keep their place: only the newest waits, and the one it replaced is told to be superseded', () => {
    const state = stateOf(...releaseLines({}), request2(10), request3(20));
    expect(state.active?.releaseId).toBe('shop-1');
    expect(state.waiting).toMatchObject({ releaseId: 'shop-3', requestedBy: 'bob', run: 0 });
    expect(state.releases).toBe(3);
    expect(state.ended).toMatchObject([
      {
        releaseId: 'shop-2',
        outcome: 'superseded',
        because: 'shop-3 was requested while it waited',
        endedAtEpochMs: at(20),
      },
    ]);
  });

  it('become active when the one before closes, and nothing has started them', () => {
    const state = stateOf(...releaseLines({}), request2(10), [
      20,
      { kind: 'closed', outcome: 'rolledBack', reason: 'aborted', because: 'no' },
    ]);
    expect(state.active).toMatchObject({ releaseId: 'shop-2', run: 0, stepsDone: 0, shifts: [] });
    expect(state.waiting).toBeUndefined();
  });

  it('may be dropped without touching the one on its way', () => {
    const drop: Line = [
      20,
      { kind: 'closed', outcome: 'rejected', reason: 'aborted', because: 'not this one' },
      { releaseId: 'shop-2' },
    ];
    const state = stateOf(...releaseLines({}), request2(10), drop);
    expect(state.active?.releaseId).toBe('shop-1');
    expect(state.waiting).toBeUndefined();
    expect(state.ended[0]).toMatchObject({ releaseId: 'shop-2', outcome: 'rejected', reason: 'aborted' });
  });

  it('hear what is said of them and not of the other', () => {
    const state = stateOf(...releaseLines({}), request2(10), [
      11,
      { kind: 'runClaimed', run: 7 },
      { releaseId: 'shop-2' },
    ]);
    expect(state.active?.run).toBe(1);
    expect(state.waiting?.run).toBe(7);
  });
});

it('remembers the newest releases only, newest first', () => {
  const lines: Line[] = [];
  for (let number = 1; number <= ENDED_KEPT + 2; number += 1) {
    const releaseId = `shop-${number}`;
    lines.push([number, requested(), { releaseId }]);
    lines.push([number, { kind: 'closed', outcome: 'rejected', because: 'no' }, { releaseId }]);
  }
  const { ended } = stateOf(...lines);
  expect(ended.map(release => release.releaseId)).toEqual([
    'shop-12',
    'shop-11',
    'shop-10',
    'shop-9',
    'shop-8',
    'shop-7',
    'shop-6',
    'shop-5',
    'shop-4',
    'shop-3',
  ]);
});

describe('a line that does not fit', () => {
  it('is one with another number than the next', () => {
    const [first] = logOf([[0, requested()]]);
    if (first === undefined) throw new Error('no line');
    for (const seq of [0, 2])
      expect(() => foldAll([{ ...first, seq }])).toThrow(`entry ${seq} follows entry 0: one is missing`);
  });

  const broken = (because: RegExp) =>
    expect.objectContaining({ name: 'LedgerBrokenError', message: expect.stringMatching(because) });
  const thrownBy = (work: () => unknown): unknown => {
    try {
      return work();
    } catch (error) {
      return error;
    }
  };

  it.each<[string, Line[], RegExp]>([
    [
      'about a release that never was',
      [[5, { kind: 'resumed' }, { releaseId: 'shop-9' }]],
      /shop-9, which is not open/,
    ],
    ['about a release that is over', [...promoted, [2_000, { kind: 'resumed' }]], /shop-1, which is not open/],
    ['that requests a number again', [[5, requested()]], /the next release is number 2/],
    ['that leaves a number out', [[5, requested(), { releaseId: 'shop-3' }]], /the next release is number 2/],
  ])('is one %s', (_, lines, because) => {
    expect(thrownBy(() => stateOf(...releaseLines({}), ...lines))).toEqual(broken(because));
  });
});
