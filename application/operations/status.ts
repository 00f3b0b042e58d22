import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { TrafficRouter } from '../../adapters/router/router.ts';
import type { Workloads } from '../../adapters/workloads/workloads.ts';
import { waitingOf } from '../../domain/release/waiting.ts';
import { readDial } from '../read-dial.ts';
import type { SharedDeps } from '../shared-deps.ts';
import type { StatusAnswer, StatusInput } from './schemas/status.ts';

export interface StatusDeps extends SharedDeps {
  ledger: Ledger;
  workloads: Workloads;
  router: TrafficRouter;
}

/** Answers how a workload and its releases are. Reads, and changes nothing. Log and windows come in pages: a Lambda answers 6 MB at most. */
export async function status(deps: StatusDeps, input: StatusInput): Promise<StatusAnswer> {
  const { workload: name, afterSeq, releaseId, windowsAfter } = input;
  if (name === undefined) return { kind: 'workloads', names: await deps.workloads.list() };
  const { workload } = await deps.workloads.read(name);
  const [state, dial] = await Promise.all([deps.ledger.read(name), readDial(deps, workload)]);
  const { entries: all, more } =
    afterSeq === undefined ? { entries: [], more: false } : await deps.ledger.entriesPage(name, afterSeq);
  const entries = releaseId === undefined ? all : all.filter(entry => entry.releaseId === releaseId);
  const last = more ? all.at(-1) : undefined;
  const shown = releaseId ?? state.active?.releaseId;
  const { windows, next } = shown === undefined ? { windows: [] } : await deps.ledger.windowsPage(shown, windowsAfter);
  return {
    kind: 'workload',
    state,
    dial,
    awaited: waitingOf(state, deps.clock.now()),
    entries,
    ...(last !== undefined && { nextAfterSeq: last.seq }),
    windows,
    ...(next !== undefined && { nextWindows: next }),
  };
}
