import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import { dialFor } from '../../../domain/dial.ts';
import type { Verdict } from '../../../domain/judges/verdict.ts';
import type { Fact } from '../../../domain/ledger/facts.ts';
import { fold } from '../../../domain/ledger/fold.ts';
import { ENDED_KEPT, emptyState, type WorkloadState } from '../../../domain/ledger/state.ts';
import { EntryTooLargeError, entryAfter } from '../../../domain/ledger/versions.ts';
import {
  jsonBytes,
  NAME_MOST_CHARACTERS,
  PLAN_MOST_BYTES,
  SENTENCE_MOST_CHARACTERS,
  WORKLOAD_MOST_BYTES,
} from '../../../domain/limits.ts';
import { admissionOf, approval, at, errors, imageOf, planOf, requested, shop } from '../../support/ledger-lines.ts';

/** DynamoDB's limit of an item: docs "Service, account, and table quotas", with the names of its attributes. */
const ITEM_MOST_BYTES = 400_000;

const filler = (bytes: number) => 'x'.repeat(Math.max(0, bytes));
const long = filler(5_000);

/** A plan, and a workload, as large as they may be. */
const plan = (() => {
  const metrics = Array.from({ length: 20 }, (_, index) => ({ ...errors, name: `metric-${index}` }));
  const bare = planOf({ metrics, steps: [approval()] });
  const filled = planOf({ metrics, steps: [approval({ name: filler(PLAN_MOST_BYTES - jsonBytes(bare) + 7) })] });
  return filled;
})();
const workload = { ...shop, deployment: filler(WORKLOAD_MOST_BYTES - jsonBytes(shop) + 4) };

const said: Verdict = { kind: 'inconclusive', because: long, fault: false, unseen: long };
const everything: Fact[] = [
  { kind: 'runClaimed', run: 1 },
  { kind: 'admitted', admission: admissionOf({ wayBack: { rules: Array.from({ length: 11 }, () => filler(3_000)) } }) },
  { kind: 'slotSeen', slot: 'green', desired: 4, available: 0, ready: false, problem: long },
  ...Array.from({ length: 100 }, (_, index): Fact[] => [
    { kind: 'shiftIntended', from: dialFor('green', 0), to: dialFor('green', index), weight: index },
    { kind: 'shiftConfirmed', dial: dialFor('green', index), weight: index },
  ]).flat(),
  { kind: 'hookCalled', name: 'smoke', attempt: 1 },
  { kind: 'hookAnswered', name: 'smoke', passed: false, because: long },
  { kind: 'judged', verdict: said, byMetric: Object.fromEntries(plan.metrics.map(({ name }) => [name, said])) },
  { kind: 'held', because: long, fault: true },
  { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: long },
];

const images = Object.fromEntries(
  ['app', 'sidecar', 'proxy'].map(name => [name, imageOf('2', filler(NAME_MOST_CHARACTERS))]),
);

function append(state: WorkloadState, releaseId: string, fact: Fact): WorkloadState {
  const line = { releaseId, atEpochMs: at(0), by: filler(NAME_MOST_CHARACTERS), fact };
  return fold(state, entryAfter(state, line), sha256);
}

describe('a snapshot', () => {
  it('of the largest releases, as many as are kept, fits into an item', () => {
    expect(jsonBytes(plan)).toBeGreaterThan(PLAN_MOST_BYTES - 100);
    expect(jsonBytes(workload)).toBeGreaterThan(WORKLOAD_MOST_BYTES - 100);
    let state = emptyState();
    for (let number = 1; number <= ENDED_KEPT + 1; number += 1) {
      state = append(state, `shop-${number}`, requested({ plan, workload, images }));
      if (number === ENDED_KEPT + 1) state = append(state, `shop-${number + 1}`, requested({ plan, workload, images }));
      for (const fact of everything) state = append(state, `shop-${number}`, fact);
      if (number > ENDED_KEPT) break;
      state = append(state, `shop-${number}`, {
        kind: 'closed',
        outcome: 'rolledBack',
        reason: 'degraded',
        because: long,
      });
    }
    expect(state.ended).toHaveLength(ENDED_KEPT);
    expect(state.waiting).toBeDefined();
    expect(state.active?.rollBack).toBeDefined();
    expect(jsonBytes(state)).toBeLessThan(ITEM_MOST_BYTES * 0.95);
  });
});

describe('a line of the ledger', () => {
  const of = (fact: Fact) => entryAfter(emptyState(), { releaseId: 'shop-1', atEpochMs: 0, by: 'ann', fact }).fact;

  it('has sentences that are cut where they are too long, at every depth, and no other texts', () => {
    const text = (more: number) => filler(SENTENCE_MOST_CHARACTERS + more);
    expect(of({ kind: 'held', because: text(0), fault: true })).toMatchObject({ because: text(0) });
    expect(of({ kind: 'held', because: text(1), fault: true })).toMatchObject({ because: `${text(-1)}…` });
    const byMetric = { because: { kind: 'healthy', because: text(9) } } as const;
    expect(of({ kind: 'judged', verdict: byMetric.because, byMetric })).toMatchObject({
      verdict: { because: `${text(-1)}…` },
      byMetric: { because: { because: `${text(-1)}…` } },
    });
    const statusUrl = `https://hooks.example.com/${text(900)}`;
    expect(of({ kind: 'hookRunning', name: 'smoke', statusUrl })).toMatchObject({ statusUrl });
  });

  it('that would not fit is not written, and says what it is', () => {
    const admission = admissionOf({ wayBack: filler(120_000) });
    expect(() => of({ kind: 'admitted', admission })).toThrow(EntryTooLargeError);
    expect(() => of({ kind: 'admitted', admission })).toThrow(
      /^'admitted' of shop-1 is 120.\d kB; a line of the ledger has at most 100 kB$/,
    );
  });
});
