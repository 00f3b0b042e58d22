import { describe, expect, it } from 'vitest';
import type { Plan, Step } from '../../../domain/plan/plan.ts';
import { deadlineOf, nextMove } from '../../../domain/release/next-move.ts';
import {
  admissionOf,
  approval,
  at,
  hook,
  type Line,
  readied,
  releaseOf,
  requested,
  shifted,
  stateOf,
  weight,
} from '../../support/ledger-lines.ts';
import { judged, look, second } from '../../support/looks.ts';
import { degraded, dial, healthy, sight, tooLittle, watching } from '../../support/sight.ts';

const aBake: Step = { kind: 'bake', seconds: 300 };

describe('a bake', () => {
  it('looks again when more of the metrics can be seen, and not after its end', () => {
    expect(look({}, second, 100)).toEqual({
      move: { kind: 'lookAgain', seconds: 60, because: 'nothing wrong' },
      facts: [],
    });
    expect(look({}, second, 320.2).move).toMatchObject({ kind: 'lookAgain', seconds: 20 });
    expect(look({}, second, 339.9).move).toMatchObject({ kind: 'lookAgain', seconds: 1 });
  });

  it.each([healthy, watching])('that is over goes on where the verdict is $kind', verdict => {
    const { move, facts } = look({}, second, 340, { verdict });
    expect(move).toEqual({ kind: 'advance', because: verdict.because });
    expect(facts.at(-1)).toEqual({ kind: 'stepDone', index: 1, because: verdict.because });
  });

  it('always lasts its time, however healthy the canary is', () => {
    expect(look({}, second, 339, { verdict: healthy }).move.kind).toBe('lookAgain');
  });

  it('ends early with promoteEarly once it is healthy, but not before it lasted as long as that says', () => {
    const promoteEarly = { beta: 0.05, nonInferiority: 2, afterSeconds: 120 };
    // the bake began at 40 and lasts until 340
    expect(look({ promoteEarly }, second, 159, { verdict: healthy }).move).toMatchObject({
      kind: 'lookAgain',
      seconds: 1,
    });
    expect(look({ promoteEarly }, second, 160, { verdict: healthy }).move.kind).toBe('advance');
    expect(look({ promoteEarly }, second, 160, { verdict: watching }).move.kind).toBe('lookAgain');
  });

  it('that is a soak with a control never ends early', () => {
    const promoteEarly = { beta: 0.05, nonInferiority: 2, afterSeconds: 120 };
    const steps: Step[] = [weight(10), { kind: 'bake', seconds: 300, control: 5 }, weight(100)];
    expect(look({ promoteEarly, steps }, second, 339, { verdict: healthy }).move.kind).toBe('lookAgain');
    expect(look({ promoteEarly, steps }, second, 340, { verdict: healthy }).move.kind).toBe('advance');
  });

  it('does not hold before it is over: too little data may become enough', () => {
    const { move, facts, holds } = look({}, second, 200, { verdict: tooLittle });
    expect(move.kind).toBe('lookAgain');
    expect(facts.map(fact => fact.kind)).toEqual(['judged']);
    expect(holds).toBeUndefined();
  });
});

describe('a degraded canary', () => {
  it.each<[string, Partial<Plan>, Line[], number]>([
    ['in a bake', {}, second, 100],
    ['in an approval', { steps: [weight(10), approval(), weight(100)] }, second, 100],
    [
      'while a person is asked',
      {},
      [
        ...second,
        [340, { kind: 'held', because: '', fault: false }],
        [341, { kind: 'approvalOpened', name: 'proceed?' }],
      ],
      342,
    ],
    ['while it is made ready for more', {}, [...second, [100, { kind: 'stepDone', index: 1, because: '' }]], 101],
    ['when somebody moved the dial as well', {}, second, 100],
    ['when the deadline has passed as well', {}, second, 8_000],
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
    expect(look({}, second, 100, { verdict: more }).facts).toEqual([]);
    expect(look({}, second, 100, { byMetric: { errors: healthy } }).facts).toMatchObject([{ kind: 'judged' }]);
    expect(look({}, second, 100, { byMetric: { errors: watching, slow: watching } }).facts).toMatchObject([
      { kind: 'judged' },
    ]);
  });
});

describe('the deadline', () => {
  it('takes the release back when it has passed', () => {
    expect(look({}, second, 7_199.9).move.kind).not.toBe('rollBack');
    expect(look({}, second, 7_200).move).toEqual({
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

  const heldUntil = (fault: boolean, ...more: Line[]) =>
    releaseOf(
      {},
      [100, { kind: 'held', because: '', fault }],
      [700, { kind: 'approvalOpened', name: 'proceed?' }],
      ...more,
    );

  it('does not count what a hold for want of data takes, the question included, and counts on when it is over', () => {
    expect(deadlineOf(heldUntil(false), admissionOf(), at(800))).toBe(at(7_900));
    expect(deadlineOf(heldUntil(false), admissionOf(), at(5_000))).toBe(at(12_100));
    const over = heldUntil(false, [900, { kind: 'resumed' }]);
    expect(deadlineOf(over, admissionOf(), at(1_000))).toBe(at(8_000));
    expect(deadlineOf(over, admissionOf(), at(5_000))).toBe(at(8_000));
  });

  it('counts a hold for a fault, but for what a person was given to answer', () => {
    expect(deadlineOf(heldUntil(true), admissionOf(), at(800))).toBe(at(7_300));
    expect(deadlineOf(heldUntil(true, [900, { kind: 'resumed' }]), admissionOf(), at(5_000))).toBe(at(7_400));
  });
});

describe('a dial that somebody else moved', () => {
  const moved = { dial: dial(50, 50) };

  it('holds the release, says where the dial is, and is of no use to the plan\'s "proceed"', () => {
    const { move, facts } = look({ hold: { atMostSeconds: 600, then: 'proceed' } }, second, 100, moved);
    expect(move).toMatchObject({
      kind: 'lookAgain',
      because: 'on hold: the traffic weights were changed outside Sluice: blue 50 %, green 50 %',
    });
    expect(facts).toEqual([
      { kind: 'held', because: 'the traffic weights were changed outside Sluice: blue 50 %, green 50 %', fault: true },
    ]);
    const held: Line[] = [...second, [100, { kind: 'held', because: '', fault: true }]];
    expect(look({ hold: { atMostSeconds: 600, then: 'proceed' } }, held, 700, moved).move).toMatchObject({
      kind: 'rollBack',
      reason: 'fault',
    });
  });

  it('lets the release go on when it was put back, and the next time has the whole time again', () => {
    const held: Line[] = [...second, [100, { kind: 'held', because: '', fault: true }]];
    expect(look({}, held, 160).facts).toEqual([{ kind: 'resumed' }]);
    expect(look({}, [...held, [160, { kind: 'resumed' }]], 750, moved).move.kind).toBe('lookAgain');
  });

  it.each<[string, Partial<Plan>, Line[]]>([
    [
      'an approval',
      { steps: [weight(10), approval(), weight(100)] },
      [[41, { kind: 'approvalOpened', name: 'go-live' }]],
    ],
    ['a hook', { steps: [weight(10), hook(), weight(100)] }, [[41, { kind: 'hookCalled', name: 'smoke', attempt: 1 }]]],
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
    const held: Line[] = [...second, ...lines, [100, { kind: 'held', because: '', fault: true }]];
    const { move, facts } = look(plan, held, 120);
    expect(move.kind).toBe('lookAgain');
    expect(facts).toEqual([{ kind: 'resumed' }]);
  });
});

describe('a look that is called twice', () => {
  const done: Line = [340, { kind: 'stepDone', index: 1, because: '' }];
  const preview = { header: { name: 'x-sluice-preview', value: 'canary' } };

  it.each<[string, Partial<Plan>, Line[]]>([
    ['a hook', { steps: [weight(10), aBake, hook(), weight(100)] }, [...second, done]],
    ['an approval', { steps: [weight(10), aBake, approval(), weight(100)] }, [...second, done]],
    ['a bake', { steps: [weight(10), aBake, aBake, weight(100)] }, [...second, done]],
    ['the next size', { steps: [weight(10), aBake, weight(100)] }, [...second, done]],
    ['the preview', { steps: [weight(10), weight(100)], preview }, [judged, ...readied(0, 10)]],
    ['the soak', { steps: [weight(100), aBake] }, [...second, done]],
  ])('lets %s begin instead of waiting for it, and ends nothing', (_, plan, lines) => {
    const { move, facts } = look(plan, lines, 341);
    expect(move).toEqual({ kind: 'advance', because: 'the next step is to begin' });
    expect(facts).toEqual([]);
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
