import { type AllDeps, makeHandlers } from '../../functions/lambda/handlers.ts';
import releaseMachine from '../../state-machines/release.asl.json' with { type: 'json' };
import rollBackMachine from '../../state-machines/roll-back.asl.json' with { type: 'json' };
import { functionSubstitutions } from '../asl/arns.ts';
import { openEmbeddedHost } from '../asl/embedded-host.ts';
import type { StateMachineHost } from '../asl/state-machine-host.ts';
import { openLabClock } from '../clock.ts';
import { openChecks } from './checks/checks.ts';
import { MACHINE_NAMES } from './embedded-executions.ts';
import { type Handlers, type Invoke, openLambda } from './lambda.ts';
import { observedPorts } from './observed-ports.ts';
import { playActs } from './people/acts.ts';
import { openBus } from './people/bus.ts';
import { type FaultSource, withPortFaults } from './port-faults.ts';
import { openSystems, portsOf, type Systems } from './ports.ts';
import { randomOf } from './random.ts';
import type { Scenario } from './scenario.ts';
import type { Simulation } from './simulation.ts';
import { Stage, type Violation } from './stage.ts';
import { inVirtualTime } from './virtual-time.ts';
import { Site } from './world/site.ts';

/** What a test may put between the handlers and the world: the simulator's own bugs, never the product's. */
export interface Wrap {
  /** Around the ports, on the handlers' side of all faults. */
  deps?(deps: AllDeps, stage: Stage): AllDeps;
  handlers?(handlers: Handlers, stage: Stage): Handlers;
}

export interface SimulationReport {
  seed: number;
  violations: Violation[];
  trace: readonly string[];
  coverage: Record<string, number>;
  /** How the releases ended, in order. */
  ends: { releaseId: string; outcome: string; reason?: string }[];
  virtualMs: number;
}

/** Runs one scenario to its end, in virtual time. Nothing of it reaches the world outside. */
export const simulate = (scenario: Scenario, wrap: Wrap = {}): Promise<SimulationReport> =>
  simulateAtOnce([scenario], wrap);

/** The same with several workloads in one world; seed and start are those of the first. */
export function simulateAtOnce(
  scenarios: readonly [Scenario, ...Scenario[]],
  wrap: Wrap = {},
): Promise<SimulationReport> {
  const [{ seed, startEpochMs }] = scenarios;
  const random = randomOf(seed, 'Math.random').next;
  return inVirtualTime({ startEpochMs, random }, async () => {
    const { simulation, close } = await openSimulation(scenarios, wrap);
    const bus = openBus(simulation, scenarios[0]);
    try {
      await Promise.all(scenarios.map(scenario => playActs(simulation, scenario, bus)));
    } finally {
      bus.close();
      await close();
    }
    return reportOf(simulation);
  });
}

async function openSimulation(scenarios: readonly [Scenario, ...Scenario[]], wrap: Wrap) {
  const [first] = scenarios;
  const stage = new Stage(first);
  if (first.ledger === 'dynamodb') stage.coverage.count('the real ledger adapter');
  if (stage.clockSkewMs > 0) stage.coverage.count('fault: clocks apart');
  stage.isCalm = scenarios.every(isCalm);
  stage.clusterAway = first.outages.filter(({ system }) => system === 'cluster');
  stage.executionsAway = first.outages.filter(({ system }) => system === 'executions');
  const systems = openSystems(first.ledger);
  const byWorkload = new Map(scenarios.map(scenario => [scenario.workload.name, scenario]));
  const faults: FaultSource = event => {
    const { faults: rates, outages, quietAtMs } = byWorkload.get(workloadIn(event) ?? '') ?? first;
    return { rates: stage.elapsedMs < quietAtMs ? rates : undefined, outages };
  };
  for (const scenario of scenarios) await setScene(scenario, stage, systems);
  const machines: { host?: StateMachineHost } = {};
  const host = () => {
    if (machines.host === undefined) throw new Error('the host is not open yet');
    return machines.host;
  };
  const watched = observedPorts(portsOf(stage, systems, host), systems, stage, openChecks(stage));
  const faulty = withPortFaults(watched, stage, faults);
  const deps = wrap.deps?.(faulty, stage) ?? faulty;
  const made = makeHandlers(deps);
  const handlers = wrap.handlers?.(made, stage) ?? made;
  const invoke = openLambda(stage, handlers, faults);
  machines.host = await openHost(handlers, invoke, first.eventsBefore);
  const simulation: Simulation = { stage, systems, host: machines.host, invoke, handlers };
  return { simulation, close: () => host().close() };
}

/** Whether nothing goes wrong but with the images themselves, and everything that is asked is answered. */
function isCalm({ faults, outages, acts, hookAnswers, gaps, noRoom }: Scenario): boolean {
  const rates = Object.values(faults).flatMap(kinds => Object.values(kinds as Record<string, number>));
  const isQuiet = rates.every(rate => rate === 0) && outages.length === 0 && gaps === undefined && noRoom === undefined;
  const isOrdinary = acts.every(({ action }) => action.kind === 'push' || action.kind === 'start');
  const isHookGood = hookAnswers.every(answer => answer === 'passed' || answer === 'running');
  return isQuiet && isOrdinary && isHookGood && hookAnswers.at(-1) === 'passed';
}

/** The workload that an event names, itself or by its release. */
function workloadIn(event: unknown): string | undefined {
  const { workload, releaseId } = event as { workload?: string; releaseId?: string };
  return workload ?? releaseId?.replace(/-\d+$/, '');
}

async function openHost(handlers: Handlers, invoke: Invoke, eventsBefore: number): Promise<StateMachineHost> {
  const clock = openLabClock({ startEpochMs: Date.now(), compress: 1 });
  const functions = Object.fromEntries(
    Object.keys(handlers).map(name => [name, (event: unknown) => invoke(name, event)]),
  );
  const host = await openEmbeddedHost({ clock, functions, keepsHistory: false });
  const substitutions = functionSubstitutions(Object.keys(handlers));
  const { Begin } = releaseMachine.States;
  const begin = { ...Begin, Result: { ...Begin.Result, events: eventsBefore } };
  const release = { ...releaseMachine, States: { ...releaseMachine.States, Begin: begin } };
  host.registerMachine({ name: MACHINE_NAMES.release, definition: release, substitutions });
  host.registerMachine({ name: MACHINE_NAMES.rollBack, definition: rollBackMachine, substitutions });
  return host;
}

async function setScene(scenario: Scenario, stage: Stage, systems: Systems): Promise<void> {
  const { workload, plan, images } = scenario;
  const repository = workload.repositories[0]?.name ?? '';
  const qualities = new Map(
    images.map(({ digest, quality }) => [`registry.example.com/${repository}@${digest}`, quality]),
  );
  stage.sites.set(workload.name, await Site.open({ ...scenario, qualities }));
  for (const alarm of workload.alarms ?? []) systems.alarms.set(alarm, 'OK');
  await systems.workloads.register({ workload, plan, registeredAtEpochMs: Date.now() });
}

function reportOf({ stage }: Simulation): SimulationReport {
  const ends = [...stage.logs.values()].flatMap(entries =>
    entries.flatMap(({ releaseId, fact }) =>
      fact.kind === 'closed'
        ? [{ releaseId, outcome: fact.outcome, ...(fact.reason === undefined ? {} : { reason: fact.reason }) }]
        : [],
    ),
  );
  return {
    seed: stage.seed,
    violations: stage.violations,
    trace: stage.trace.lines,
    coverage: stage.coverage.counts,
    ends,
    virtualMs: stage.elapsedMs,
  };
}
