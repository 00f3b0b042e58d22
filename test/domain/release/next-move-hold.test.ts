import { describe, expect, it } from 'vitest';
import { dialFor } from '../../../domain/dial.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { bake, type Line, readied, shifted, weight } from '../../support/ledger-lines.ts';
import { look, second } from '../../support/looks.ts';
import { noSource, tooLittle } from '../../support/sight.ts';

describe('a step that is over with too little data', () => {
  const over = 340;
  const alone: Line[] = [...readied(0, 100), ...shifted(20, { from: 0, to: 100 })];
  const held: Line[] = [...second, [over, { kind: 'held', because: 'too little data', fault: false }]];

  it('holds', () => {
    const { move, facts } = look({}, second, over, { verdict: tooLittle });
    expect(move).toMatchObject({ kind: 'lookAgain', seconds: 10, because: 'on hold: too little data' });
    expect(facts.at(-1)).toEqual({ kind: 'held', because: 'too little data', fault: false });
  });

  it('goes on as soon as there is enough, and the hold ends with the step', () => {
    const { move, facts } = look({}, held, 400);
    expect(move.kind).toBe('advance');
    expect(facts).toEqual([{ kind: 'stepDone', index: 1, because: 'nothing wrong' }]);
  });

  it("goes back after the hold by the plan's default, for want of data and not for the deadline", () => {
    expect(look({}, held, 939.9, { verdict: tooLittle }).move.kind).toBe('lookAgain');
    expect(look({}, held, 940, { verdict: tooLittle }).move).toMatchObject({ kind: 'rollBack', reason: 'noEvidence' });
  });

  const grossSeen = { ...tooLittle, unseen: 'a fault below 4 % of requests would not have been seen here' } as const;

  it('goes on after the hold where a gross fault would have been seen, whatever the plan says then, and says what would not', () => {
    for (const then of ['rollBack', 'ask', 'proceed'] as const) {
      const plan = { hold: { atMostSeconds: 600, then } };
      expect(look(plan, held, 939.9, { verdict: grossSeen }).move.kind).toBe('lookAgain');
      const { move, facts } = look(plan, held, 940, { verdict: grossSeen });
      expect(move.kind).toBe('advance');
      expect(facts.at(-1)).toEqual({
        kind: 'stepDone',
        index: 1,
        because: 'on hold for 10m, then goes on: a fault below 4 % of requests would not have been seen here',
      });
    }
  });

  it('never goes on by itself while the source cannot be read, whatever it showed before', () => {
    const fault = { ...noSource, unseen: 'a fault below 4 %' };
    expect(look({}, held, 940, { verdict: fault }).move).toMatchObject({ kind: 'rollBack', reason: 'fault' });
  });

  it('waits for nothing in a soak of no time, once it went on with as much', () => {
    const plan = { steps: [weight(100)], soakSeconds: 0 };
    const soaking: Line[] = [...alone, [400, { kind: 'soakStarted' }]];
    expect(look(plan, soaking, 400, { verdict: grossSeen, dial: dialFor('green', 100) }).move.kind).toBe('advance');
    expect(look(plan, soaking, 400, { verdict: tooLittle, dial: dialFor('green', 100) }).move.kind).toBe('lookAgain');
    expect(
      look({ ...plan, soakSeconds: 60 }, soaking, 460, { verdict: grossSeen, dial: dialFor('green', 100) }).move.kind,
    ).toBe('lookAgain');
  });

  it('goes on after the hold where the plan says so', () => {
    const { move, facts } = look({ hold: { atMostSeconds: 600, then: 'proceed' } }, held, 940, { verdict: tooLittle });
    expect(move.kind).toBe('advance');
    expect(facts.at(-1)).toEqual({
      kind: 'stepDone',
      index: 1,
      because: 'on hold for 10m, then proceeds as the plan says: too little data',
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
    ...second,
    [340, { kind: 'held', because: 'too little data', fault: false }],
    [940, { kind: 'approvalOpened', name: 'proceed?' }],
  ];
  const answered: Line[] = [...asked, [950, { kind: 'approved', name: 'proceed?', groups: [] }, { by: 'bob' }]];

  it('goes on looking until somebody answers', () => {
    expect(look(plan, asked, 5_000, { verdict: tooLittle }).move).toMatchObject({
      kind: 'lookAgain',
      because: 'waiting for a person to decide: too little data',
    });
  });

  it('goes on when somebody said proceed', () => {
    const { move, facts } = look(plan, answered, 951, { verdict: tooLittle });
    expect(move).toEqual({ kind: 'advance', because: 'a person approved: too little data' });
    expect(facts.at(-1)).toMatchObject({ kind: 'stepDone', index: 1 });
  });

  it('does not go on without metrics, whatever a person said; it says so', () => {
    expect(look(plan, answered, 951, { verdict: noSource }).move).toMatchObject({
      kind: 'lookAgain',
      because: 'a person approved; waiting until the metrics can be read: the metrics cannot be read',
    });
  });

  it('has its answer for this step alone: the next one that has too little data holds and asks again', () => {
    const next: Line[] = [
      ...answered,
      [951, { kind: 'stepDone', index: 1, because: 'a person said proceed' }],
      [952, { kind: 'stepStarted', index: 2 }],
    ];
    const { move, facts } = look(plan, next, 1_252, { verdict: tooLittle });
    expect(move).toMatchObject({ kind: 'lookAgain', because: 'on hold: too little data' });
    expect(facts.at(-1)).toMatchObject({ kind: 'held' });
  });
});
