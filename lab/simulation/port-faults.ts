import { AlarmsUnreachableError } from '../../adapters/alarms/alarms.ts';
import { ClusterUnreachableError } from '../../adapters/cluster/errors.ts';
import { ExecutionsUnreachableError } from '../../adapters/executions/executions.ts';
import { HookUnreachableError } from '../../adapters/hooks/hooks.ts';
import { ImageRegistryUnreachableError } from '../../adapters/images/image-registry.ts';
import { LedgerUnreachableError } from '../../adapters/ledger/errors.ts';
import { MetricSourceUnreachableError } from '../../adapters/metrics/metric-source.ts';
import { NotifierUnreachableError } from '../../adapters/notifier/notifier.ts';
import { RouterUnreachableError } from '../../adapters/router/errors.ts';
import { TargetsUnreachableError } from '../../adapters/router/targets.ts';
import { WorkloadsUnreachableError } from '../../adapters/workloads/workloads.ts';
import type { AllDeps } from '../../functions/lambda/handlers.ts';
import { currentInvocation, type Invocation, never } from './invocation.ts';
import type { FaultRates, Outage, System } from './scenario.ts';
import type { Stage } from './stage.ts';
import { virtualSleep } from './virtual-time.ts';

interface PortSpec {
  system: System;
  away: (because: string) => Error;
}

/** Which system is behind a port, and how the port says that it does not answer. */
const PORTS: Record<string, PortSpec> = {
  ledger: { system: 'ledger', away: because => new LedgerUnreachableError(because) },
  router: { system: 'loadBalancer', away: because => new RouterUnreachableError(because) },
  targets: { system: 'loadBalancer', away: because => new TargetsUnreachableError(because) },
  cluster: { system: 'cluster', away: because => new ClusterUnreachableError(because) },
  metrics: { system: 'metrics', away: because => new MetricSourceUnreachableError(because) },
  executions: { system: 'executions', away: because => new ExecutionsUnreachableError(because) },
  images: { system: 'registry', away: because => new ImageRegistryUnreachableError(because) },
  hooks: { system: 'hooks', away: because => new HookUnreachableError(because) },
  notifier: { system: 'notifier', away: because => new NotifierUnreachableError(because) },
  alarms: { system: 'alarms', away: because => new AlarmsUnreachableError(because) },
  workloads: { system: 'workloads', away: because => new WorkloadsUnreachableError(because) },
};

/** A call takes so long at least and at most where nothing is the matter with it. */
const USUAL_MS = [10, 120] as const;
/** What is slow arrives so late; a process has 20 s, so some of it arrives after the death of who sent it. */
const SLOW_MS = [1_000, 24_000] as const;

/** What can go wrong now for the workload that an event is about; no rates once it is quiet. */
export type FaultSource = (event: unknown) => { rates: FaultRates | undefined; outages: readonly Outage[] };

/** Every port with the faults of the seed between it and the handlers. */
export function withPortFaults(deps: AllDeps, stage: Stage, faults: FaultSource): AllDeps {
  const wrapped = Object.entries(deps).map(([name, port]) => {
    const spec = PORTS[name];
    return [name, spec === undefined ? port : faulty(port as object, name, spec, stage, faults)];
  });
  return Object.fromEntries(wrapped) as AllDeps;
}

function faulty(port: object, name: string, spec: PortSpec, stage: Stage, faults: FaultSource): object {
  return new Proxy(port, {
    get(target, key) {
      const method = Reflect.get(target, key);
      if (typeof method !== 'function') return method;
      return (...args: unknown[]) =>
        call({ stage, faults, spec, what: `${name}.${String(key)}` }, () => Reflect.apply(method, target, args));
    },
  });
}

/** What changes the world: between two of them a process that dies leaves one done and the other not. */
const EFFECTS = new Set([
  'ledger.append',
  'router.setDial',
  'router.goBack',
  'router.setPreview',
  'router.joinGroups',
  'targets.cutConnections',
  'cluster.writeSlot',
  'cluster.scaleSlot',
  'cluster.setAutoscalerMinimum',
  'cluster.restoreAutoscalerMinimum',
  'cluster.pointService',
  'executions.start',
  'executions.stop',
  'notifier.notify',
]);

/** Calls that came later than the seeds that find planted bugs: their draws are their own, and move no other. */
const OWN_DRAWS = new Set(['router.readProblem']);

interface Crossing {
  stage: Stage;
  faults: FaultSource;
  spec: PortSpec;
  what: string;
}

async function call(crossing: Crossing, act: () => Promise<unknown>): Promise<unknown> {
  const { stage, faults, spec, what } = crossing;
  const invocation = currentInvocation();
  if (invocation === undefined) return act();
  if (!invocation.isAlive) return never();
  const random = stage.random(OWN_DRAWS.has(what) ? `calls, ${what}` : 'calls');
  const { rates, outages } = faults(invocation.event);
  const fault = draw(rates, random.next());
  const planned = outages.find(
    ({ system, fromMs, untilMs }) => system === spec.system && stage.elapsedMs >= fromMs && stage.elapsedMs < untilMs,
  );
  const isSlowNow = spec.system === 'cluster' && stage.elapsedMs < stage.clusterIsSlowUntilMs;
  const outage = planned ?? (isSlowNow ? { share: 1, isSlow: true } : undefined);
  const isAway = outage !== undefined && random.chance(outage.share);
  if (isAway || fault !== undefined) invocation.isHarmed = true;
  const isSlow = fault === 'slow' || (isAway && outage.isSlow === true);
  await virtualSleep(isSlow ? random.whole(...SLOW_MS) : random.whole(...USUAL_MS));
  if (isAway && outage.isSlow === true) stage.coverage.count(`slow for minutes: ${spec.system}`);
  else if (isAway) {
    stage.coverage.count(`outage of ${spec.system}`);
    return fail(invocation, spec, what, 'does not answer');
  }
  if (fault === 'refused') {
    noted(stage, invocation, fault, `${what} is throttled`);
    return fail(invocation, spec, what, 'is throttled', new ThrottlingError('Rate exceeded'));
  }
  if (fault === 'diesBefore') {
    noted(stage, invocation, fault, `dies before ${what}`);
    invocation.die('Runtime.ExitError', `died before ${what}`);
    return never();
  }
  if (fault === 'slow')
    noted(stage, invocation, fault, `${what} took long${invocation.isAlive ? '' : ': its sender is dead'}`);
  if (!invocation.isAlive) stage.coverage.count('fault: arrives after the death of its sender');
  const result = await act();
  if (invocation.diesAfterEffects !== undefined && EFFECTS.has(what)) {
    invocation.diesAfterEffects -= 1;
    if (invocation.diesAfterEffects === 0) {
      stage.coverage.count(`halfway: ${invocation.name}`);
      stage.coverage.count('fault: halfway');
      stage.trace.tell(invocation.who, `FAULT: dies halfway, after ${what}`);
      invocation.isHarmed = true;
      invocation.die('Runtime.ExitError', `died after ${what}`);
    }
  }
  if (fault === 'answerLost') {
    noted(stage, invocation, fault, `the answer of ${what} is lost`);
    await virtualSleep(random.whole(1_000, 5_000));
    return fail(invocation, spec, what, 'did not answer in time');
  }
  if (fault === 'diesAfter') {
    noted(stage, invocation, fault, `dies after ${what}`);
    invocation.die('Runtime.ExitError', `died after ${what}`);
  }
  return invocation.isAlive ? result : never();
}

/** As the SDK of AWS has it below the error of the port. */
class ThrottlingError extends Error {
  override readonly name = 'ThrottlingException';
}

function fail(invocation: Invocation, spec: PortSpec, what: string, how: string, cause?: Error): Promise<never> {
  if (!invocation.isAlive) return never();
  if (what === 'targets.read') invocation.isBlind = true;
  if (spec.system === 'ledger') invocation.isWithoutLedger = true;
  if (spec.system === 'notifier') invocation.isWithoutNotifier = true;
  return Promise.reject(Object.assign(spec.away(`${what} ${how}`), cause !== undefined && { cause }));
}

type CallFault = keyof FaultRates['call'];

/** At most one fault a call, by one number. */
function draw(rates: FaultRates | undefined, number: number): CallFault | undefined {
  if (rates === undefined) return undefined;
  let below = 0;
  for (const [fault, rate] of Object.entries(rates.call) as [CallFault, number][]) {
    below += rate;
    if (number < below) return fault;
  }
  return undefined;
}

function noted(stage: Stage, invocation: Invocation, fault: CallFault, what: string): void {
  stage.coverage.count(`fault: ${fault}`);
  stage.trace.tell(invocation.who, `FAULT: ${what}`);
}
