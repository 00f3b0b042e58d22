import { describe, expect, it } from 'vitest';
import { HOLD_LOOK_SECONDS, holdOr } from '../../../domain/release/hold.ts';
import { at, type Line, releaseOf } from '../../support/ledger-lines.ts';

const trouble = { because: 'too little data', fault: false };
/** Held since 100 s, for at most 600 s. */
const held: Line = [100, { kind: 'held', because: 'too little data', fault: false }];
const atSecond = (seconds: number, then: 'rollBack' | 'ask' | 'proceed', ...lines: Line[]) =>
  holdOr(releaseOf({}, ...lines), trouble, { nowEpochMs: at(seconds) }, { then, reason: 'deadline' });

describe('a hold', () => {
  it('is written down by the first look, and goes on looking', () => {
    expect(atSecond(100, 'rollBack')).toEqual({
      move: { kind: 'lookAgain', seconds: HOLD_LOOK_SECONDS, because: 'on hold: too little data' },
      facts: [{ kind: 'held', because: 'too little data', fault: false }],
      holds: true,
    });
  });

  it('is not written down again at every look', () => {
    expect(atSecond(699.999, 'rollBack', held)).toMatchObject({ move: { kind: 'lookAgain' }, facts: [], holds: true });
  });

  it('is written down again where its trouble has become one of the source', () => {
    const release = releaseOf({}, held);
    const decision = holdOr(
      release,
      { because: 'no metrics', fault: true },
      { nowEpochMs: at(200) },
      { then: 'rollBack', reason: 'fault' },
    );
    expect(decision.facts).toEqual([{ kind: 'held', because: 'no metrics', fault: true }]);
  });

  it('rolls back when it has lasted as long as the plan allows, counted from its first look', () => {
    const { move, holds } = atSecond(700, 'rollBack', held);
    expect(move).toEqual({ kind: 'rollBack', reason: 'deadline', because: 'on hold for 10m: too little data' });
    expect(holds).toBeUndefined();
  });

  it('goes on where the plan says proceed', () => {
    expect(atSecond(700, 'proceed', held).move).toEqual({
      kind: 'advance',
      because: 'on hold for 10m, then proceeds as the plan says: too little data',
    });
  });

  it('asks a person once where the plan says ask, and goes on holding', () => {
    const asks = atSecond(700, 'ask', held);
    expect(asks).toEqual({
      move: {
        kind: 'lookAgain',
        seconds: HOLD_LOOK_SECONDS,
        because: 'waiting for a person to decide: too little data',
      },
      facts: [{ kind: 'approvalOpened', name: 'proceed?' }],
      holds: true,
    });
    const asked = atSecond(710, 'ask', held, [700, { kind: 'approvalOpened', name: 'proceed?' }]);
    expect(asked).toMatchObject({ facts: [], holds: true });
  });

  it('rolls back where nobody answers for four hours; who said proceed has answered', () => {
    const asked: Line[] = [held, [700, { kind: 'approvalOpened', name: 'proceed?' }]];
    expect(atSecond(700 + 4 * 3_600 - 1, 'ask', ...asked)).toMatchObject({ holds: true });
    expect(atSecond(700 + 4 * 3_600, 'ask', ...asked).move).toEqual({
      kind: 'rollBack',
      reason: 'deadline',
      because: 'nobody answered within 4h: too little data',
    });
    const answered: Line = [800, { kind: 'approved', name: 'proceed?', groups: [] }];
    expect(atSecond(700 + 4 * 3_600, 'ask', ...asked, answered)).toMatchObject({ move: { kind: 'lookAgain' } });
  });

  it('of 0 s ends with its first look', () => {
    const release = releaseOf({ hold: { atMostSeconds: 0, then: 'rollBack' } });
    const decision = holdOr(release, trouble, { nowEpochMs: at(5) }, { then: 'rollBack', reason: 'deadline' });
    expect(decision.move.kind).toBe('rollBack');
    expect(decision.facts).toEqual([{ kind: 'held', because: 'too little data', fault: false }]);
  });
});
