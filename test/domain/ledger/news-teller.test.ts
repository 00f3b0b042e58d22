import { expect, it } from 'vitest';
import type { Fact } from '../../../domain/ledger/facts.ts';
import { newsTeller } from '../../../domain/ledger/news-teller.ts';
import { planOf } from '../../support/ledger-lines.ts';

const because = 'errors: 50 of 100 canary requests failed (50 %), limit 5 %, 0 bad windows allowed';
const told = (...facts: Fact[]) => {
  const tell = newsTeller();
  return facts.flatMap(fact => tell(fact, planOf()) ?? []);
};

it('a reason is told once: by the verdict, and not by the roll back and the end that it leads to', () => {
  expect(
    told(
      { kind: 'judged', verdict: { kind: 'degraded', because, metric: 'errors' }, byMetric: {} },
      { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because },
      { kind: 'dialRestored', dial: { blue: 100, green: 0 } },
      { kind: 'closed', outcome: 'rolledBack', reason: 'degraded', because },
    ),
  ).toEqual([
    `degraded: ${because}`,
    'is rolling back (degraded)',
    'weight 0 %: blue 100 %, green 0 %',
    'rolledBack (degraded)',
  ]);
});

it('what is added to a reason is told', () => {
  expect(
    told(
      { kind: 'held', because: 'too little data', fault: false },
      { kind: 'rollBackClaimed', attempt: 1, reason: 'deadline', because: 'on hold for 600 s: too little data' },
      { kind: 'closed', outcome: 'rolledBack', reason: 'deadline', because: 'on hold for 600 s: too little data' },
    ),
  ).toEqual(['on hold: too little data', 'is rolling back (deadline): on hold for 600 s', 'rolledBack (deadline)']);
});

it('a roll back that no verdict announced says its reason', () => {
  expect(
    told(
      { kind: 'rollBackClaimed', attempt: 1, reason: 'aborted', because: 'wrong image' },
      { kind: 'closed', outcome: 'rolledBack', reason: 'aborted', because: 'wrong image' },
    ),
  ).toEqual(['is rolling back (aborted): wrong image', 'rolledBack (aborted)']);
});
