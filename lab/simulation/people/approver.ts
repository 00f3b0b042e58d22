import { PROCEED, type ReleaseState } from '../../../domain/ledger/state.ts';
import { currentStep } from '../../../domain/release/next-step.ts';
import type { Scenario } from '../scenario.ts';
import type { Simulation } from '../simulation.ts';
import { virtualSleep } from '../virtual-time.ts';

/** People who come by now and then and approve what is open: most have the right group, and one comes twice. */
export async function approveWhatIsOpen(simulation: Simulation, scenario: Scenario): Promise<void> {
  const { approverEveryMs, workload, quietAtMs } = scenario;
  const { stage, invoke } = simulation;
  if (approverEveryMs === undefined) return;
  const random = stage.random('approvers');
  for (;;) {
    await virtualSleep(Math.round(approverEveryMs * (0.5 + random.next())));
    if (stage.elapsedMs >= quietAtMs || stage.violations.length > 0) return;
    const { active } = stage.state(workload.name);
    const name = active === undefined ? undefined : openApproval(active);
    if (active === undefined || name === undefined) continue;
    const by = random.pick(['ann', 'bob', 'cho', 'dee']);
    const groups = random.chance(0.85) ? ['leads'] : ['visitors'];
    // an old link: the approval of another release
    const releaseId = random.chance(0.1) ? `${workload.name}-99` : active.releaseId;
    for (let times = random.chance(0.2) ? 2 : 1; times > 0; times -= 1) {
      stage.story.tell(by, `approves ${name} of ${releaseId}`);
      const answer = await invoke('approve', { releaseId, by, groups }).catch(
        (error: Error) => `${error.name}: ${error.message}`,
      );
      stage.story.tell(by, `is answered ${JSON.stringify(answer)}`);
    }
  }
}

function openApproval(release: ReleaseState): string | undefined {
  const step = currentStep(release);
  const name = step?.kind === 'approval' ? step.name : PROCEED;
  const approval = release.approvals[name];
  return approval !== undefined && approval.completeAtEpochMs === undefined ? name : undefined;
}
