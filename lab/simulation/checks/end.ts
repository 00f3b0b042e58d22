import { machineArns } from '../embedded-executions.ts';
import type { Systems } from '../ports.ts';
import type { Scenario } from '../scenario.ts';
import type { Simulation } from '../simulation.ts';
import type { Stage } from '../stage.ts';
import { BOTH, isSame, theOther, wholeOn } from './dials.ts';
import { deadlineEpochMs, drainMs } from './promises.ts';

/**
 * How long after its deadline, or after the last fault, a release may take to end: until the reconciler has noticed (5 min),
 * once more where its first attempt is the one that failed, and half of an hour for what is tried again at a pace. What the
 * drain takes comes on top.
 */
const BOUND_MS = 40 * 60_000;

/** The reconciler has come by since the last fault. */
const RECONCILED_MS = 150_000;

/** Whether all is over, or whether a release takes longer than it may. */
export function endOf({ stage, host }: Simulation, scenario: Scenario, quiet: boolean): 'over' | 'goes on' {
  const { active, waiting, releases } = stage.told(scenario.workload.name);
  if (active === undefined && waiting === undefined) {
    if (!quiet || stage.elapsedMs < scenario.quietAtMs + RECONCILED_MS) return 'goes on';
    const isOurs = (name: string) => name.replace(/^rb-/, '').startsWith(`${scenario.workload.name}-`);
    const runs = (['release', 'rollBack'] as const).some(machine =>
      host.listExecutions(machineArns[machine]).some(({ name, status }) => status === 'RUNNING' && isOurs(name)),
    );
    return runs ? 'goes on' : 'over';
  }
  if (active === undefined) return 'goes on';
  const begun = active.lines[0]?.landedAtEpochMs ?? 0;
  const before = Math.max(0, ...[...releases.values()].map(({ closed }) => closed?.atEpochMs ?? 0));
  const quietEpochMs = stage.startEpochMs + scenario.quietAtMs;
  const deadline = deadlineEpochMs(active, Date.now()) ?? Math.max(begun, before);
  const latest = Math.max(deadline, quietEpochMs) + drainMs(scenario.draining, scenario.workload) + BOUND_MS;
  if (Date.now() > latest) {
    const how = `${active.releaseId} is open ${Math.round((Date.now() - latest + BOUND_MS) / 60_000)} min after its deadline and the last fault`;
    stage.violate('every release ends', how);
  }
  return 'goes on';
}

/** What has to be true when nothing happens any more. */
export async function checkEnd({ stage, systems }: Simulation, scenario: Scenario): Promise<void> {
  const { workload } = scenario;
  const site = stage.site(workload.name);
  const { live } = stage.told(workload.name);
  const liveSlot = live?.slot ?? 'blue';
  const idle = theOther(liveSlot);
  const dial = site.dialNow();
  if (!isSame(dial, wholeOn(liveSlot))) {
    stage.violate(
      'the dial ends whole on the right slot',
      `${liveSlot} is live, and the dial is ${JSON.stringify(dial)}`,
    );
  }
  if (site.pods[idle].size !== 0) {
    stage.violate('a slot at rest has no pods', `${idle} has ${site.pods[idle].size}`);
  }
  const isEmpty = scenario.isNew === true && live === undefined;
  if (!isEmpty && site.pods[liveSlot].size === 0) stage.violate('the live slot keeps its pods', `${liveSlot} has none`);
  for (const slot of BOTH) {
    const { autoscalerMinimum } = await site.cluster.readSlot(workload, slot);
    const wanted = scenario.autoscalerMinimum;
    if (slot === liveSlot && autoscalerMinimum !== wanted) {
      const how = `${slot}: ${autoscalerMinimum}, and it was ${wanted}`;
      stage.violate('the autoscaler is put back', how);
    }
  }
  await pushIsKnown(stage, systems, scenario);
  const written = site.slots.written(workload, liveSlot);
  if (live !== undefined && written?.revision !== live.revision) {
    const how = `${liveSlot} has ${written?.revision}, and ${live.revision} is live`;
    stage.violate('what gets traffic is what was released', how);
  }
  const kept = await systems.ledger.entries(workload.name);
  if (JSON.stringify(kept) !== JSON.stringify(stage.logs.get(workload.name) ?? [])) {
    stage.violate('what was appended never changes', 'the ledger shows other lines than were appended');
  }
}

/** The newest push was released, or somebody was told why not. */
async function pushIsKnown(stage: Stage, systems: Systems, { workload, plan }: Scenario): Promise<void> {
  const repository = workload.repositories[0]?.name ?? '';
  const pushes = await systems.images.listTagged({ name: repository });
  const newest = pushes.toSorted((a, b) => b.pushedAtEpochMs - a.pushedAtEpochMs)[0];
  if (newest === undefined || plan.onNewImage === 'reject') return;
  const isKnown = (stage.logs.get(workload.name) ?? []).some(
    ({ fact }) =>
      fact.kind === 'requested' && Object.values(fact.images).some(({ digest }) => digest === newest.digest),
  );
  if (!isKnown) stage.violate('a push is not lost', `${newest.tags.join(', ')} was pushed, and never requested`);
}
