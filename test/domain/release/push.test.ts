import { describe, expect, it } from 'vitest';
import { considerPush, matchesTag, newestKnown } from '../../../domain/release/push.ts';
import { admissionOf, at, imageOf, type Line, requested, stateOf } from '../../support/ledger-lines.ts';

/** What the ledger's images were pushed at: a minute before NOON. */
const FIRST = at(-60);
const push = (digit: string, pushedAtEpochMs: number) => {
  const { repository, digest } = imageOf(digit);
  return { repository, digest, tag: `v${digit}`, pushedAtEpochMs };
};
const consider = (lines: Line[], digit: string, pushedAtEpochMs: number) =>
  considerPush(stateOf(...lines), push(digit, pushedAtEpochMs), 'app');
const second: Line = [0, requested()];
const closed = (outcome: 'promoted' | 'rolledBack' | 'rejected', seconds = 100): Line => [
  seconds,
  { kind: 'closed', outcome, because: 'so' },
];
const ignored = (because: RegExp) => ({ kind: 'ignored', because: expect.stringMatching(because) });
/** By its push time alone: a tag that was put on it since may be meant. */
const older = (because: RegExp) => ({ ...ignored(because), older: true });

describe('a push', () => {
  it('of a service that was never released starts its release', () => {
    expect(consider([], '2', FIRST)).toEqual({ kind: 'release' });
  });

  it('that is newer than all that is known starts a release, whatever became of those', () => {
    for (const end of [closed('promoted'), closed('rolledBack'), closed('rejected')]) {
      expect(consider([second, end], '3', at(200))).toEqual({ kind: 'release' });
    }
    expect(consider([second], '3', at(10))).toEqual({ kind: 'release' });
  });

  it('that was announced after a newer one starts nothing, also when the newer one was taken back', () => {
    expect(consider([second], '3', FIRST - 1)).toEqual(older(/which is known, was not pushed before it$/));
    expect(consider([second, closed('rolledBack')], '3', FIRST - 1)).toEqual(older(/was not pushed before it$/));
  });

  it('of what is on its way is asked for again, so that a request that was left half done is done', () => {
    expect(consider([second], '2', FIRST)).toEqual({ kind: 'asked', releaseId: 'shop-1' });
  });

  it('of what is live starts nothing', () => {
    const live: Line[] = [second, [1, { kind: 'admitted', admission: {} as never }], closed('promoted')];
    expect(consider(live, '2', at(500))).toEqual(ignored(/^it is live$/));
  });

  it('of what was taken back or rejected after it is done; pushed again after that it is released', () => {
    for (const outcome of ['rolledBack', 'rejected'] as const) {
      const done = older(new RegExp(`^shop-1 released it and ended after this push: ${outcome}$`));
      expect(consider([second, closed(outcome)], '2', FIRST)).toEqual(done);
      // the same image under a second tag, which was pushed while the first one was tried
      expect(consider([second, closed(outcome)], '2', at(99))).toEqual(done);
      expect(consider([second, closed(outcome)], '2', at(100))).toEqual(done);
      expect(consider([second, closed(outcome)], '2', at(101))).toEqual({ kind: 'release' });
    }
  });

  it('of what goes back just now starts nothing', () => {
    const back: Line = [5, { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors' }];
    expect(consider([second, back], '2', at(6))).toEqual(ignored(/^shop-1 tried it and is rolling back$/));
  });

  it('of what an undo goes back to is not what the undo was asked for', () => {
    const undo: Line[] = [second, closed('promoted'), [200, requested({ undoOf: 'shop-1' }), { releaseId: 'shop-2' }]];
    expect(consider(undo, '2', at(300))).toEqual({ kind: 'release' });
    expect(consider(undo, '2', FIRST)).toEqual(older(/^shop-1 released it and ended after this push: promoted$/));
  });

  it('is compared with what is on its way, also where that has no image of this container', () => {
    const undo: Line[] = [[0, requested({ undoOf: 'shop-0', images: {} })]];
    expect(consider(undo, '2', at(300))).toEqual({ kind: 'release' });
  });

  it('that the plan refused starts nothing when its release is over', () => {
    const refused: Line = [5, { kind: 'pushRefused', image: { ...imageOf('3'), pushedAtEpochMs: at(4) }, because: '' }];
    expect(consider([second, refused, closed('promoted')], '3', at(4))).toEqual(older(/was not pushed before it$/));
    expect(consider([second, refused, closed('promoted')], '4', at(5))).toEqual({ kind: 'release' });
  });

  it('is remembered however many releases came later', () => {
    const newest: Line = [0, requested({ images: { app: { ...imageOf('3'), pushedAtEpochMs: at(-1) } } })];
    const retries = Array.from({ length: 12 }, (_, index): Line[] => [
      [10 * index + 10, requested(), { releaseId: `shop-${index + 2}` }],
      [10 * index + 11, { kind: 'closed', outcome: 'rejected', because: 'so' }, { releaseId: `shop-${index + 2}` }],
    ]);
    const lines = [newest, closed('rejected', 5), ...retries.flat()];
    expect(consider(lines, '3', at(-1))).toEqual(older(/was not pushed before it$/));
  });

  it('in the same instant as another is told apart by its digest: of both in any order one is the newer', () => {
    expect(consider([second], '3', FIRST)).toEqual({ kind: 'release' });
    const third: Line = [0, requested({ images: { app: imageOf('3') } })];
    expect(consider([third], '2', FIRST)).toEqual(older(/was not pushed before it$/));
  });

  it('of a tag that was moved back to an older image counts by when the registry says it was pushed', () => {
    const live: Line[] = [second, [1, { kind: 'admitted', admission: {} as never }], closed('promoted')];
    const next: Line[] = [[200, requested({ images: { app: imageOf('3') } }), { releaseId: 'shop-2' }]];
    const onItsWay = [...live, ...next];
    // it is live, but the next one is on its way: what was pushed last is what is wanted
    expect(consider(onItsWay, '2', at(300))).toEqual({ kind: 'release' });
    expect(consider(onItsWay, '2', FIRST)).toEqual(older(/^shop-1 released it and ended after this push/));
  });
});

describe('the newest push that is known', () => {
  const { repository, digest } = imageOf('2');

  it('is that of any release, also where a snapshot was written before the newest push was kept', () => {
    const three = { app: { ...imageOf('3'), pushedAtEpochMs: FIRST - 5 } };
    const ended = stateOf([0, requested({ images: three })], closed('rejected'));
    const states = [
      stateOf(second),
      stateOf([0, requested({ images: three })], [1, requested(), { releaseId: 'shop-2' }]),
      stateOf(second, [1, { kind: 'admitted', admission: admissionOf() }], closed('promoted')),
      stateOf(second, closed('rejected')),
      {
        ...ended,
        live: { slot: 'blue' as const, revision: 'new', releaseId: 'shop-0', images: { app: imageOf('2') } },
      },
    ];
    for (const { newestPush: _, ...old } of states) {
      expect(newestKnown(old)).toMatchObject({ repository, digest, pushedAtEpochMs: FIRST });
    }
  });

  it('is none where nothing was ever released by one', () => {
    expect(newestKnown(stateOf())).toBeUndefined();
  });
});

it.each([
  ['v*', 'v2', true],
  ['v*', 'v', true],
  ['v*', 'dev2', false],
  ['v1.*', 'v1.2', true],
  ['v1.*', 'v11', false],
  ['*-rc', 'v2-rc', true],
  ['*-rc', 'v2-rc1', false],
  ['*', 'anything', true],
  ['v2', 'v2', true],
  ['*', `of-sha256-${'a'.repeat(64)}`, true],
  ['*', `sha256-${'a'.repeat(64)}.sig`, false],
  ['*', `sha256-${'a'.repeat(64)}`, false],
])('the pattern %s and the tag %s: %s', (pattern, tag, matches) => {
  expect(matchesTag(pattern, tag)).toBe(matches);
});

it.each<[string[], string, boolean]>([
  [['v*', '!*-arm64', '!*-amd64'], 'v9', true],
  [['v*', '!*-arm64', '!*-amd64'], 'v9-arm64', false],
  [['!*-arm64', 'v*'], 'v9-arm64', false],
  [['v*', 'release-*'], 'release-9', true],
  [['v*', 'release-*'], 'main', false],
  [['!v9', '*'], 'v99', true],
])('of the patterns %s one matches %s, and none excludes it: %s', (patterns, tag, matches) => {
  expect(matchesTag(patterns, tag)).toBe(matches);
});
