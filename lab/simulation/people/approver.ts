import { type ApprovalMeant, openApprovals } from '../../../domain/release/approvals.ts';
import type { Scenario } from '../scenario.ts';
import type { Simulation } from '../simulation.ts';
import { virtualSleep } from '../virtual-time.ts';

/** People who come by now and then and approve what is open: most have the right group, and one comes twice. */
export async function approveWhatIsOpen(simulation: Simulation, scenario: Scenario): Promise<void> {
  const { approverEveryMs, workload, quietAtMs } = scenario;
  const { stage, invoke } = simulation;
  if (approverEveryMs === undefined) return;
  const random = stage.random('approvers');
  let before: ApprovalMeant | undefined;
  for (;;) {
    await virtualSleep(Math.round(approverEveryMs * (0.5 + random.next())));
    if (stage.elapsedMs >= quietAtMs || stage.violations.length > 0) return;
    const { active } = stage.state(workload.name);
    const open = active === undefined ? undefined : openApprovals(active)[0];
    if (active === undefined || open === undefined) continue;
    const by = random.pick(['ann', 'bob', 'cho', 'dee']);
    const groups = random.chance(0.85) ? ['leads'] : ['visitors'];
    // an old link: the approval of another release, or the question before this one
    const releaseId = random.chance(0.1) ? `${workload.name}-99` : active.releaseId;
    const now = { releaseId, name: open.name, opening: open.opening };
    const meant = before !== undefined && random.chance(0.15) ? before : now;
    before = now;
    for (let times = random.chance(0.2) ? 2 : 1; times > 0; times -= 1) {
      stage.trace.tell(by, `approves ${meant.name} (opening ${meant.opening}) of ${meant.releaseId}`);
      const answer = await invoke('approve', { ...meant, by, groups }).catch(
        (error: Error) => `${error.name}: ${error.message}`,
      );
      stage.trace.tell(by, `is answered ${JSON.stringify(answer)}`);
    }
  }
}
