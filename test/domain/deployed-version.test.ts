import { describe, expect, it } from 'vitest';
import { deploymentProblem, type SettledVersion } from '../../domain/deployed-version.ts';

const NOON = Date.parse('2026-11-29T12:00:00Z');
const MINUTE_MS = 60_000;
const settled: SettledVersion = { sluice: '0.3.1', ledger: 7, settledAtEpochMs: NOON - 24 * 60 * MINUTE_MS };
const problemOf = (sluice: string, ledger = 7, there: SettledVersion | undefined = settled) =>
  deploymentProblem({ sluice, ledger }, there, { table: 'sluice', nowEpochMs: NOON });

describe('a deployment is refused', () => {
  it('on a table of a newer Sluice, with what was found, what is expected and the road that is open', () => {
    expect(problemOf('0.2.0', 6)).toBe(
      'the table sluice is of a newer Sluice: found ledger version 7, of Sluice 0.3.1; expected at most 6, which is what this deployment, Sluice 0.2.0, reads: deploy Sluice 0.3.1 or newer',
    );
    // also where its own number is higher: the lines decide
    expect(problemOf('0.4.0', 6)).toMatch(/^the table sluice is of a newer Sluice/);
  });

  it.each(['0.3.0', '0.2.9', '0.2.10', '0.0.1', '0.3.0-next.1'])('of Sluice %s over 0.3.1', sluice => {
    expect(problemOf(sluice)).toBe(
      `this deployment is of an older Sluice: found Sluice 0.3.1 deployed on the table sluice; expected at most ${sluice}, which this deployment is: deploy Sluice 0.3.1 or newer`,
    );
  });
});

describe('a deployment goes on', () => {
  it.each(['0.3.1', '0.3.2', '0.3.10', '0.4.0', '1.0.0'])('of Sluice %s over 0.3.1', sluice => {
    expect(problemOf(sluice)).toBeUndefined();
    expect(problemOf(sluice, 8)).toBeUndefined();
  });

  it('on a table that nobody has written a version into', () => {
    expect(
      deploymentProblem({ sluice: '0.0.1', ledger: 1 }, undefined, { table: 'sluice', nowEpochMs: NOON }),
    ).toBeUndefined();
  });

  it('back to the version before, as long as CloudFormation may take the update back: 30 minutes', () => {
    const justNow = (minutes: number): SettledVersion => ({
      ...settled,
      settledAtEpochMs: NOON - minutes * MINUTE_MS,
      before: { sluice: '0.2.0', ledger: 6 },
    });
    expect(problemOf('0.2.0', 6, justNow(0))).toBeUndefined();
    expect(problemOf('0.2.0', 6, justNow(30))).toBeUndefined();
    expect(problemOf('0.2.0', 6, justNow(31))).toMatch(/newer Sluice/);
    expect(problemOf('0.1.0', 6, justNow(0))).toMatch(/newer Sluice/);
  });
});
