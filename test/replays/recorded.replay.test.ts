import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../adapters/sha256.ts';
import { statusLines, statusText } from '../../cli/status-text.ts';
import type { Entry, Fact } from '../../domain/ledger/facts.ts';
import { fold, LedgerBrokenError } from '../../domain/ledger/fold.ts';
import { newsOf } from '../../domain/ledger/news.ts';
import { emptyState, type WorkloadState } from '../../domain/ledger/state.ts';
import { entryAfter } from '../../domain/ledger/versions.ts';
import { nextStep } from '../../domain/release/next-step.ts';
import { planReplay } from '../../domain/replay/plan-replay.ts';
import { releaseOfLedger } from '../../domain/replay/release-of-ledger.ts';
import { answersFrom, answersOf, flatOf } from './answers.ts';
import type { RecordedExecution, Recording } from './recording.ts';
import { walk } from './walk.ts';

/*
 * What older versions of Sluice wrote down is read by this one: every line folds, every page can be shown, every recorded
 * execution still goes the same way. A recording is never changed; a change of shape keeps reading the old one.
 */

/** How each of them ended, the newest release first. */
const ENDS: Record<string, { ends: string[]; live?: string }> = {
  promoted: { ends: ['promoted'], live: 'green' },
  'rolled-back': { ends: ['rolledBack degraded'] },
  'never-ready': { ends: ['rolledBack notReady'] },
  'blue-green': { ends: ['promoted'], live: 'green' },
  'first-release': { ends: ['promoted'], live: 'green' },
  controlled: { ends: ['promoted', 'promoted'], live: 'blue' },
  undo: { ends: ['promoted', 'promoted'], live: 'blue' },
  approval: { ends: ['promoted'], live: 'green' },
  hold: { ends: ['rolledBack noEvidence'] },
  aborted: { ends: ['rolledBack aborted'] },
};

const folder = new URL('recorded/', import.meta.url);
const read = (name: string): Recording => JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8'));
const paste = (command: string) => `npx sluice ${command}`;

/** The state after each entry. */
const statesOf = ({ entries }: Recording): WorkloadState[] => {
  let state = emptyState();
  return entries.map(entry => {
    state = fold(state, entry, sha256);
    return state;
  });
};

it('says of every recording how it ended', () => {
  const files = readdirSync(folder).map(file => file.replace(/[.]json$/, ''));
  expect(files.sort()).toEqual(Object.keys(ENDS).sort());
});

describe.each(Object.keys(ENDS))('the ledger of %s', name => {
  const recording = read(name);

  it('folds to the end that it had', () => {
    const end = statesOf(recording).at(-1);
    expect(end?.ended.map(({ outcome, reason }) => [outcome, reason].filter(Boolean).join(' '))).toEqual(
      ENDS[name]?.ends,
    );
    expect(end?.live?.slot).toBe(ENDS[name]?.live);
    expect(end?.active).toBeUndefined();
    expect(end?.seq).toBe(recording.entries.length);
  });

  it('can be shown after each of its lines, and told as news', () => {
    const { workload, dial, entries, windows } = recording;
    const [first] = entries;
    if (first?.fact.kind !== 'requested') return expect.unreachable('a ledger begins with a request');
    const { plan } = first.fact;
    for (const [index, state] of statesOf(recording).entries()) {
      const answer = { kind: 'workload' as const, state, dial, entries, windows: Object.values(windows).flat() };
      expect(statusText(workload, answer, { paste })).toMatch(new RegExp(`^${workload}\n`));
      expect(statusLines([{ workload, answer }], { paste })).toContain(`${workload}-`);
      const entry = entries[index];
      if (entry !== undefined) expect(newsOf(entry.fact, plan) ?? 'no news').not.toMatch(/undefined|NaN|\[object/);
      // where it stands on its road can be asked at every line of it
      if (state.active?.admission !== undefined) expect(nextStep(state.active, entry?.atEpochMs ?? 0)).toBeDefined();
    }
  });

  it('leaves the state, the next step and the next move that it left then, after each of its lines', () => {
    const then = answersFrom(readFileSync(new URL(`answers/${name}.json`, import.meta.url), 'utf8'));
    const now = answersOf(recording).map(({ state, ...rest }) => ({ ...rest, state: flatOf(state) }));
    // what a later version knows besides is no change of what was known
    expect(now).toMatchObject(then);
    for (const [index, { state }] of now.entries()) {
      const gone = Object.keys(then[index - 1]?.state ?? {}).filter(
        key => !Object.hasOwn(then[index]?.state ?? {}, key),
      );
      expect(gone.filter(key => Object.hasOwn(state, key))).toEqual([]);
    }
  });

  it('goes on from any of its lines as this version writes them', () => {
    for (const [index, state] of statesOf(recording).entries()) {
      let continued = state;
      for (const { releaseId, atEpochMs, by, fact } of recording.entries.slice(index + 1)) {
        // a snapshot is named by whoever writes the log
        if (fact.kind === 'snapshotTaken') continue;
        continued = fold(continued, entryAfter(continued, { releaseId, atEpochMs, by, fact }), sha256);
      }
      expect(continued.ended.map(({ outcome, reason }) => [outcome, reason].filter(Boolean).join(' '))).toEqual(
        ENDS[name]?.ends,
      );
    }
  });

  it('is judged as it was by the windows that were kept', () => {
    for (const releaseId of Object.keys(recording.windows)) {
      const entries = recording.entries.filter(entry => entry.releaseId === releaseId);
      const found = releaseOfLedger(releaseId, entries, recording.windows[releaseId] ?? []);
      const judged = entries.map(({ fact }) => fact).findLast(fact => fact.kind === 'judged');
      if (found.kind === 'nothingToJudge') continue;
      const { verdict } = planReplay('plan', found.plan).replay(found.release, { evidence: false });
      expect(verdict === 'degraded').toBe(judged?.verdict.kind === 'degraded');
    }
  });

  it.each(recording.executions.map(execution => [execution.name, execution] as const))(
    'execution %s still goes through the same states',
    async (_, execution) => {
      expect(await walk(execution)).toEqual(execution.states.map(({ state }) => state));
    },
  );
});

describe('a recording that was tampered with', () => {
  it('leaves another state and another move where a line says something else', () => {
    const recording = read('hold');
    const before = answersOf(recording);
    const entries: Entry[] = [];
    let state = emptyState();
    for (const { releaseId, atEpochMs, by, fact } of recording.entries) {
      const longer: Fact =
        fact.kind === 'requested'
          ? { ...fact, plan: { ...fact.plan, hold: { atMostSeconds: 36_000, then: 'rollBack' } } }
          : fact;
      const entry = entryAfter(state, { releaseId, atEpochMs, by, fact: longer });
      entries.push(entry);
      state = fold(state, entry, sha256);
    }
    const after = answersOf({ ...recording, entries });
    expect(after).not.toMatchObject(before);
    expect(after.map(({ next }) => next)).not.toEqual(before.map(({ next }) => next));
  });

  it('no longer folds where a line is missing or was changed', () => {
    const { entries, ...rest } = read('promoted');
    expect(() => statesOf({ ...rest, entries: entries.toSpliced(3, 1) })).toThrow(LedgerBrokenError);
    const changed = entries.map(entry => (entry.seq === 4 ? { ...entry, by: 'somebody else' } : entry));
    expect(() => statesOf({ ...rest, entries: changed })).toThrow(LedgerBrokenError);
  });

  it('goes another way where a task had answered something else', async () => {
    const execution = read('rolled-back').executions[0] as RecordedExecution;
    const states = execution.states.map(one =>
      one.state === 'Admit' ? { ...one, results: [{ answer: { kind: 'refused', seconds: 1, because: 'no' } }] } : one,
    );
    expect(await walk({ ...execution, states })).not.toEqual(execution.states.map(({ state }) => state));
  });
});
