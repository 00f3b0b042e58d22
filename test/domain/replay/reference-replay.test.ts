import { describe, expect, it } from 'vitest';
import { releaseOfWindows } from '../../../domain/replay/recorded-release.ts';
import { type ReferenceName, referenceReplay } from '../../../domain/replay/reference-replay.ts';
import { drawn, quiet, recordOf, releaseOf, times } from './releases.ts';

describe('judges as others set theirs', () => {
  it('roll back with the third bad window (argo, relative), a check after the fifth (flagger), at the end (kayenta)', () => {
    // Prepare: 5 % against 1 %, from the second window on
    const release = releaseOf({ errors: [[1000, 10, 9000, 90], ...times(11, [1000, 50, 9000, 90])] });
    // Act
    const windows = (['argo', 'relative', 'flagger', 'kayenta'] as const).map(
      name => referenceReplay(name).replay(release, quiet).decision?.window,
    );
    // Assess: flagger's bad checks are windows 2 to 6
    expect(windows).toEqual([4, 4, 7, 12]);
  });

  it('are inconclusive where they had nothing to look at, and never take that for good', () => {
    const release = releaseOf({ errors: times(10, [0, 0, 9000, 90]) });
    for (const name of ['argo', 'relative', 'flagger', 'kayenta'] as const) {
      expect(referenceReplay(name).replay(release, quiet).verdict).toBe('inconclusive');
    }
    // without stable requests those that compare say nothing
    const alone = releaseOf({ errors: times(10, [100, 1, 0, 0]) });
    expect(referenceReplay('argo').replay(alone, quiet).verdict).toBe('watching');
    expect(referenceReplay('relative').replay(alone, quiet).verdict).toBe('inconclusive');
  });
});

describe('how judges as others set theirs decide', () => {
  const [good, bad] = [
    [1000, 10, 9000, 90],
    [1000, 50, 9000, 90],
  ] as const;

  it('takes each metric by itself, and the first that would be rolled back', () => {
    const release = releaseOf({ a: [good, good, ...times(3, bad)], b: [good, ...times(4, bad)], c: times(5, good) });
    expect(referenceReplay('argo').replay(release, quiet)).toMatchObject({
      verdict: 'degraded',
      decision: { metric: 'b', window: 4, endEpochMs: 260_000 },
      judge: 'argo',
      release: 'r1',
    });
  });

  it('leaves out windows that overlap a shift, and names the deciding one by its place among all', () => {
    const windows = times(5, bad).map((one, i) => ({ ...recordOf('errors', i * 60_000, one), straddles: i === 0 }));
    const release = releaseOfWindows('r1', [{ name: 'errors', windows }]);
    expect(referenceReplay('argo').replay(release, quiet).decision).toEqual({
      metric: 'errors',
      window: 4,
      endEpochMs: 240_000,
    });
  });

  it("sums windows of half a minute to Flagger's checks of a minute", () => {
    // five bad checks are windows 1 to 10; the sixth check is windows 11 and 12
    const windows = times(14, bad).map((one, i) => ({
      ...recordOf('errors', i * 30_000, one),
      endEpochMs: (i + 1) * 30_000,
    }));
    const release = releaseOfWindows('r1', [{ name: 'errors', windows }]);
    expect(referenceReplay('flagger').replay(release, quiet).decision?.window).toBe(12);
  });
});

describe('what judges as others set theirs say', () => {
  const RULES: [ReferenceName, string][] = [
    ['argo', '3 windows with a bad share above 2 % roll back'],
    ['flagger', '5 checks with a bad share above 1 % roll back when the next check is due, a minute later'],
    ['kayenta', 'at the end, a Mann-Whitney test of all windows that finds higher bad shares rolls back'],
    ['relative', "3 windows with more than 1.5 times stable's bad share roll back"],
  ];

  it.each(RULES)('is the rule by which it rolls back, and which metric broke it: %s', (name, rule) => {
    expect(referenceReplay(name).name).toBe(name);
    const found = (metrics: Parameters<typeof releaseOf>[0]) => referenceReplay(name).replay(releaseOf(metrics), quiet);
    const [good, bad] = [times(12, [1000, 5, 9000, 90]), times(12, [1000, 50, 9000, 90])] as const;
    expect(found({ errors: good, slow: bad })).toMatchObject({ verdict: 'degraded', because: `slow: ${rule}` });
    expect(found({ errors: good })).toMatchObject({
      verdict: 'watching',
      because: `healthy so far; its rule: ${rule}`,
    });
  });

  it.each(RULES)('is which metrics had nothing to look at, though others had: %s', name => {
    const [none, some] = [times(3, [0, 0, 900, 9]), times(3, [100, 1, 900, 9])] as const;
    const found = referenceReplay(name).replay(releaseOf({ a: none, b: some, c: none }), quiet);
    expect(found).toMatchObject({
      verdict: 'inconclusive',
      because: 'a, c: no window with the requests that it takes',
    });
    // one window with requests is enough
    const mixed = releaseOf({ a: [...none, ...some] });
    expect(referenceReplay(name).replay(mixed, quiet).verdict).toBe('watching');
  });
});

describe('what judges as others set theirs draw', () => {
  const pointsOf = (name: ReferenceName, metrics: Parameters<typeof releaseOf>[0]) =>
    referenceReplay(name)
      .replay(releaseOf(metrics), drawn)
      .evidence.map(({ title, points }) => [
        title,
        ...points.map(({ endEpochMs, value, limit }) => [endEpochMs / 1000, +value.toFixed(9), +limit.toFixed(9)]),
      ]);
  // 1.5 % against 0.5 %, no request of the canary, 3 % against nothing
  const windows = [
    [200, 3, 1800, 9],
    [0, 0, 900, 9],
    [100, 3, 0, 0],
  ] as const;

  it.each<[ReferenceName, number[][]]>([
    [
      'argo',
      [
        [80, 1.5, 2],
        [140, 0, 2],
        [200, 3, 2],
      ],
    ],
    [
      'flagger',
      [
        [80, 1.5, 1],
        [140, 0, 1],
        [200, 3, 1],
      ],
    ],
    [
      'relative',
      [
        [80, 1.5, 0.75],
        [140, 0, 1.5],
        [200, 3, 0],
      ],
    ],
  ])('is the bad share of each window and its limit: %s', (name, points) => {
    expect(pointsOf(name, { errors: windows })).toEqual([['bad share of each window, per cent', ...points]]);
  });

  it('is the shift that Kayenta would have found so far, and what it tolerates of it', () => {
    // one pair of windows shifts by their difference, of which a quarter is tolerated; windows without a pair add nothing
    const title = 'lower end of the shift of the bad share so far, per cent';
    const [worse, without, alone] = [
      [100, 5, 1000, 10],
      [0, 0, 900, 45],
      [100, 3, 0, 0],
    ] as const;
    expect(pointsOf('kayenta', { errors: [without, worse, without, alone] })).toEqual([
      [title, [80, 0, 0], [140, 4, 1], [200, 4, 1], [260, 4, 1]],
    ]);
    expect(pointsOf('kayenta', { errors: [[100, 1, 1000, 50]] })).toEqual([[title, [80, -4, 1]]]);
    expect(pointsOf('kayenta', { errors: [[100, 5, 1000, 50]] })).toEqual([[title, [80, 0, 0]]]);
  });

  it('leaves out windows that overlap a shift', () => {
    const release = releaseOf({ errors: windows });
    const shifting = release.metrics[0]?.windows[0];
    if (shifting !== undefined) shifting.straddles = true;
    const [line] = referenceReplay('argo').replay(release, drawn).evidence;
    expect(line?.points.map(({ endEpochMs }) => endEpochMs)).toEqual([140_000, 200_000]);
  });

  it('says whose it is where there are several, and is nothing where nobody asked for it', () => {
    expect(pointsOf('argo', { errors: windows, slow: windows }).map(([title]) => title)).toEqual([
      'bad share of each window of errors, per cent',
      'bad share of each window of slow, per cent',
    ]);
    expect(referenceReplay('argo').replay(releaseOf({ errors: windows }), quiet).evidence).toEqual([]);
  });
});
