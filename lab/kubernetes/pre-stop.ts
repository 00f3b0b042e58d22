import type { LabClock } from '../clock.ts';
import type { PodLog } from './pod-log.ts';
import { startGroup } from './process-group.ts';
import { at } from './resources.ts';
import type { JsonObject } from './schema.ts';

/** Runs the container's preStop hook: `sleep` on the lab's clock, `exec` for as long as it takes, both within the grace. */
export async function runPreStop(
  container: JsonObject,
  by: { clock: LabClock; log: PodLog; env: NodeJS.ProcessEnv; graceMs: number; closing: AbortSignal },
): Promise<void> {
  const hook = at(container, 'lifecycle', 'preStop');
  const enough = AbortSignal.any([by.closing, AbortSignal.timeout(by.graceMs)]);
  const sleepSeconds = at(hook, 'sleep', 'seconds');
  if (typeof sleepSeconds === 'number') return by.clock.sleep(sleepSeconds * 1000, enough);
  const command = at(hook, 'exec', 'command');
  if (!Array.isArray(command)) return;
  const outcome = await startGroup({ command: command.map(String), env: by.env, onOutput: text => by.log.write(text) });
  if (outcome.kind === 'failed') {
    by.log.write(`preStop: ${outcome.message}\n`); // Kubernetes records an event and goes on to SIGTERM
    return;
  }
  const { group } = outcome;
  const cut = () => group.signal('SIGKILL');
  enough.addEventListener('abort', cut, { once: true });
  if (enough.aborted) cut();
  await group.exited;
  enough.removeEventListener('abort', cut);
  await group.stop(0);
}
