import { describe, expect, it } from 'vitest';
import { isOverdue } from '../../../domain/release/overdue.ts';
import { at, type Line, releaseOf, requested, stateOf } from '../../support/ledger-lines.ts';

/** Of a release whose deadline is 7,200 s after NOON. */
const overdue = (seconds: number, ...lines: Line[]) => isOverdue(releaseOf({}, ...lines), at(seconds));

describe('a release that nothing ends', () => {
  it('is overdue a minute after its deadline: its own look has had the time to end it', () => {
    expect(overdue(7_259.999)).toBe(false);
    expect(overdue(7_260)).toBe(true);
  });

  it('is not overdue while people take their time with an approval', () => {
    expect(overdue(9_000, [100, { kind: 'approvalOpened', name: 'go-live' }])).toBe(false);
  });

  it.each<[string, Line]>([
    ['its way back was claimed', [50, { kind: 'rollBackClaimed', attempt: 1, reason: 'aborted', because: 'ann' }]],
    ['it is past its point of no return', [50, { kind: 'retiring' }]],
  ])('is none where %s: that has an end of its own', (_, line) => {
    expect(overdue(9_000, line)).toBe(false);
  });

  it('has no deadline before it is admitted', () => {
    const { active } = stateOf([0, requested()]);
    if (active === undefined) throw new Error('no release');
    expect(isOverdue(active, at(90_000))).toBe(false);
  });
});
