import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import type { Entry } from '../../../domain/ledger/facts.ts';
import { fold } from '../../../domain/ledger/fold.ts';
import { emptyState } from '../../../domain/ledger/state.ts';
import { foldAll, type Line, logOf, readied, releaseLines, requested, shifted } from '../../support/ledger-lines.ts';

const whole: Line[] = [
  ...releaseLines({}, ...readied(4, 10), ...shifted(40, { from: 0, to: 10 })),
  [50, requested(), { releaseId: 'shop-2' }],
  [60, { kind: 'held', because: 'too little', fault: false }],
  [70, { kind: 'resumed' }],
  [80, { kind: 'rollBackClaimed', attempt: 1, reason: 'aborted', because: 'an operator' }],
  [90, { kind: 'goingBack', attempt: 1 }],
  [100, { kind: 'closed', outcome: 'rolledBack', reason: 'aborted', because: 'an operator' }],
  [110, { kind: 'runClaimed', run: 1 }, { releaseId: 'shop-2' }],
];
const log = logOf(whole);
const place = fc.nat(log.length - 1);
const changes: ((entry: Entry) => Entry)[] = [
  entry => ({ ...entry, atEpochMs: entry.atEpochMs + 1 }),
  entry => ({ ...entry, by: `${entry.by} ` }),
  entry => ({ ...entry, fact: { ...entry.fact, because: 'somebody else' } as Entry['fact'] }),
  entry => ({ ...entry, previousHash: sha256(entry.previousHash) }),
];

describe('a ledger', () => {
  it('folds to the same state however often it is read, from the start or from where a reader was', () => {
    const full = foldAll(log);
    fc.assert(
      fc.property(fc.nat(log.length), read => {
        const before = structuredClone(foldAll(log.slice(0, read)));
        const after = log.slice(read).reduce((state, entry) => fold(state, entry, sha256), before);
        expect(after).toEqual(full);
      }),
    );
  });

  it('is not changed by being folded', () => {
    const copy = structuredClone(log);
    const states = [emptyState()];
    for (const entry of copy) {
      const before = structuredClone(states.at(-1));
      states.push(fold(states.at(-1) ?? emptyState(), entry, sha256));
      expect(states.at(-2)).toEqual(before);
    }
    expect(copy).toEqual(log);
  });

  it('breaks at a line that was changed, wherever it is, as soon as another line follows it', () => {
    fc.assert(
      fc.property(fc.nat(log.length - 2), fc.constantFrom(...changes), (index, change) => {
        const forged = log.map((entry, i) => (i === index ? change(entry) : entry));
        expect(() => foldAll(forged)).toThrow(expect.objectContaining({ name: 'LedgerBrokenError' }));
      }),
    );
  });

  it('breaks where a line was taken out, moved, or written twice', () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        fc.pre(a !== b);
        const without = log.filter((_, i) => i !== Math.min(a, b));
        const twice = log.flatMap((entry, i) => (i === a ? [entry, entry] : [entry]));
        const swapped = log.map((entry, i) => log[i === a ? b : i === b ? a : i] ?? entry);
        for (const forged of [without, twice, swapped]) {
          expect(() => foldAll(forged)).toThrow(expect.objectContaining({ name: 'LedgerBrokenError' }));
        }
      }),
    );
  });

  it('breaks where a line was taken out and the rest renumbered', () => {
    fc.assert(
      fc.property(fc.nat(log.length - 2), gone => {
        const forged = log.filter((_, i) => i !== gone).map((entry, i) => ({ ...entry, seq: i + 1 }));
        expect(() => foldAll(forged)).toThrow(expect.objectContaining({ name: 'LedgerBrokenError' }));
      }),
    );
  });
});
