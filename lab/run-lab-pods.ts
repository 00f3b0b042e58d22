import { setTimeout as delay } from 'node:timers/promises';
import type { Program } from './kubernetes/pod.ts';
import { at } from './kubernetes/resources.ts';
import type { Lab } from './lab.ts';
import { StableNotReadyError } from './workload.ts';

/** A program that ended so often before it was ready will not become ready. */
const ENDS_MOST = 3;
const LOOK_EVERY_MS = 100;
const LINES_SHOWN = 10;

/** Never resolves. @throws StableNotReadyError a pod's process has ended again and again before it was ready */
export async function untilItFails(lab: Lab, program: Program, stop: AbortSignal): Promise<never> {
  while (!stop.aborted) {
    for (const pod of podsOf(lab, program)) {
      if (!pod.ready && restartsOf(lab, pod.name) >= ENDS_MOST) {
        throw new StableNotReadyError(`its process has ended ${ENDS_MOST} times`);
      }
    }
    await delay(LOOK_EVERY_MS);
  }
  return new Promise(() => {});
}

/** The last lines that one of the pods printed: one that is not ready before the others. */
export function lastLogLines(lab: Lab, program: Program): string[] {
  const said = podsOf(lab, program)
    .toSorted((a, b) => Number(a.ready) - Number(b.ready))
    .map(pod => lab.kubernetes.podLog(pod.name).filter(line => line.trim() !== ''))
    .find(lines => lines.length > 0);
  return (said ?? []).slice(-LINES_SHOWN);
}

const podsOf = (lab: Lab, program: Program) =>
  lab.kubernetes.pods().filter(pod => lab.programs.get(pod.image) === program);

function restartsOf(lab: Lab, podName: string): number {
  const pod = lab.kubernetes.list('Pod', 'default').find(object => at(object, 'metadata', 'name') === podName);
  const [container] = (at(pod ?? {}, 'status', 'containerStatuses') ?? []) as { restartCount?: number }[];
  return container?.restartCount ?? 0;
}
