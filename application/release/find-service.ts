import type { Cluster, SlotStatus } from '../../adapters/cluster/cluster.ts';
import { ClusterRefusedError, ClusterUnreachableError, TemplateNotFoundError } from '../../adapters/cluster/errors.ts';
import type { Slot } from '../../domain/dial.ts';
import type { Labels } from '../../domain/slot/label-selector.ts';
import { type TeamServiceSeen, teamServiceProblem, templatePods } from '../../domain/slot/team-service.ts';
import type { Workload } from '../../domain/workload.ts';
import type { ReleaseCall } from '../release-call.ts';
import { writeFinding } from './write-finding.ts';

const NOT_KNOWN = 'notKnown';

/**
 * Reads what the team's own Service selects while the slots are read. Of a workload of which nothing was promoted it is the
 * team's, and not asked. What fails here keeps nobody from what the slots say.
 */
export async function readService(
  { cluster }: { cluster: Cluster },
  call: ReleaseCall,
): Promise<{ selector: Labels | undefined } | typeof NOT_KNOWN> {
  const { workload } = call.release;
  if (call.state.live === undefined || workload.service === undefined) return NOT_KNOWN;
  return orNotKnown(call, async () => ({ selector: await cluster.readService(workload) }));
}

/** Writes down where callers inside the cluster do not reach the live slot any more, and where they do again. */
export async function findService(
  { cluster }: { cluster: Cluster },
  call: ReleaseCall,
  read: Awaited<ReturnType<typeof readService>>,
  status: Record<Slot, SlotStatus>,
): Promise<void> {
  if (read === NOT_KNOWN) return;
  const { workload } = call.release;
  const seen: TeamServiceSeen = { ...read, slots: { blue: status.blue.podLabels, green: status.green.podLabels } };
  const { stable } = call.admission;
  let because = teamServiceProblem(workload, stable, seen);
  if (because !== undefined && seen.selector !== undefined) {
    // it may select the team's own pods, which are asked about only now
    const template = await orNotKnown(call, () => readTemplatePods(cluster, workload));
    if (template === NOT_KNOWN) return;
    because = teamServiceProblem(workload, stable, { ...seen, template });
  }
  await writeFinding(call, 'service', because);
}

/** Undefined: the team's Deployment is not there, and so has no pods. */
async function readTemplatePods(cluster: Cluster, workload: Workload): Promise<TeamServiceSeen['template']> {
  try {
    return templatePods(await cluster.readTemplate(workload));
  } catch (error) {
    if (!(error instanceof TemplateNotFoundError)) throw error;
    return undefined;
  }
}

async function orNotKnown<T>(call: ReleaseCall, read: () => Promise<T>): Promise<T | typeof NOT_KNOWN> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ClusterUnreachableError || error instanceof ClusterRefusedError)) throw error;
    call.log.warn("it is not known what the team's Service selects", { because: error.message });
    return NOT_KNOWN;
  }
}
