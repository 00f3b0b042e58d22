import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import { ChainAudit, type KeptSnapshot } from '../../../domain/ledger/audit.ts';
import type { Entry, Fact } from '../../../domain/ledger/facts.ts';
import { fold, hashOf } from '../../../domain/ledger/fold.ts';
import { digestOf } from '../../../domain/ledger/snapshot.ts';
import { emptyState, type WorkloadState } from '../../../domain/ledger/state.ts';
import { entryAfter, LEDGER_VERSION } from '../../../domain/ledger/versions.ts';
import { at, requested } from '../../support/ledger-lines.ts';

/** A log of a release with that many starts, whose state is named and kept after the fifth line. */
function written(runs: number) {
  let state = emptyState();
  const entries: Entry[] = [];
  const snapshots: KeptSnapshot[] = [];
  const append = (fact: Fact) => {
    const entry = entryAfter(state, { releaseId: 'shop-1', atEpochMs: at(entries.length), by: 'ann', fact });
    entries.push(entry);
    state = fold(state, entry, sha256);
  };
  append(requested());
  for (let run = 1; run <= runs; run += 1) {
    append({ kind: 'runClaimed', run });
    if (entries.length !== 5) continue;
    snapshots.push({ version: 5, text: JSON.stringify(state) });
    append({ kind: 'snapshotTaken', digest: digestOf(state, sha256) });
  }
  return { entries, snapshots, state };
}

function audit(
  entries: readonly (Entry | string)[],
  snapshots: readonly KeptSnapshot[] = [],
  noted?: { seq: number; hash: string },
) {
  const chain = new ChainAudit(sha256, noted);
  for (const entry of entries) if (!chain.add(typeof entry === 'string' ? entry : JSON.stringify(entry))) break;
  return chain.end(snapshots);
}

/** The lines from `seq` on as somebody writes them who knows how the chain is made. */
function rewritten(entries: readonly Entry[], seq: number, change: (entry: Entry) => Entry): Entry[] {
  const lines: Entry[] = [];
  for (const entry of entries) {
    const changed = entry.seq === seq ? change(entry) : entry;
    const last = lines.at(-1);
    lines.push({ ...changed, previousHash: last === undefined ? '' : hashOf(last, sha256) });
  }
  return lines;
}

describe('a ledger that is walked', () => {
  it('is whole where every line follows, and every state that is named', () => {
    const { entries, snapshots, state } = written(8);
    expect(audit(entries, snapshots)).toEqual({
      lines: 10,
      firstAtEpochMs: at(0),
      lastAtEpochMs: at(9),
      head: { seq: 10, hash: state.lastHash },
      states: 1,
      statesOfOtherVersions: 0,
      snapshots: 1,
    });
    expect(audit([])).toMatchObject({ lines: 0, head: { seq: 0, hash: '' } });
  });

  const { entries, snapshots } = written(8);
  const lines: (Entry | string)[] = entries;
  const changed = (index: number, more: object) =>
    entries.map((entry, at) => (at === index ? { ...entry, ...more } : entry));

  it.each<[string, readonly (Entry | string)[], number, RegExp]>([
    [
      'a line that was changed',
      changed(2, { by: 'eve' }),
      4,
      /does not carry the hash of entry 3: the log was changed/,
    ],
    ['its fact', changed(6, { fact: { kind: 'runClaimed', run: 99 } }), 8, /does not carry the hash of entry 7/],
    ['a member that was added', changed(3, { note: '' }), 5, /does not carry the hash of entry 4/],
    ['a line that was taken out', entries.toSpliced(3, 1), 4, /entry 5 follows entry 3: one is missing/],
    ['two lines in another order', entries.toSpliced(3, 2, ...entries.slice(3, 5).reverse()), 4, /one is missing/],
    ['a line twice', entries.toSpliced(3, 0, entries[3] as Entry), 5, /entry 4 follows entry 4/],
    ['the first lines', entries.slice(2), 1, /entry 3 follows entry 0/],
    ['a line that is none', lines.toSpliced(4, 1, 'not JSON'), 5, /not a line of a ledger/],
    ['one that is something else', lines.toSpliced(4, 1, '{"seq":5}'), 5, /not a line of a ledger/],
    ['nothing', lines.toSpliced(4, 1, ''), 5, /not a line of a ledger/],
    [
      'a state that the lines do not give, in a chain that was made anew',
      rewritten(entries, 6, entry => ({ ...entry, fact: { kind: 'snapshotTaken', digest: 'f'.repeat(64) } })),
      6,
      /names another state than its lines give/,
    ],
    [
      'a line before it, in a chain that was made anew',
      rewritten(entries, 3, entry => ({ ...entry, by: 'eve' })),
      6,
      /names another state than its lines give/,
    ],
  ])('is broken by %s, and the first break is named', (_, lines, seq, because) => {
    const { broken } = audit(lines, snapshots);
    expect(broken).toEqual({ seq, because: expect.stringMatching(because) });
  });

  it.each<[string, (state: WorkloadState) => unknown]>([
    [
      'with an approval that nobody gave',
      state => ({ ...state, active: { ...state.active, approvals: { 'go-live': {} } } }),
    ],
    ['of a line that nothing names', state => ({ ...state, seq: 4 })],
    ['that is none', () => 'shop'],
  ])('is broken by a snapshot %s', (_, forge) => {
    const [kept] = snapshots;
    const text = JSON.stringify(forge(JSON.parse(kept?.text ?? '')));
    expect(audit(entries, [{ version: 5, text }]).broken?.because).toMatch(
      /the snapshot of version 5, which is not read/,
    );
  });

  it('that was written anew from its first line is told by a last line that somebody noted', () => {
    const noted = { seq: 4, hash: hashOf(entries[3] as Entry, sha256) };
    expect(audit(entries, snapshots, noted).broken).toBeUndefined();
    const anew = written(8).entries.slice(0, 5);
    const other = rewritten(anew, 2, entry => ({ ...entry, by: 'eve' }));
    expect(audit(other, [], noted).broken).toMatchObject({ seq: 4, because: expect.stringMatching(/and it was/) });
    expect(audit(entries.slice(0, 3), [], noted).broken).toEqual({
      seq: 4,
      because: 'the log ends at line 3, and it had line 4',
    });
  });

  it('does not compare what another version folded, and says so', () => {
    const older = rewritten(entries, 6, entry => ({ ...entry, version: LEDGER_VERSION - 1 }));
    expect(audit(older)).toMatchObject({ states: 0, statesOfOtherVersions: 1 });
  });
});
