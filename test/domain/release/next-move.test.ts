import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../domain/plan/plan.ts';
import type { Observation } from '../../../domain/release/move.ts';
import { deadlineOf, nextMove } from '../../../domain/release/next-move.ts';
import { degraded, dial, healthy, noSource, sight, tooLittle, watching } from '../../support/sight.ts';
import {
  admissionOf,
  approval,
  at,
  bake,
  hook as hookStep,
  type Line,
  planOf,
  readied,
  releaseOf,
  requested,
  shifted,
  stateOf,
  weight,
} from '../../support/story.ts';

const look = (plan: Partial<Plan>, lines: Line[], seconds: number, more: Partial<Observation> = {}) => {
  const release = releaseOf(plan, ...lines);
  return nextMove(release, sight(release, seconds, more));
};
/** What was judged is not news: those facts are looked at where they are. */
const judged: Line = [0, { kind: 'judged', verdict: watching, byMetric: { errors: watching } }];
/** In the bake of 300 s after 10 %, since 40 s. */
const baking: Line[] = [
  judged,
  ...readied(0, 10),
  ...shifted(20, { from: 0, to: 10 }),
  [40, { kind: 'stepStarted', index: 1 }],
];

describe('a bake', () => {
  it('looks again when more of the metrics can be seen, and not after its end', () => {
    expect(look({}, baking, 100)).toEqual({
      move: { kind: 'lookAgain', seconds: 60, because: 'nothing wrong' },
      facts: [],
    });
    expect(look({}, baking, 320.2).move).toMatchObject({ kind: 'lookAgain', seconds: 20 });
    expect(look({}, baking, 339.9).move).toMatchObject({ kind: 'lookAgain', seconds: 1 });
  });

  it.each([healthy, watching])('that is over goes on where the verdict is $kind', verdict => {
    const { move, facts } = look({}, baking, 340, { verdict });
    expect(move).toEqual({ kind: 'advance', because: verdict.because });
    expect(facts.at(-1)).toEqual({ kind: 'stepDone', index: 1, because: verdict.because });
  });

  it('always lasts its time, however healthy the canary is', () => {
    expect(look({}, baking, 339, { verdict: healthy }).move.kind).toBe('lookAgain');
  });

  it('does not hold before it is over: too little data may become enough', () => {
    const { move, facts, holds } = look({}, baking, 200, { verdict: tooLittle });
    expect(move.kind).toBe('lookAgain');
    expect(facts.map(fact => fact.kind)).toEqual(['judged']);
    expect(holds).toBeUndefined();
  });
});

describe('a degraded canary', () => {
  it.each<[string, Partial<Plan>, Line[], number]>([
    ['in a bake', {}, baking, 100],
    ['in an approval', { steps: [weight(10), approval(), weight(100)] }, baking, 100],
    [
      'while a person is asked',
      {},
      [
        ...baking,
        [340, { kind: 'held', because: '', fault: false }],
        [341, { kind: 'approvalOpened', name: 'proceed?' }],
      ],
      342,
    ],
    ['while it is made ready for more', {}, [...baking, [100, { kind: 'stepDone', index: 1, because: '' }]], 101],
    ['when somebody moved the dial as well', {}, baking, 100],
    ['when the deadline has passed as well', {}, baking, 8_000],
  ])('goes back at once %s', (name, plan, lines, seconds) => {
    const moved = name.includes('somebody') ? { dial: dial(0, 100) } : {};
    const { move, facts } = look(plan, lines, seconds, { verdict: degraded, ...moved });
    expect(move).toEqual({ kind: 'rollBack', reason: 'degraded', because: 'errors: 5 of 100' });
    expect(facts).toEqual([{ kind: 'judged', verdict: degraded, byMetric: { errors: degraded } }]);
  });
});

describe('what was judged', () => {
  it('is written down when its kind changes, of one metric too, and not because a count has changed', () => {
    const more = { kind: 'watching', because: '7 of 7 good' } as const;
    expect(look({}, baking, 100, { verdict: more }).facts).toEqual([]);
    expect(look({}, baking, 100, { byMetric: { errors: healthy } }).facts).toMatchObject([{ kind: 'judged' }]);
    expect(look({}, baking, 100, { byMetric: { errors: watching, slow: watching } }).facts).toMatchObject([
      { kind: 'judged' },
    ]);
  });
});

describe('the deadline', () => {
  it('takes the release back when it has passed', () => {
    expect(look({}, baking, 7_199.9).move.kind).not.toBe('rollBack');
    expect(look({}, baking, 7_200).move).toEqual({
      kind: 'rollBack',
      reason: 'deadline',
      because: 'the release did not end by its deadline',
    });
  });

  it('does not count the time that people took to approve, nor what they are taking now', () => {
    const steps = [approval(), approval({ name: 'second' }), weight(100)];
    const lines: Line[] = [
      [100, { kind: 'approvalOpened', name: 'go-live' }],
      [400, { kind: 'approved', name: 'go-live', groups: ['leads'] }],
      [500, { kind: 'approvalOpened', name: 'second' }],
    ];
    const release = releaseOf({ steps }, ...lines);
    expect(deadlineOf(release, admissionOf(), at(1_000))).toBe(at(7_200 + 300 + 500));
    expect(deadlineOf(release, admissionOf(), at(5_000))).toBe(at(7_200 + 300 + 4_500));
  });

  it('does not count what a hold waited for a person, and counts on when the hold is over', () => {
    const release = releaseOf(
      {},
      [100, { kind: 'held', because: '', fault: false }],
      [700, { kind: 'approvalOpened', name: 'proceed?' }],
      [900, { kind: 'resumed' }],
    );
    expect(deadlineOf(release, admissionOf(), at(1_000))).toBe(at(7_400));
    expect(deadlineOf(release, admissionOf(), at(5_000))).toBe(at(7_400));
  });
});

describe('a dial that somebody else moved', () => {
  const moved = { dial: dial(50, 50) };

  it('holds the release, says where the dial is, and is of no use to the plan\'s "proceed"', () => {
    const { move, facts } = look({ hold: { atMostSeconds: 600, then: 'proceed' } }, baking, 100, moved);
    expect(move).toMatchObject({
      kind: 'lookAgain',
      because: 'holds: someone else moved the dial to blue 50 %, green 50 %',
    });
    expect(facts).toEqual([
      { kind: 'held', because: 'someone else moved the dial to blue 50 %, green 50 %', fault: true },
    ]);
    const held: Line[] = [...baking, [100, { kind: 'held', because: '', fault: true }]];
    expect(look({ hold: { atMostSeconds: 600, then: 'proceed' } }, held, 700, moved).move).toMatchObject({
      kind: 'rollBack',
      reason: 'fault',
    });
  });

  it('lets the release go on when it was put back, and the next time has the whole time again', () => {
    const held: Line[] = [...baking, [100, { kind: 'held', because: '', fault: true }]];
    expect(look({}, held, 160).facts).toEqual([{ kind: 'resumed' }]);
    expect(look({}, [...held, [160, { kind: 'resumed' }]], 750, moved).move.kind).toBe('lookAgain');
  });

  it.each<[string, Partial<Plan>, Line[]]>([
    ['an approval', { steps: [weight(10), approval(), weight(100)] }, []],
    ['a hook', { steps: [weight(10), hookStep(), weight(100)] }, []],
    ['an analysis', { steps: [weight(10), { kind: 'analysis', metrics: ['errors'], count: 3 }, weight(100)] }, []],
    [
      'the wait for pods',
      {},
      [
        [90, { kind: 'stepDone', index: 1, because: '' }],
        [91, { kind: 'sizeIntended', slot: 'green', replicas: 4, weight: 100 }],
      ],
    ],
    ['the wait for a window', { steps: [weight(10), weight(100)] }, readied(90, 100)],
  ])('is forgotten when it is put back in %s, too', (_, plan, lines) => {
    const held: Line[] = [...baking, ...lines, [100, { kind: 'held', because: '', fault: true }]];
    const { move, facts } = look(plan, held, 120);
    expect(move.kind).toBe('lookAgain');
    expect(facts).toEqual([{ kind: 'resumed' }]);
  });
});

describe('a canary that is made ready', () => {
  const sized: Line[] = [judged, [10, { kind: 'sizeIntended', slot: 'green', replicas: 2, weight: 10 }]];
  const seen = (available: number, more: { ready?: boolean; desired?: number; problem?: string } = {}): Line => [
    11,
    { kind: 'slotSeen', slot: 'green', desired: 2, available, ready: available === 2, ...more },
  ];

  it('waits until it is sized', () => {
    expect(look({}, [judged], 10).move).toEqual({
      kind: 'lookAgain',
      seconds: 5,
      because: 'the canary is not sized yet',
    });
    // sized for a smaller weight is not sized
    const small: Line[] = [
      ...readied(0, 10),
      [1, { kind: 'stepDone', index: 0, because: '' }],
      [2, { kind: 'stepDone', index: 1, because: '' }],
    ];
    expect(look({}, small, 10).move).toMatchObject({ because: 'the canary is not sized yet' });
  });

  it('waits for its pods, then for the load balancer', () => {
    expect(look({}, sized, 12, { healthyCanaryTargets: 0 }).move).toEqual({
      kind: 'lookAgain',
      seconds: 5,
      because: '0 of 2 pods ready in green',
    });
    expect(look({}, [...sized, seen(1)], 12, { healthyCanaryTargets: 1 }).move).toMatchObject({
      because: '1 of 2 pods ready in green',
    });
    expect(look({}, [...sized, seen(2)], 12, { healthyCanaryTargets: 1 }).move).toMatchObject({
      because: '1 of 2 targets healthy in green',
    });
  });

  it('goes on when both say that it is ready', () => {
    expect(look({}, [...sized, seen(2)], 12, { healthyCanaryTargets: 2 })).toEqual({
      move: { kind: 'advance', because: '2 ready for 10 %' },
      facts: [{ kind: 'readied', weight: 10 }],
    });
  });

  it('is not ready with all the pods of a smaller size', () => {
    const { move } = look({}, [...sized, seen(1, { ready: true, desired: 1 })], 12);
    expect(move.kind).toBe('lookAgain');
  });

  it('that never becomes ready goes back when its time is over, with what the cluster says', () => {
    const stuck = [...sized, seen(0, { problem: 'container app: CrashLoopBackOff, last exit code 1' })];
    const because = '0 of 2 pods ready in green: container app: CrashLoopBackOff, last exit code 1';
    expect(look({}, stuck, 609.9, { healthyCanaryTargets: 0 }).move).toMatchObject({ kind: 'lookAgain', because });
    expect(look({}, stuck, 610, { healthyCanaryTargets: 0 }).move).toEqual({
      kind: 'rollBack',
      reason: 'notReady',
      because: `${because} after 600 s`,
    });
  });

  it('gets no traffic while none of its targets is healthy: it holds, and goes back after the hold', () => {
    const steps = [weight(10), weight(100)];
    const none = { healthyCanaryTargets: 0 };
    const because = 'none of the targets of green is healthy: it gets no traffic';
    const first = look({ steps }, [judged, ...readied(0, 10)], 20, none);
    expect(first).toMatchObject({
      move: { kind: 'lookAgain', because: `holds: ${because}` },
      facts: [{ kind: 'held', because, fault: true }],
    });
    const held: Line[] = [judged, ...readied(0, 10), [20, { kind: 'held', because, fault: true }]];
    expect(look({ steps }, held, 620, none).move).toMatchObject({ kind: 'rollBack', reason: 'notReady' });
    expect(look({ steps }, held, 80)).toEqual({
      move: { kind: 'advance', because: 'ready for 10 %' },
      facts: [{ kind: 'resumed' }],
    });
  });

  it('may be without targets for weight 0, which sends it nothing', () => {
    const { move } = look({ steps: [weight(0), weight(100)] }, [judged, ...readied(0, 0)], 20, {
      healthyCanaryTargets: 0,
    });
    expect(move).toEqual({ kind: 'advance', because: 'ready for 0 %' });
  });

  it('waits for the end of a window before the dial is turned', () => {
    const ready = [judged, ...readied(0, 10)];
    expect(look({}, ready, 0).move).toEqual({
      kind: 'lookAgain',
      seconds: 18,
      because: 'waits for the end of a window',
    });
    expect(look({}, ready, 18).move).toEqual({ kind: 'advance', because: 'ready for 10 %' });
  });
});

describe('a step that is over with too little data', () => {
  const over = 340;
  const held: Line[] = [...baking, [over, { kind: 'held', because: 'too little data', fault: false }]];

  it('holds', () => {
    const { move, facts } = look({}, baking, over, { verdict: tooLittle });
    expect(move).toMatchObject({ kind: 'lookAgain', seconds: 10, because: 'holds: too little data' });
    expect(facts.at(-1)).toEqual({ kind: 'held', because: 'too little data', fault: false });
  });

  it('goes on as soon as there is enough, and the hold ends with the step', () => {
    const { move, facts } = look({}, held, 400);
    expect(move.kind).toBe('advance');
    expect(facts).toEqual([{ kind: 'stepDone', index: 1, because: 'nothing wrong' }]);
  });

  it("goes back after the hold by the plan's default, for the deadline of the hold", () => {
    expect(look({}, held, 939.9, { verdict: tooLittle }).move.kind).toBe('lookAgain');
    expect(look({}, held, 940, { verdict: tooLittle }).move).toMatchObject({ kind: 'rollBack', reason: 'deadline' });
  });

  it('goes on after the hold where the plan says so', () => {
    const { move, facts } = look({ hold: { atMostSeconds: 600, then: 'proceed' } }, held, 940, { verdict: tooLittle });
    expect(move.kind).toBe('advance');
    expect(facts.at(-1)).toEqual({
      kind: 'stepDone',
      index: 1,
      because: 'held for 600 s, and the plan says proceed: too little data',
    });
  });

  it('never goes on because nobody could read the metrics', () => {
    const plan = { hold: { atMostSeconds: 600, then: 'proceed' } } as const;
    expect(look(plan, held, 400, { verdict: noSource }).move.kind).toBe('lookAgain');
    expect(look(plan, held, 940, { verdict: noSource }).move).toMatchObject({ kind: 'rollBack', reason: 'fault' });
  });
});

describe('a hold that asks a person', () => {
  const plan = {
    steps: [weight(10), bake(300), bake(300), weight(100)],
    hold: { atMostSeconds: 600, then: 'ask' },
  } as const satisfies Partial<Plan>;
  const asked: Line[] = [
    ...baking,
    [340, { kind: 'held', because: 'too little data', fault: false }],
    [940, { kind: 'approvalOpened', name: 'proceed?' }],
  ];
  const answered: Line[] = [...asked, [950, { kind: 'approved', name: 'proceed?', groups: [] }, { by: 'bob' }]];

  it('goes on looking until somebody answers', () => {
    expect(look(plan, asked, 5_000, { verdict: tooLittle }).move).toMatchObject({
      kind: 'lookAgain',
      because: 'asks a person: too little data',
    });
  });

  it('goes on when somebody said proceed', () => {
    const { move, facts } = look(plan, answered, 951, { verdict: tooLittle });
    expect(move).toEqual({ kind: 'advance', because: 'a person said proceed: too little data' });
    expect(facts.at(-1)).toMatchObject({ kind: 'stepDone', index: 1 });
  });

  it('does not go on without metrics, whatever a person said; it says so', () => {
    expect(look(plan, answered, 951, { verdict: noSource }).move).toMatchObject({
      kind: 'lookAgain',
      because: 'a person said proceed, which waits for the metrics: the metrics cannot be read',
    });
  });

  it('has its answer for this step alone: the next one that has too little data holds and asks again', () => {
    const next: Line[] = [
      ...answered,
      [951, { kind: 'stepDone', index: 1, because: 'a person said proceed' }],
      [952, { kind: 'stepStarted', index: 2 }],
    ];
    const { move, facts } = look(plan, next, 1_252, { verdict: tooLittle });
    expect(move).toMatchObject({ kind: 'lookAgain', because: 'holds: too little data' });
    expect(facts.at(-1)).toMatchObject({ kind: 'held' });
  });
});

describe('an analysis', () => {
  const plan = {
    steps: [weight(10), { kind: 'analysis', metrics: ['errors'], count: 3 }, weight(100)],
  } as const satisfies Partial<Plan>;

  it('measures until it has what it wants', () => {
    expect(look(plan, baking, 100).move).toEqual({ kind: 'lookAgain', seconds: 60, because: 'measures errors' });
    const complete = look(plan, baking, 100, { analysisComplete: true });
    expect(complete.move).toEqual({ kind: 'advance', because: 'nothing wrong' });
    expect(complete.facts).toEqual([{ kind: 'stepDone', index: 1, because: 'nothing wrong' }]);
  });

  it('holds when it has what it wants and that is inconclusive', () => {
    expect(look(plan, baking, 100, { analysisComplete: true, verdict: tooLittle }).holds).toBe(true);
  });

  it('that gets no data holds when they should all have been there, and does then what the plan says', () => {
    // from 40 s: three windows of a minute, and 240 s until a window counts as missed
    const nothing = { verdict: tooLittle };
    expect(look(plan, baking, 459.9, nothing).holds).toBeUndefined();
    const { move, facts, holds } = look(plan, baking, 460, nothing);
    expect(holds).toBe(true);
    expect(move).toMatchObject({
      kind: 'lookAgain',
      because: 'holds: measures errors and has too little by now: too little data',
    });
    expect(facts.at(-1)).toMatchObject({ kind: 'held', fault: false });
    const held: Line[] = [...baking, [460, { kind: 'held', because: '', fault: false }]];
    expect(look(plan, held, 1_060, nothing).move).toMatchObject({ kind: 'rollBack', reason: 'deadline' });
    expect(look({ ...plan, hold: { atMostSeconds: 600, then: 'proceed' } }, held, 1_060, nothing).move.kind).toBe(
      'advance',
    );
    expect(look(plan, held, 900, { analysisComplete: true }).facts).toEqual([
      { kind: 'stepDone', index: 1, because: 'nothing wrong' },
    ]);
  });

  it('holds then even where the rest of the metrics have nothing to complain of', () => {
    expect(look(plan, baking, 460).holds).toBe(true);
  });

  it('never proceeds because nobody could read the metrics', () => {
    const held: Line[] = [...baking, [460, { kind: 'held', because: '', fault: true }]];
    const proceeds = { ...plan, hold: { atMostSeconds: 600, then: 'proceed' } } as const;
    expect(look(proceeds, held, 1_060, { verdict: noSource }).move).toMatchObject({
      kind: 'rollBack',
      reason: 'fault',
    });
  });

  it('of a slow metric is given the time that its measurements take', () => {
    const [errors] = planOf().metrics;
    if (errors?.judge.kind !== 'threshold') throw new Error('the plan of this test has a threshold');
    const slow = { ...errors, judge: { ...errors.judge, intervalSeconds: 300, initialDelaySeconds: 120 } };
    // 40 + 120 + 3 x 300 + 240
    expect(look({ ...plan, metrics: [slow] }, baking, 1_299, { verdict: tooLittle }).holds).toBeUndefined();
    expect(look({ ...plan, metrics: [slow] }, baking, 1_300, { verdict: tooLittle }).holds).toBe(true);
  });
});

describe('a hook', () => {
  const plan = (retries: number): Partial<Plan> => ({
    steps: [weight(10), hookStep({ retries }), weight(100)],
  });
  const called = (attempt: number, seconds: number): Line => [seconds, { kind: 'hookCalled', name: 'smoke', attempt }];
  const answer = (passed: boolean, because: string): Line => [
    110,
    { kind: 'hookAnswered', name: 'smoke', passed, because },
  ];

  it('that passed lets the release go on', () => {
    const { move, facts } = look(plan(0), [...baking, called(1, 100), answer(true, 'it passed')], 111);
    expect(move).toEqual({ kind: 'advance', because: 'hook smoke passed' });
    expect(facts).toEqual([{ kind: 'stepDone', index: 1, because: 'hook smoke passed' }]);
  });

  it('that failed takes it back, with what it said', () => {
    expect(look(plan(0), [...baking, called(1, 100), answer(false, '3 of 20 checks failed')], 111).move).toEqual({
      kind: 'rollBack',
      reason: 'degraded',
      because: 'hook smoke failed: 3 of 20 checks failed',
    });
  });

  it("has the plan's time for each attempt, from its call and not from the start of the step", () => {
    // the step began at 40, and the canary took until 100 to be ready for it
    expect(look(plan(0), [...baking, called(1, 100)], 399.9).move).toMatchObject({ kind: 'lookAgain', seconds: 5 });
    expect(look(plan(0), [...baking, called(1, 100)], 400).move).toEqual({
      kind: 'rollBack',
      reason: 'fault',
      because: 'hook smoke did not answer within 300 s',
    });
  });

  it('that took too long is not given up while the plan has another attempt', () => {
    expect(look(plan(1), [...baking, called(1, 100)], 400).move.kind).toBe('lookAgain');
    expect(look(plan(1), [...baking, called(1, 100), called(2, 401)], 700.9).move.kind).toBe('lookAgain');
    expect(look(plan(1), [...baking, called(1, 100), called(2, 401)], 701).move.kind).toBe('rollBack');
  });
});

describe('an approval', () => {
  const plan = { steps: [weight(10), approval({ withinSeconds: 3_600 }), weight(100)] };
  const open: Line[] = [...baking, [100, { kind: 'approvalOpened', name: 'go-live' }]];

  it('is waited for, while the metrics are read', () => {
    expect(look(plan, open, 200).move).toEqual({
      kind: 'lookAgain',
      seconds: 60,
      because: 'waits for go-live to be approved',
    });
  });

  it('that was given lets the release go on', () => {
    const given: Line[] = [...open, [200, { kind: 'approved', name: 'go-live', groups: ['leads'] }]];
    expect(look(plan, given, 201)).toEqual({
      move: { kind: 'advance', because: 'go-live was approved' },
      facts: [{ kind: 'stepDone', index: 1, because: 'go-live was approved' }],
    });
  });

  it('that nobody gives in time takes the release back', () => {
    expect(look(plan, open, 3_699.9).move.kind).toBe('lookAgain');
    expect(look(plan, open, 3_700).move).toEqual({
      kind: 'rollBack',
      reason: 'deadline',
      because: 'go-live was not approved within 3600 s',
    });
  });
});

describe('the soak', () => {
  const all: Line[] = [
    judged,
    ...readied(0, 100, 4),
    ...shifted(20, { from: 0, to: 100 }),
    [30, { kind: 'soakStarted' }],
  ];
  const plan = { steps: [weight(100)], soakSeconds: 900 };

  it('lasts its time', () => {
    expect(look(plan, all, 929.5).move).toMatchObject({ kind: 'lookAgain', seconds: 1 });
    const { move, facts } = look(plan, all, 930);
    expect(move.kind).toBe('advance');
    expect(facts).toEqual([{ kind: 'soakDone', because: 'nothing wrong' }]);
  });

  it('of 0 s is over at once', () => {
    expect(look({ ...plan, soakSeconds: 0 }, all, 30).move.kind).toBe('advance');
  });

  it('holds like a bake', () => {
    expect(look(plan, all, 930, { verdict: tooLittle })).toMatchObject({ holds: true, move: { kind: 'lookAgain' } });
  });

  it('is still a time to go back', () => {
    expect(look(plan, all, 800, { verdict: degraded }).move).toMatchObject({ kind: 'rollBack', reason: 'degraded' });
  });
});

it('a release that was not admitted has nothing to wait for', () => {
  const { active } = stateOf([0, requested()]);
  if (active === undefined) throw new Error('no release');
  expect(() => nextMove(active, sight(active, 0))).toThrow('shop-1 waits before it was admitted');
});
