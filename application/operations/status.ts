import * as z from 'zod';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { TrafficRouter } from '../../adapters/router/router.ts';
import type { Workloads } from '../../adapters/workloads/workloads.ts';
import type { Dial } from '../../domain/dial.ts';
import type { Entry } from '../../domain/ledger/facts.ts';
import type { WorkloadState } from '../../domain/ledger/state.ts';
import { type Waiting, waitingOf } from '../../domain/release/waiting.ts';
import type { WindowRecord } from '../../domain/windows/reading.ts';
import { readDial } from '../read-dial.ts';
import type { SharedDeps } from '../shared-deps.ts';

export interface StatusDeps extends SharedDeps {
  ledger: Ledger;
  workloads: Workloads;
  router: TrafficRouter;
}

export const statusInputSchema = z.strictObject({
  /** Absent: the names of all workloads. */
  workload: z.string().min(1).optional(),
  /** Lines of the ledger after this one, too. */
  afterSeq: z.int().nonnegative().optional(),
  /** A release of the workload, of any time: its windows and only its lines, so that it can be judged again. */
  releaseId: z.string().min(1).optional(),
  /** The cursor of an answer before: its next windows. */
  windowsAfter: z.string().min(1).optional(),
});

export type StatusAnswer =
  | { kind: 'workloads'; names: string[] }
  | {
      kind: 'workload';
      state: WorkloadState;
      /** `unreadable`: why a rule shows none, a maintenance page for example. */
      dial: Dial | { unreadable: string };
      /** What its releases wait for; absent in answers of functions from before it was said. */
      awaited?: Waiting[];
      entries: Entry[];
      /** The log is longer than an answer: ask again, after this line. */
      nextAfterSeq?: number;
      /** Of the release that was asked for, else of the one that is on its way. */
      windows: WindowRecord[];
      /** There are more windows than an answer holds: ask again, with this as `windowsAfter`. */
      nextWindows?: string;
    };

/** Answers how a workload and its releases are. Reads, and changes nothing. Log and windows come in pages: a Lambda answers 6 MB at most. */
export async function status(deps: StatusDeps, input: z.infer<typeof statusInputSchema>): Promise<StatusAnswer> {
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
