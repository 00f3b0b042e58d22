import { describe, expect, it } from 'vitest';
import type { Admission, Entry, Fact } from '../../../domain/ledger/facts.ts';
import type { ReleaseState } from '../../../domain/ledger/state.ts';
import { stepsOf } from '../../../domain/ledger/steps-of.ts';
import {
  admissionOf,
  approval,
  at,
  bake,
  foldAll,
  hook,
  imageOf,
  type Line,
  logOf,
  planOf,
  releaseLines,
  releaseOf,
  requested,
  stateOf,
  weight,
} from '../../support/ledger-lines.ts';
import { degraded, watching } from '../../support/sight.ts';

/** When it was brought on last is said of all lines together. */
const still = ({ movedAtEpochMs: _, ...release }: ReleaseState): ReleaseState => release;
const admitted = still(releaseOf({}));
/** The release to which this fact was said 50 s after NOON, and these lines before. */
const told = (fact: Fact, ...lines: Line[]): ReleaseState => still(releaseOf({}, ...lines, [50, fact]));
const baseline = (windows: number) => ({ windows, requests: 900, bad: [1], phi: [1], assumed: false });
const zero = { blue: 100, green: 0 };
const claimed: Line = [10, { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors' }];

describe('what one line says of a release', () => {
  it.each<[Fact, Partial<ReleaseState>]>([
    [
      { kind: 'runClaimed', run: 2 },
      { run: 2, runsAtEpochMs: [at(0), at(50)] },
    ],
    [{ kind: 'refused', because: 'no such container' }, { refused: 'no such container' }],
    [{ kind: 'canaryIntended', slot: 'green', revision: 'new' }, { canaryIntended: true }],
    [{ kind: 'canaryWritten', slot: 'green', revision: 'new' }, { canaryWritten: true }],
    [{ kind: 'readied', weight: 10 }, { readiedForWeight: 10 }],
    [{ kind: 'previewIntended', slot: 'green' }, { preview: { slot: 'green', opened: false } }],
    [{ kind: 'previewOpened', slot: 'green' }, { preview: { slot: 'green', opened: true } }],
    [{ kind: 'stepStarted', index: 0 }, { stepStartedAtEpochMs: at(50) }],
    [{ kind: 'stepDone', index: 1, because: 'good' }, { stepsDone: 2 }],
    [{ kind: 'baselineSeen', baseline: { errors: baseline(30) } }, { baseline: { errors: baseline(30) } }],
    [{ kind: 'ceilingsFrozen', ceilings: { errors: [0.01] } }, { ceilings: { errors: [0.01] } }],
    [
      { kind: 'judged', verdict: watching, byMetric: { errors: watching } },
      { verdict: watching, byMetric: { errors: watching } },
    ],
    [
      { kind: 'held', because: 'no metrics', fault: true },
      { hold: { sinceEpochMs: at(50), because: 'no metrics', fault: true } },
    ],
    [{ kind: 'soakStarted' }, { soak: { startedAtEpochMs: at(50), done: false } }],
    [
      { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors' },
      {
        rollBack: {
          attempt: 1,
          reason: 'degraded',
          because: 'errors',
          claimedAtEpochMs: at(50),
          attemptsAtEpochMs: [at(50)],
          canaryRetired: false,
        },
      },
    ],
    [{ kind: 'retiring' }, { retiringAtEpochMs: at(50) }],
    [{ kind: 'stableRetired', slot: 'blue' }, { stableRetired: true }],
    [
      { kind: 'paged', what: 'draining', because: 'its pods', sinceEpochMs: at(9), times: 2 },
      { paged: { what: 'draining', because: 'its pods', sinceEpochMs: at(9), times: 2, lastAtEpochMs: at(50) } },
    ],
    [
      { kind: 'paged', what: 'service', because: 'none', sinceEpochMs: at(9), times: 2 },
      { findingsPaged: { service: { because: 'none', sinceEpochMs: at(9), times: 2, lastAtEpochMs: at(50) } } },
    ],
    [
      { kind: 'finding', what: 'service', because: 'none' },
      { findings: { service: { because: 'none', sinceEpochMs: at(50) } } },
    ],
  ])('is that and nothing else: %j', (fact, change) => {
    expect(told(fact)).toStrictEqual({ ...admitted, ...change });
  });

  it.each<Fact>([
    { kind: 'resumed' },
    { kind: 'finding', what: 'service' },
    { kind: 'hookRunning', name: 'smoke', statusUrl: 'https://hooks.example.com/1' },
    { kind: 'hookAnswered', name: 'smoke', passed: true, because: 'good' },
    { kind: 'goingBack', attempt: 1 },
    { kind: 'dialRestored', dial: zero },
    { kind: 'dialVerified', dial: zero },
    { kind: 'canaryRetired', slot: 'green' },
  ])('is nothing where what it answers was never asked: $kind', fact => {
    expect(told(fact)).toStrictEqual(admitted);
  });

  it.each<[Fact, object]>([
    [{ kind: 'goingBack', attempt: 1 }, { goingBackAtEpochMs: at(50) }],
    [{ kind: 'dialRestored', dial: zero }, { restoredAtEpochMs: at(50) }],
    [{ kind: 'dialVerified', dial: zero }, { verifiedAtEpochMs: at(50) }],
    [{ kind: 'canaryRetired', slot: 'green' }, { canaryRetired: true }],
  ])('is a part of its way back: %j', (fact, change) => {
    const { rollBack, ...rest } = still(releaseOf({}, claimed));
    expect(told(fact, claimed)).toStrictEqual({ ...rest, rollBack: { ...rollBack, ...change } });
  });

  it.each<[boolean, Fact]>([
    [true, { kind: 'readied', weight: 10 }],
    [true, { kind: 'retiring' }],
    [false, { kind: 'goingBack', attempt: 1 }], // nobody claimed it
    [false, { kind: 'runClaimed', run: 9 }],
    [false, { kind: 'slotSeen', slot: 'green', desired: 1, available: 0, ready: false }],
    [false, { kind: 'held', because: 'no metrics', fault: true }],
    [false, { kind: 'finding', what: 'service', because: 'none' }],
    [false, { kind: 'paged', what: 'draining', because: 'its pods', sinceEpochMs: at(9), times: 2 }],
  ])('brings the release on, or says only what is seen and tried: %j, %j', (isOn, fact) => {
    expect(releaseOf({}, [50, fact]).movedAtEpochMs).toBe(at(isOn ? 50 : 0));
  });

  it('stays what it was first, of the instant of the point of no return and of what stable did', () => {
    expect(told({ kind: 'retiring' }, [40, { kind: 'retiring' }]).retiringAtEpochMs).toBe(at(40));
    const first: Line = [40, { kind: 'baselineSeen', baseline: { errors: baseline(30) } }];
    expect(told({ kind: 'baselineSeen', baseline: { errors: baseline(90) } }, first).baseline).toEqual({
      errors: baseline(30),
    });
    const frozen: Line = [40, { kind: 'ceilingsFrozen', ceilings: { errors: [0.01] } }];
    expect(told({ kind: 'ceilingsFrozen', ceilings: { errors: [0.5], slow: [0.2] } }, frozen).ceilings).toEqual({
      errors: [0.01],
      slow: [0.2],
    });
  });

  it('is the newest of the judgement, whole', () => {
    const first: Line = [40, { kind: 'judged', verdict: watching, byMetric: { errors: watching, slow: watching } }];
    const { verdict, byMetric } = told({ kind: 'judged', verdict: degraded, byMetric: { errors: degraded } }, first);
    expect([verdict, byMetric]).toEqual([degraded, { errors: degraded }]);
  });

  it('that nobody knows is of a newer version and passed over; where it is critical, nobody goes on', () => {
    const lines = logOf([...releaseLines({}), [9, { kind: 'dreamt' } as never]]);
    expect(foldAll(lines)).toEqual({
      ...foldAll(lines.slice(0, 3)),
      ...{ seq: 4, lastHash: expect.any(String), passedOverSeq: 4 },
    });
    const critical = lines.map((entry): Entry => (entry.seq === 4 ? { ...entry, critical: true } : entry));
    expect(() => foldAll(critical)).toThrow(
      expect.objectContaining({
        name: 'UnknownEntryError',
        message: expect.stringMatching(/^entry 4 of shop-1 is 'dreamt' of version 1, .* update its functions/),
      }),
    );
  });
});

describe('an admission', () => {
  const steps = [weight(10), bake(300), approval(), weight(100)];
  const admitted = (more: Partial<Admission>) =>
    releaseOf({ steps, soakSeconds: 900 }, [5, { kind: 'admitted', admission: admissionOf(more) }]);

  it('is the ground of the release', () => {
    expect(admitted({ stableReplicas: 9 })).toMatchObject({ admission: admissionOf({ stableReplicas: 9 }) });
    expect(admitted({}).plan).toEqual(planOf({ steps, soakSeconds: 900 }));
  });

  it('as the first of a new service walks through what can be without a stable version, and keeps the plan as it is', () => {
    expect(stepsOf(admitted({ first: true }))).toEqual({ steps: [approval(), weight(100)], soakSeconds: 0 });
    expect(admitted({ first: true }).plan).toEqual(planOf({ steps, soakSeconds: 900 }));
  });
});

describe('an approval', () => {
  it('needs as many as its own step says, whatever other steps of like names say', () => {
    // Prepare
    const steps = [hook({ name: 'go-live' }), approval({ name: 'look' }), approval({ required: 2 })];
    const open = (name: string): Line => [5, { kind: 'approvalOpened', name }];
    const given = (name: string): Line => [6, { kind: 'approved', name, groups: [] }];
    // Act
    const { approvals } = releaseOf({ steps }, open('go-live'), open('look'), given('go-live'), given('look'));
    // Assess
    expect(approvals).toStrictEqual({
      'go-live': { opening: 4, openedAtEpochMs: at(5), approvedBy: ['ann'] },
      look: { opening: 5, openedAtEpochMs: at(5), approvedBy: ['ann'], completeAtEpochMs: at(6) },
    });
  });
});

describe('what a workload keeps', () => {
  const closed = (outcome: 'promoted' | 'rejected'): Line => [9, { kind: 'closed', outcome, because: 'so' }];
  const kept = ({ repository, digest, pushedAtEpochMs }: ReturnType<typeof imageOf>) => ({
    repository,
    digest,
    pushedAtEpochMs,
  });

  it('of a release that was never admitted is no more than there was', () => {
    const state = stateOf([0, requested()], closed('rejected'));
    const { lastHash: _, ...rest } = state;
    expect(rest).toStrictEqual({
      seq: 2,
      releases: 1,
      newestPush: kept(imageOf('2')),
      ended: [
        {
          releaseId: 'shop-1',
          outcome: 'rejected',
          requestedSeq: 1,
          because: 'so',
          endedAtEpochMs: at(9),
          images: { app: imageOf('2') },
          plan: planOf(),
        },
      ],
    });
  });

  it('of a release that ended well without having been admitted is not that it is live', () => {
    expect(stateOf([0, requested()], closed('promoted'))).not.toHaveProperty('live');
  });

  it('of an undo is which release it undoes; one without images is no push', () => {
    const state = stateOf([0, requested({ images: {}, undoOf: 'shop-0' })]);
    expect(state.active).toMatchObject({ undoOf: 'shop-0', images: {} });
    expect(state).not.toHaveProperty('newestPush');
    expect(stateOf([0, requested()]).active).not.toHaveProperty('undoOf');
  });

  it('of pushes is the newest, in whatever order they were told', () => {
    const push = (digit: string, seconds: number) => ({ ...imageOf(digit), pushedAtEpochMs: at(seconds) });
    const asked: Line = [0, requested({ images: { app: push('2', -5), proxy: push('3', -9) } })];
    const refused = (digit: string, seconds: number): Line => [
      5,
      { kind: 'pushRefused', image: push(digit, seconds), because: 'shop-1 is on its way' },
    ];
    expect(stateOf(asked).newestPush).toStrictEqual(kept(push('2', -5)));
    expect(stateOf(asked, refused('4', 4)).newestPush).toStrictEqual(kept(push('4', 4)));
    expect(stateOf(asked, refused('4', -7)).newestPush).toStrictEqual(kept(push('2', -5)));
    expect(stateOf(asked, refused('4', 4), closed('rejected')).newestPush).toStrictEqual(kept(push('4', 4)));
    // the release itself heard nothing of it
    expect(stateOf(asked, refused('4', 4)).active).toStrictEqual(stateOf(asked).active);
  });

  it('is without a place that waits once what waited is on its way or dropped', () => {
    const waits: Line = [5, requested({ images: { app: imageOf('3') } }), { releaseId: 'shop-2' }];
    const begun = stateOf([0, requested()], waits, closed('rejected'));
    expect(begun).not.toHaveProperty('waiting');
    const dropped: Line = [9, { kind: 'closed', outcome: 'rejected', because: 'no' }, { releaseId: 'shop-2' }];
    const state = stateOf([0, requested()], waits, dropped);
    expect(state).not.toHaveProperty('waiting');
    expect(state.active).toStrictEqual(stateOf([0, requested()]).active);
  });
});

it('a line that does not carry the hash of the one before is refused by its number', () => {
  const forged = logOf([[0, requested()]]).map(entry => ({ ...entry, previousHash: 'another' }));
  expect(() => foldAll(forged)).toThrow('entry 1 does not carry the hash of entry 0: the log was changed');
});
