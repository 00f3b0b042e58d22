import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../domain/plan/plan.ts';
import { approval, hook, type Line, weight } from '../../support/ledger-lines.ts';
import { look, second } from '../../support/looks.ts';

describe('a hook', () => {
  const plan = (retries: number): Partial<Plan> => ({
    steps: [weight(10), hook({ retries }), weight(100)],
  });
  const called = (attempt: number, seconds: number): Line => [seconds, { kind: 'hookCalled', name: 'smoke', attempt }];
  const answer = (passed: boolean, because: string): Line => [
    110,
    { kind: 'hookAnswered', name: 'smoke', passed, because },
  ];

  it('that passed lets the release go on', () => {
    const { move, facts } = look(plan(0), [...second, called(1, 100), answer(true, 'it passed')], 111);
    expect(move).toEqual({ kind: 'advance', because: 'hook smoke passed' });
    expect(facts).toEqual([{ kind: 'stepDone', index: 1, because: 'hook smoke passed' }]);
  });

  it('that failed takes it back, with what it said', () => {
    expect(look(plan(0), [...second, called(1, 100), answer(false, '3 of 20 checks failed')], 111).move).toEqual({
      kind: 'rollBack',
      reason: 'degraded',
      because: 'hook smoke failed: 3 of 20 checks failed',
    });
  });

  it("has the plan's time for each attempt, from its call and not from the start of the step", () => {
    // the step began at 40, and the canary took until 100 to be ready for it
    expect(look(plan(0), [...second, called(1, 100)], 399.9).move).toMatchObject({ kind: 'lookAgain', seconds: 5 });
    expect(look(plan(0), [...second, called(1, 100)], 400).move).toEqual({
      kind: 'rollBack',
      reason: 'fault',
      because: 'hook smoke did not answer within 300 s',
    });
  });

  it('that took too long is not given up while the plan has another attempt', () => {
    expect(look(plan(1), [...second, called(1, 100)], 400).move.kind).toBe('lookAgain');
    expect(look(plan(1), [...second, called(1, 100), called(2, 401)], 700.9).move.kind).toBe('lookAgain');
    expect(look(plan(1), [...second, called(1, 100), called(2, 401)], 701).move.kind).toBe('rollBack');
  });
});

describe('an approval', () => {
  const plan = { steps: [weight(10), approval({ withinSeconds: 3_600 }), weight(100)] };
  const open: Line[] = [...second, [100, { kind: 'approvalOpened', name: 'go-live' }]];

  it('is waited for, while the metrics are read', () => {
    expect(look(plan, open, 200).move).toEqual({
      kind: 'lookAgain',
      seconds: 60,
      because: 'waiting for approval go-live',
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
