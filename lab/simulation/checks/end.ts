import { otherSlot, SLOTS } from '../../../domain/dial.ts';
import { drainSeconds } from '../../../domain/release/draining.ts';
import { deadlineOf } from '../../../domain/release/next-move.ts';
import { machineArns } from '../embedded-executions.ts';
import type { Scenario } from '../scenario.ts';
import type { Simulation } from '../simulation.ts';
import { foldLog } from './fold-log.ts';

/**
 * How long after its deadline, or after the last fault, a release may take to end: until the reconciler has noticed (5 min),
 * once more where its first attempt is the one that failed, and half of an hour for what is tried again at a pace. What the
 * drain takes comes on top.
 */
const BOUND_MS = 40 * 60_000;

/** Whether all is over, or whether a release takes longer than it may. */
export function endOf({ stage, host }: Simulation, scenario: Scenario, quiet: boolean): 'over' | 'goes on' {
  const { active, waiting } = stage.state(scenario.workload.name);
  if (active === undefined && waiting === undefined) {
    if (!quiet) return 'goes on';
    const isOurs = (name: string) => name.replace(/^rb-/, '').startsWith(`${scenario.workload.name}-`);
    const runs = (['release', 'rollBack'] as const).some(machine =>
      host.listExecutions(machineArns[machine]).some(({ name, status }) => status === 'RUNNING' && isOurs(name)),
    );
    return runs ? 'goes on' : 'over';
  }
  if (active === undefined) return 'goes on';
  const { admission } = active;
  const begun = stage.linesOf(scenario.workload.name, active.releaseId).at(0)?.atEpochMs ?? 0;
  const before = stage.state(scenario.workload.name).ended[0]?.endedAtEpochMs ?? 0;
  const quietEpochMs = stage.startEpochMs + scenario.quietAtMs;
  const { maxDrainSeconds } = scenario.workload;
  const drainMs = drainSeconds({ ...scenario.draining, maxDrainSeconds }) * 1000;
  const deadline = admission === undefined ? Math.max(begun, before) : deadlineOf(active, admission, Date.now());
  const latest = Math.max(deadline, quietEpochMs) + drainMs + BOUND_MS;
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
  const { live } = stage.state(workload.name);
  const liveSlot = live?.slot ?? 'blue';
  const idle = otherSlot(liveSlot);
  const dial = await site.dial();
  if (dial[liveSlot] !== 100 || dial[idle] !== 0) {
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
  for (const slot of SLOTS) {
    const { autoscalerMinimum } = await site.cluster.readSlot(workload, slot);
    const wanted = scenario.autoscalerMinimum;
    if (slot === liveSlot && autoscalerMinimum !== wanted) {
      const how = `${slot}: ${autoscalerMinimum}, and it was ${wanted}`;
      stage.violate('the autoscaler is put back', how);
    }
  }
  const kept = await systems.ledger.entries(workload.name);
  if (JSON.stringify(kept) !== JSON.stringify(stage.logs.get(workload.name) ?? [])) {
    stage.violate('what was appended never changes', 'the ledger shows other lines than were appended');
  }
  const broken = foldLog(kept);
  if (broken !== undefined) stage.violate('the chain holds', broken);
}
