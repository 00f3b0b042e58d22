import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { fakeAlarms } from '../../adapters/alarms/fake-alarms.ts';
import type { Cluster } from '../../adapters/cluster/cluster.ts';
import { fakeHooks } from '../../adapters/hooks/fake-hooks.ts';
import { fakeRegistry } from '../../adapters/images/fake-registry.ts';
import { dynamoDbLedger } from '../../adapters/ledger/dynamodb-ledger.ts';
import { fakeLedger } from '../../adapters/ledger/fake-ledger.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { Log, Meter } from '../../adapters/log/log.ts';
import { fakeNotifier } from '../../adapters/notifier/fake-notifier.ts';
import type { TrafficRouter } from '../../adapters/router/router.ts';
import type { Targets } from '../../adapters/router/targets.ts';
import { fakeWorkloads } from '../../adapters/workloads/fake-workloads.ts';
import type { AllDeps } from '../../functions/lambda/handlers.ts';
import type { StateMachineHost } from '../asl/state-machine-host.ts';
import { byWorkload } from './by-workload.ts';
import { embeddedExecutions, machineArns } from './embedded-executions.ts';
import { currentInvocation } from './invocation.ts';
import type { Stage } from './stage.ts';
import { TableInMemory } from './table-in-memory.ts';
import { virtualSleep } from './virtual-time.ts';

/** The in-memory systems that are the same for all workloads, as whoever opens a simulation needs them. */
export const openSystems = (ledger: 'memory' | 'dynamodb' = 'memory', table = new TableInMemory()) => ({
  ledger: ledger === 'memory' ? (fakeLedger() as Ledger) : ledgerIn(table),
  /** Whether the ledger is the adapter of DynamoDB, whose reads are worth comparing. */
  ledgerIsReal: ledger === 'dynamodb',
  workloads: fakeWorkloads(),
  images: fakeRegistry(),
  hooks: fakeHooks(),
  notifier: fakeNotifier(),
  alarms: fakeAlarms(),
});

/** The real adapter; the client below it answers from memory, because virtual time allows no real I/O. */
const ledgerIn = (table: TableInMemory): Ledger =>
  dynamoDbLedger({
    client: table as unknown as DynamoDBClient,
    table: 'sluice',
    clock: { now: () => Date.now() },
  });

export type Systems = ReturnType<typeof openSystems>;

/** What the handlers are given: every call goes to the site of its workload. */
export function portsOf(stage: Stage, systems: Systems, host: () => StateMachineHost): AllDeps {
  const of = (workload: { name: string }) => stage.site(workload.name);
  return {
    clock: { now: () => Date.now() + (currentInvocation()?.clockOffsetMs ?? 0) },
    log: storyLog(stage),
    meter: silentMeter,
    ...systems,
    topicArn: 'arn:topic/control-plane',
    propagationSeconds: 30,
    controlPlane: 'sluice',
    clusters: ['prod'],
    executions: embeddedExecutions(host),
    pause: virtualSleep,
    machineArns,
    ownRegistry: { account: '123456789012', region: 'eu-west-1' },
    router: byWorkload<TrafficRouter>(workload => of(workload).router),
    targets: byWorkload<Targets>(workload => of(workload).targets),
    cluster: byWorkload<Cluster>(workload => of(workload).cluster),
    metrics: { read: async request => of(request.workload).traffic.read(request) },
  };
}

const silentMeter: Meter = { count() {}, milliseconds() {} };

/** Warnings and errors are told; what is appended is told by the ledger. */
function storyLog(stage: Stage): Log {
  const tell = (level: string) => (message: string, fields?: Record<string, unknown>) => {
    const because = fields?.because === undefined ? '' : `: ${String(fields.because)}`;
    stage.trace.tell(currentInvocation()?.who ?? 'simulation', `${level}: ${message}${because}`);
  };
  const log: Log = { info() {}, warn: tell('warning'), error: tell('error'), with: () => log };
  return log;
}
