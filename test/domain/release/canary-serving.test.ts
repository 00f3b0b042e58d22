import { describe, expect, it } from 'vitest';
import type { Plan, Step } from '../../../domain/plan/plan.ts';
import { approval, bake, hook, type Line, readied, shifted, weight } from '../../support/ledger-lines.ts';
import { look, second } from '../../support/looks.ts';
import { degraded, dial, healthy, noSource, tooLittle } from '../../support/sight.ts';

const none = { healthyCanaryTargets: 0, unsureCanaryTargets: 0 };
const LOST = 'no target of green is healthy, and 10 % of the requests go there';
const back = { kind: 'rollBack', reason: 'notReady', because: LOST };
const analysis: Step = { kind: 'analysis', metrics: ['errors'], count: 5 };

describe('a canary that gets requests and has no healthy target', () => {
  const waits: [string, Partial<Plan>, Line[]][] = [
    ['a bake', {}, []],
    [
      'a bake that keeps a control',
      { steps: [weight(10), { kind: 'bake', seconds: 300, control: 5 }, weight(100)] },
      [],
    ],
    ['an analysis', { steps: [weight(10), analysis, weight(100)] }, []],
    ['a hook', { steps: [weight(10), hook(), weight(100)] }, [[50, { kind: 'hookCalled', name: 'smoke', attempt: 1 }]]],
    [
      'an approval',
      { steps: [weight(10), approval(), weight(100)] },
      [[50, { kind: 'approvalOpened', name: 'go-live' }]],
    ],
    ['a hold', {}, [[50, { kind: 'held', because: 'too little data', fault: false }]]],
    [
      'more pods for the next weight',
      { steps: [weight(10), weight(50), weight(100)] },
      [[50, { kind: 'sizeIntended', slot: 'green', replicas: 3, weight: 50 }]],
    ],
    ['its next shift', { steps: [weight(10), weight(50), weight(100)] }, readied(50, 50, 2)],
  ];
  it.each(waits)('goes back at once from %s', (_, plan, lines) => {
    expect(look(plan, [...second, ...lines], 100, none).move).toEqual(back);
  });

  it.each([
    ['healthy', healthy],
    ['inconclusive', tooLittle],
    ['not to be read', noSource],
  ])('goes back whether the metrics are %s', (_, verdict) => {
    expect(look({}, second, 100, { ...none, verdict }).move).toEqual(back);
  });

  it('is degraded first where the metrics say so', () => {
    expect(look({}, second, 100, { ...none, verdict: degraded }).move).toMatchObject({ reason: 'degraded' });
  });

  it('goes back from its soak, at weight 100', () => {
    const soaking: Line[] = [
      ...readied(0, 100, 4),
      ...shifted(20, { from: 0, to: 100 }),
      [30, { kind: 'soakStarted' }],
    ];
    const { move } = look({ steps: [weight(100)], soakSeconds: 900 }, soaking, 100, none);
    expect(move).toMatchObject({ kind: 'rollBack', reason: 'notReady', because: expect.stringContaining('100 %') });
  });

  it('goes back where it was a person who sent the requests there', () => {
    const { move } = look({}, readied(0, 10), 100, { ...none, dial: dial(0, 100) });
    expect(move).toMatchObject({ kind: 'rollBack', reason: 'notReady' });
  });

  it('goes back from a shift of which only the intent is written', () => {
    const lines = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 }).slice(0, 1)];
    expect(look({}, lines, 100, { ...none, dial: dial(90, 10) }).move).toEqual(back);
  });

  it('never goes back past the point of no return', () => {
    const lines: Line[] = [...readied(0, 100, 4), [10, { kind: 'retiring' }], ...shifted(20, { from: 0, to: 100 })];
    const { move } = look({ steps: [weight(100)], soakSeconds: 900 }, lines, 100, none);
    expect(move.kind).not.toBe('rollBack');
  });
});

describe('a canary whose targets are not known to be unhealthy', () => {
  const unsure = { healthyCanaryTargets: 0, unsureCanaryTargets: 1 };

  it('is waited for while they register after a shift, and goes no further until then', () => {
    // confirmed at 21 s
    const { move, facts } = look({ steps: [weight(10), bake(10), weight(100)] }, second, 80.9, unsure);
    expect(move).toMatchObject({ kind: 'lookAgain', seconds: 5, because: expect.stringContaining('not checked yet') });
    expect(facts).not.toContainEqual(expect.objectContaining({ kind: 'stepDone' }));
  });

  it('goes back where they still are a minute after the shift', () => {
    expect(look({}, second, 81, unsure).move).toEqual(back);
  });

  it('stays where one of them is healthy', () => {
    const one = { healthyCanaryTargets: 1, unsureCanaryTargets: 3 };
    expect(look({}, second, 100, one).move).toMatchObject({ kind: 'lookAgain' });
  });

  it('is no matter while it gets no requests', () => {
    expect(look({}, readied(0, 10), 100, { ...none, dial: dial(100, 0) }).move).toMatchObject({ kind: 'lookAgain' });
  });
});

describe('the next look', () => {
  it('comes within a minute while the canary gets requests, however long the windows are', () => {
    const plan = { windowSeconds: 900, steps: [weight(10), bake(7_000), weight(100)] };
    expect(look(plan, second, 100, { nextReadingSeconds: 840 }).move).toMatchObject({ kind: 'lookAgain', seconds: 60 });
  });

  it('comes when it can see more while the canary gets none', () => {
    const plan = { steps: [approval(), weight(10)] };
    const lines: Line[] = [...readied(0, 10), [20, { kind: 'approvalOpened', name: 'go-live' }]];
    expect(look(plan, lines, 100, { nextReadingSeconds: 840 }).move).toMatchObject({ kind: 'lookAgain', seconds: 840 });
  });
});
