import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEmbedded, openMoto } from './interpreters.ts';
import type { Result } from './scenario-run.ts';
import { type Scenario, scenarios } from './scenarios.ts';

/*
 * The two machines on two interpreters that have nothing in common: what the lab shows is what the language says, and not
 * what one engine makes of it.
 */
const moto = await openMoto();
const both = 'client' in moto ? { ours: await openEmbedded(), theirs: moto } : undefined;
const where = 'client' in moto ? "on the embedded engine and on moto's interpreter" : `skipped: ${moto.because}`;
afterAll(async () => {
  await both?.ours.close();
  await both?.theirs.close();
});

/** The retries of RestoreTraffic alone wait for 18 s, and on moto these are real. */
const TIMEOUT_MS = 90_000;

describe.skipIf(both === undefined)(`the machines ${where}`, () => {
  const results = new Map<string, { ours: Result; theirs: Result }>();
  beforeAll(async () => {
    if (both === undefined) return;
    const run = async ([name, scenario]: [string, Scenario]) => {
      const [ours, theirs] = await Promise.all([scenario(both.ours), scenario(both.theirs)]);
      results.set(name, { ours, theirs });
    };
    await Promise.all(Object.entries(scenarios).map(run));
  }, TIMEOUT_MS);

  /** How each of them ends, so that agreeing on nothing is not enough. */
  const ends: Record<string, { outcome: string; reason?: string; passes: string[]; failures: string[] }> = {
    healthy: {
      outcome: 'promoted',
      passes: ['CallHook', 'Soak', 'RetireStable'],
      failures: ['look: TargetsUnreachableError'],
    },
    degraded: { outcome: 'rolledBack', reason: 'degraded', passes: ['StartRollBack', 'GoingBack'], failures: [] },
    'never ready': { outcome: 'rolledBack', reason: 'notReady', passes: ['ReadSlot', 'StartRollBack'], failures: [] },
    approval: { outcome: 'promoted', passes: ['OpenApproval', 'AwaitApproval'], failures: [] },
    'roll back retried': {
      outcome: 'rolledBack',
      reason: 'degraded',
      passes: ['AfterRestoreFault', 'PauseBeforeRestoring', 'VerifyTraffic'],
      failures: Array.from({ length: 6 }, () => 'restore-traffic: RouterUnreachableError'),
    },
  };

  it.each(Object.keys(scenarios))('%s: the same states, the same output, the same ledger', name => {
    const { ours, theirs } = results.get(name) as { ours: Result; theirs: Result };
    const { outcome, reason, passes, failures } = ends[name] ?? expect.unreachable(`how ${name} ends is not said`);
    // Assess
    expect(theirs.executions.map(({ states }) => states)).toEqual(ours.executions.map(({ states }) => states));
    expect(theirs).toEqual(ours);
    expect(ours.executions.map(({ status }) => status)).toEqual(ours.executions.map(() => 'SUCCEEDED'));
    expect(ours.ledger.at(-1)?.fact).toMatchObject({
      kind: 'closed',
      outcome,
      ...(reason !== undefined && { reason }),
    });
    expect(ours.executions.flatMap(({ states }) => states)).toEqual(expect.arrayContaining(passes));
    expect(ours.calls.filter(call => call.includes(':'))).toEqual(failures);
  });
});
