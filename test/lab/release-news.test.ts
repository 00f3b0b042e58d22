import { describe, expect, it } from 'vitest';
import type { Fact } from '../../domain/ledger/facts.ts';
import { newsOf } from '../../domain/ledger/news.ts';
import { linesOf, openReleaseNews } from '../../lab/release-news.ts';
import { defaultPlan } from '../../lab/run-lab-plan.ts';

const plan = defaultPlan({ usual: { failedShare: 0, share4xx: 0 }, perPlanSecond: 10, mostMinutes: 60 });
const dial = { blue: 90, green: 10 };
const shifted: Fact = { kind: 'shiftConfirmed', dial, weight: 10 };
const judged = (verdict: (Fact & { kind: 'judged' })['verdict']): Fact => ({ kind: 'judged', verdict, byMetric: {} });
const tell = (...facts: Fact[]): (string | undefined)[] => facts.map(openReleaseNews(plan));

describe('a release that goes well is told without a word that sounds like an error', () => {
  it('a process that has just been started is waited for, once for each size', () => {
    const starting: Fact = {
      kind: 'slotSeen',
      slot: 'green',
      desired: 1,
      available: 0,
      ready: false,
      problem: 'container app runs but is not ready',
    };
    const again = tell(starting, starting, shifted, starting);
    expect(again).toEqual(['waits until green is ready', undefined, 'weight 10 %', 'waits until green is ready']);
  });

  it('is not judged before it has traffic, nor while no window is over', () => {
    const waiting = judged({ kind: 'watching', because: 'the canary gets no traffic yet' });
    const early = judged({ kind: 'inconclusive', because: 'errors: no window was measured yet', fault: false });
    expect(tell(waiting, shifted, early)).toEqual([undefined, 'weight 10 %', undefined]);
  });

  it('an answer of a hook or a person is told once', () => {
    const steps = [...plan.steps, { kind: 'hook' as const, name: 'smoke', url: 'u', timeoutSeconds: 1, retries: 0 }];
    const ledgerLines = openReleaseNews({ ...plan, steps });
    const done = (index: number): Fact => ({ kind: 'stepDone', index, because: 'it passed' });
    expect(ledgerLines(done(plan.steps.length))).toBeUndefined();
    expect(ledgerLines(done(1))).toMatch(/^bake 8m is done: it passed$/);
  });
});

describe('what is wrong is told', () => {
  it('metrics that cannot be read, as they are found', () => {
    const broken = judged({ kind: 'inconclusive', because: 'the source does not answer', fault: true });
    expect(tell(shifted, broken)[1]).toBe('inconclusive: the source does not answer');
  });

  it('why a release waits, and how long at most', () => {
    const held: Fact = { kind: 'held', because: 'too little to tell', fault: false };
    expect(tell(held)).toEqual(['waits 4m at most: too little to tell']);
  });

  it('why it rolls back, once, when it begins to', () => {
    const bad = judged({ kind: 'degraded', because: 'all failed', metric: 'errors' });
    const claimed: Fact = { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors: all failed' };
    const closed: Fact = { kind: 'closed', outcome: 'rolledBack', reason: 'degraded', because: 'errors: all failed' };
    expect(tell(shifted, bad, claimed, closed).slice(1)).toEqual([
      undefined,
      newsOf(claimed, plan),
      'rolledBack (degraded)',
    ]);
    expect(tell(closed)).toEqual(['rolledBack (degraded): errors: all failed']);
  });
});

it.each([
  ['weight 10 %', ['weight 10 %']],
  ['bake 8m is done: errors: fine; for sure; slow: fine', ['bake 8m is done', 'errors: fine; for sure', 'slow: fine']],
  ['hook smoke failed: 503: no; answer', ['hook smoke failed: 503: no; answer']],
  ['errors: 3 of 4 failed', ['errors: 3 of 4 failed']],
])('"%s" has a line for each metric', (sentence, lines) => {
  expect(linesOf(sentence, plan)).toEqual(lines);
});
