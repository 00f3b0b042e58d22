import type { NewLine } from '../../adapters/ledger/ledger.ts';
import type { MetricReading } from '../../adapters/metrics/metric-source.ts';
import { overriding } from '../../adapters/overriding.ts';
import { ruleText } from '../../adapters/router/alb/rule.ts';
import { parseWayBack } from '../../adapters/router/alb/way-back.ts';
import type { Dial, Slot } from '../../domain/dial.ts';
import type { Entry, Fact } from '../../domain/ledger/facts.ts';
import { newsOf } from '../../domain/ledger/news.ts';
import type { WorkloadState } from '../../domain/ledger/state.ts';
import { stepsOf } from '../../domain/ledger/steps-of.ts';
import type { WindowRecord } from '../../domain/windows/reading.ts';
import type { AllDeps } from '../../functions/lambda/handlers.ts';
import type { ToldRelease } from './checks/told-release.ts';
import { currentInvocation, type Invocation, outsideInvocation } from './invocation.ts';
import type { Systems } from './ports.ts';
import type { Stage } from './stage.ts';

/** Something that changed the world, as it lands: after every fault on its way. */
export type Effect = { by: Invocation; workload: string } & (
  | { kind: 'setDial'; before: Dial; dial: Dial }
  | { kind: 'goBack'; before: Dial; stable: Slot; rules: string[] }
  | { kind: 'setPreview'; slot: Slot }
  | { kind: 'cutConnections'; slot: Slot }
  | { kind: 'writeSlot'; slot: Slot; revision: string }
  | { kind: 'scaleSlot'; slot: Slot; from: number; replicas: number }
  | { kind: 'setAutoscalerMinimum'; slot: Slot; minimum: number }
  | { kind: 'restoreAutoscalerMinimum'; slot: Slot }
  | { kind: 'startExecution'; machine: string; name: string }
  | { kind: 'callHook'; releaseId: string; hook: string }
);

/** A line that is there, and the release that it is about, with it. */
export interface Appended {
  workload: string;
  release: ToldRelease;
  entry: Entry;
  by: Invocation | undefined;
}

/** Who looks at every step. */
export interface Watcher {
  /** Just before it happens; of the cluster's, which may refuse it, just after. */
  effect(effect: Effect): void;
  appended(line: Appended): void;
  windowPut(releaseId: string, record: WindowRecord): void;
  metricsRead(releaseId: string, readings: readonly MetricReading[]): void;
}

/** The ports, watched where calls arrive: what a fault has swallowed on the way has not happened. */
export function observedPorts(deps: AllDeps, systems: Systems, stage: Stage, watcher: Watcher): AllDeps {
  const happens = (effect: WithoutBy) => {
    const by = currentInvocation();
    if (by === undefined) return;
    stage.coverage.count(`effect: ${effect.kind}`);
    stage.trace.tell(by.who, effectText(effect));
    watcher.effect({ ...effect, by } as Effect);
  };
  const { router, targets, cluster, executions, hooks, metrics, notifier } = deps;
  const noisy = () => currentInvocation()?.name === 'shift-traffic';
  return {
    ...deps,
    ledger: observedLedger(systems, stage, watcher),
    router: overriding(router, {
      async setDial(workload, dial, position) {
        const site = stage.site(workload.name);
        happens({ kind: 'setDial', workload: workload.name, before: site.dialNow(), dial });
        await router.setDial(workload, dial, position);
        await site.dialMoved({ noisy: noisy() && currentInvocation()?.isAlive === true });
      },
      async goBack(workload, wayBack, options = {}) {
        const site = stage.site(workload.name);
        const { pages = [] } = options;
        const { rules: all, stable = 'blue' } = parseWayBack(wayBack);
        const rules = all.map(({ arn }) => arn).filter(arn => pages.every(({ what }) => what !== ruleText(arn)));
        if (rules.length > 0) {
          happens({ kind: 'goBack', workload: workload.name, before: site.dialNow(), stable, rules });
        }
        await router.goBack(workload, wayBack, options);
        await site.dialMoved();
      },
      async setPreview(workload, slot, header) {
        happens({ kind: 'setPreview', workload: workload.name, slot });
        await router.setPreview(workload, slot, header);
        stage.site(workload.name).groupsMoved();
      },
      async joinGroups(workload) {
        await router.joinGroups(workload);
        stage.site(workload.name).groupsMoved();
      },
    }),
    targets: overriding(targets, {
      async read(workload) {
        const counts = await targets.read(workload);
        const by = currentInvocation();
        for (const slot of ['blue', 'green'] as const) if (counts[slot].healthy > 0) by?.seenHealthy.add(slot);
        return counts;
      },
      async cutConnections(workload, slot) {
        happens({ kind: 'cutConnections', workload: workload.name, slot });
        await targets.cutConnections(workload, slot);
      },
    }),
    // told when it was taken: a write that finds a newer one has changed nothing
    cluster: overriding(cluster, {
      async writeSlot(workload, slot, content, position) {
        await cluster.writeSlot(workload, slot, content, position);
        happens({ kind: 'writeSlot', workload: workload.name, slot, revision: content.revision });
      },
      async scaleSlot(workload, slot, replicas, position) {
        const from = stage.site(workload.name).pods[slot].size;
        await cluster.scaleSlot(workload, slot, replicas, position);
        if (replicas > from && isFull(stage, workload.name)) stage.coverage.count('fault: no room for pods');
        happens({ kind: 'scaleSlot', workload: workload.name, slot, from, replicas });
      },
      async setAutoscalerMinimum(workload, slot, minimum, position) {
        await cluster.setAutoscalerMinimum(workload, slot, minimum, position);
        happens({ kind: 'setAutoscalerMinimum', workload: workload.name, slot, minimum });
      },
      async restoreAutoscalerMinimum(workload, slot, minimum, position) {
        await cluster.restoreAutoscalerMinimum(workload, slot, minimum, position);
        happens({ kind: 'restoreAutoscalerMinimum', workload: workload.name, slot });
      },
    }),
    metrics: overriding(metrics, {
      async read(request) {
        const readings = await metrics.read(request);
        const { releaseId } = (currentInvocation()?.event ?? {}) as { releaseId?: string };
        if (releaseId !== undefined) watcher.metricsRead(releaseId, readings);
        return readings;
      },
    }),
    notifier: overriding(notifier, {
      async notify(notice) {
        const { releaseId, event } = JSON.parse(notice.message) as { releaseId: string; event: string };
        stage.coverage.count(`told: ${event}`);
        stage.notices.push({ atEpochMs: Date.now(), releaseId, event });
        await notifier.notify(notice);
      },
    }),
    executions: overriding(executions, {
      async start(machine, name, input) {
        const { releaseId } = input as { releaseId: string };
        const workload = releaseId.replace(/-\d+$/, '');
        happens({ kind: 'startExecution', workload, machine, name });
        await executions.start(machine, name, input);
      },
      async stop(machine, name, because) {
        stage.trace.tell(currentInvocation()?.who ?? 'simulation', `stops ${name}: ${because}`);
        await executions.stop(machine, name, because);
      },
    }),
    hooks: overriding(hooks, {
      async call(call) {
        const { releaseId, workload, hook } = call.body as { releaseId: string; workload: string; hook: string };
        happens({ kind: 'callHook', workload, releaseId, hook });
        return hooks.call(call);
      },
    }),
  };
}

const isFull = (stage: Stage, workload: string): boolean =>
  stage
    .site(workload)
    .spec.noRoom?.some(({ fromMs, untilMs }) => stage.elapsedMs >= fromMs && stage.elapsedMs < untilMs) ?? false;

type WithoutBy = Effect extends infer E ? (E extends Effect ? Omit<E, 'by'> : never) : never;

/** The ledger, with every line that was really added told to the watcher. */
function observedLedger(systems: Systems, stage: Stage, watcher: Watcher): AllDeps['ledger'] {
  const { ledger, ledgerIsReal: isReal } = systems;
  const reads = stage.random('reads');
  const newer = stage.random('newer version');
  const observed: AllDeps['ledger'] = overriding(ledger as AllDeps['ledger'], {
    async read(workload) {
      const state = stage.state(workload);
      // as it was appended, and not a copy: nobody changes a state, and copies were half of a simulation's time
      if (!isReal || !reads.chance(READ_FOR_REAL)) return state;
      const read = await ledger.read(workload);
      if (JSON.stringify(read) === JSON.stringify(stage.state(workload))) return read;
      if (read.seq === stage.state(workload).seq) {
        stage.violate(
          'the fold is the same from a snapshot',
          `line ${read.seq} of ${workload}: the state that is read is another one`,
        );
      }
      return read;
    },
    async append(workload: string, after: WorkloadState, line: NewLine) {
      const { seq: known, waiting } = stage.state(workload);
      const replaced = waiting?.releaseId;
      const next = await ledger.append(workload, after, line);
      if (next.seq <= known) return next; // repeated: it was there
      const [entry, ...others] = await ledger.entries(workload, known);
      if (entry === undefined) throw new Error(`an append to ${workload} left no line`);
      const release = stage.take(workload, entry);
      stage.states.set(workload, next);
      const by = currentInvocation();
      watchClose(release, by);
      stage.coverage.count(`fact: ${line.fact.kind}`);
      if (line.fact.kind === 'closed') stage.coverage.count(`end: ${endText(line.fact)}`);
      if (line.fact.kind === 'requested' && replaced !== undefined && next.waiting?.releaseId !== replaced) {
        stage.coverage.count('end: superseded');
      }
      stage.trace.tell(by?.who ?? 'simulation', `${entry.seq}. ${line.releaseId}: ${lineText(entry, next)}`);
      if (release !== undefined) watcher.appended({ workload, release, entry, by });
      for (const listener of stage.listeners) listener(entry);
      for (const other of others) takeSnapshotLine(stage, workload, other);
      if (by !== undefined && newer.chance(stage.newerLines)) {
        await outsideInvocation(() => appendNewer(stage, observed, workload));
      }
      return next;
    },
    async putWindow(releaseId, record) {
      watcher.windowPut(releaseId, record);
      await ledger.putWindow(releaseId, record);
    },
  });
  return observed;
}

/** What the real ledger adds by itself: the line that names its snapshot. */
function takeSnapshotLine(stage: Stage, workload: string, entry: Entry): void {
  if (entry.fact.kind !== 'snapshotTaken') throw new Error(`one append to ${workload} left also ${entry.fact.kind}`);
  stage.coverage.count('fact: snapshotTaken');
  stage.take(workload, entry);
}

/** Of all reads in a world with the real adapter so many fold what is kept: each costs what a whole handler does else. */
const READ_FOR_REAL = 0.2;

/** A function of a newer version writes a line of a kind that nobody here knows. */
async function appendNewer(stage: Stage, ledger: AllDeps['ledger'], workload: string): Promise<void> {
  const state = stage.state(workload);
  const { active } = state;
  if (active === undefined) return;
  const fact = { kind: 'measuredByANewerVersion', share: 0.5 } as unknown as Fact;
  stage.coverage.count('fault: newer line');
  const line = { releaseId: active.releaseId, atEpochMs: Date.now(), by: 'newer', fact };
  await ledger.append(workload, state, line).catch((error: Error) => {
    if (error.name !== 'LedgerConflictError') throw error;
  });
}

/** Until the call ends something may go wrong with it: then it is not its fault that nothing follows. */
function watchClose(release: ToldRelease | undefined, by: Invocation | undefined): void {
  const { closed } = release ?? {};
  if (closed === undefined || by === undefined) return;
  closed.by = by;
}

function lineText({ fact, releaseId }: Entry, state: WorkloadState): string {
  const release = [state.active, state.waiting, ...state.ended].find(one => one?.releaseId === releaseId);
  const news = release === undefined ? undefined : newsOf(fact, stepsOf(release));
  return news === undefined ? `${fact.kind} ${detailsOf(fact)}` : `${fact.kind}: ${news}`;
}

const endText = ({ outcome, reason }: { outcome: string; reason?: string }): string =>
  outcome === 'rolledBack' ? `${outcome} ${reason}` : outcome;

function detailsOf({ kind: _, ...details }: Entry['fact']): string {
  return Object.entries(details)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(' ')
    .slice(0, 120);
}

function effectText(effect: WithoutBy): string {
  const { kind, workload, ...details } = effect;
  return `DOES ${kind} ${Object.entries(details)
    .map(([name, value]) => `${name}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(' ')}`;
}
