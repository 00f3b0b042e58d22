import { readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { tooManyFalseAlarms } from '../../lab/simulation/checks/false-alarms.ts';
import { runSeeds, type SeedsReport } from '../../lab/simulation/run-seeds.ts';

/** `.ci/run` plays many more, by the command. */
const SEEDS = 200;

/** What one seed must have met at least once in so many, or the seeds prove less than they seem to. */
const FAULTS = [
  'fault: refused',
  'fault: answerLost',
  'fault: diesBefore',
  'fault: diesAfter',
  'fault: slow',
  'fault: arrives after the death of its sender',
  'fault: ended by Lambda',
  'fault: handler throttled',
  'fault: handler answerLost',
  'fault: handler twice',
  'fault: handler again',
  'fault: handler slowStart',
  'fault: event lost',
  'fault: event twice',
  'fault: event late',
  'fault: halfway',
  'fault: newer line',
  'fault: no events',
  'fault: no reconciler',
  'fault: clocks apart',
  'fault: no room for pods',
  'the real ledger adapter',
  'slow for minutes: ledger',
  'slow for minutes: loadBalancer',
  'outage of ledger',
  'outage of cluster',
  'outage of loadBalancer',
  'outage of metrics',
  'outage of executions',
  'stopped by hand: release',
  'stopped by hand: rollBack',
  'action: abort',
  'action: approve',
  'action: undo',
  'action: turnDial',
  'action: turnBack',
  'action: changeRule',
  'action: scaleByHand',
  'action: autoscale',
  'action: alarmAt',
  'action: alarm',
  'action: targetsFail',
  'execution: FAILED',
];

const ENDS = [
  'end: promoted',
  'end: rejected',
  'end: superseded',
  'end: rolledBack degraded',
  'end: rolledBack notReady',
  'end: rolledBack aborted',
  'end: rolledBack deadline',
  'end: rolledBack fault',
];

/** Every simulated workload has a load balancer's router. */
const IN_CLUSTER = ['look', 'shift-traffic', 'restore-traffic', 'verify-traffic'].map(name => `${name}-in-cluster`);
/** Called by the deployment alone, only to look, or `start` by another right: the simulated people have one plan. */
const NOT_ON_THE_ROAD = ['audit', 'status', 'start-next-run', 'start-with-plan', ...IN_CLUSTER];

describe(`the first ${SEEDS} simulated worlds`, () => {
  let report: SeedsReport;
  beforeAll(async () => {
    report = await runSeeds({ from: 1, count: SEEDS });
  }, 400_000);

  it('break no rule: one release, a dial at what is ready, no degraded promotion, an end for each, intents, the chain', () => {
    const failed = report.failed.map(
      ({ seed, violations }) => `npm run simulate -- --seed ${seed}: ${violations[0]?.rule}`,
    );
    expect(failed).toEqual([]);
  });

  it('met every kind of fault', () => {
    expect(FAULTS.filter(what => report.coverage[what] === undefined)).toEqual([]);
  });

  it('called good images degraded no more often than the sequential judge promises', () => {
    expect(report.coverage['good images judged: sequential']).toBeGreaterThan(10);
    expect(tooManyFalseAlarms(report.coverage)).toBeUndefined();
  });

  it('ended in every way and for every reason', () => {
    expect(ENDS.filter(what => report.coverage[what] === undefined)).toEqual([]);
  });

  it('ran every handler', () => {
    const names = readdirSync('functions')
      .filter(file => file.endsWith('.ts'))
      .map(file => file.replace('.ts', ''));
    const idle = names.filter(name => report.coverage[`handler: ${name}`] === undefined);
    expect(idle.filter(name => !NOT_ON_THE_ROAD.includes(name))).toEqual([]);
  });
});
