import type { AbortAnswer } from '../../application/operations/abort.ts';
import type { ApproveAnswer } from '../../application/operations/approve.ts';
import type { AuditAnswer } from '../../application/operations/audit.ts';
import type { RecordLiveAnswer } from '../../application/operations/record-live.ts';
import type { StartAnswer } from '../../application/operations/start-release.ts';
import type { StatusAnswer } from '../../application/operations/status.ts';
import type { UndoAnswer } from '../../application/operations/undo.ts';
import type { Slot } from '../../domain/dial.ts';
import { isReleaseId, workloadOf } from '../../domain/release-id.ts';
import { BAD_INPUT, CommandError, type ControlPlane } from './control-plane.ts';

interface StatusEvent {
  workload: string;
  afterSeq?: number;
  releaseId?: string;
  windowsAfter?: string;
}

export type WorkloadAnswer = Extract<StatusAnswer, { kind: 'workload' }>;

/** The functions that people call, with their types: the answers are those of the same commit's handlers. */
export const doorsOf = (plane: ControlPlane) => ({
  start: (event: {
    workload: string;
    image: string;
    plan?: { file: string; text: string };
    althoughStableIsDown?: true;
    althoughAlarms?: string[];
    by: string;
  }) => plane.call(event.plan === undefined ? 'start' : 'start-with-plan', event) as Promise<StartAnswer>,
  abort: (event: { releaseId: string; by: string; because: string }) =>
    plane.call('abort', event) as Promise<AbortAnswer>,
  approve: (event: { releaseId: string; name: string; opening: number; by: string; groups: string[] }) =>
    plane.call('approve', event) as Promise<ApproveAnswer>,
  undo: (event: { workload: string; by: string }) => plane.call('undo', event) as Promise<UndoAnswer>,
  recordLive: (event: { workload: string; slot: Slot; by: string; because: string }) =>
    plane.call('record-live', event) as Promise<RecordLiveAnswer>,
  status: (event: StatusEvent) => plane.call('status', event) as Promise<WorkloadAnswer>,
  audit: (event: { workload: string; afterSeq?: number }) => plane.call('audit', event) as Promise<AuditAnswer>,
  /** A release of any time, whole: its lines and its windows, page by page. */
  async wholeRelease(releaseId: string): Promise<Pick<WorkloadAnswer, 'entries' | 'windows'>> {
    const workload = workloadOf(releaseId);
    const { state } = await this.status({ workload });
    const known = [state.active, state.waiting, ...state.ended].find(one => one?.releaseId === releaseId);
    const entries: WorkloadAnswer['entries'] = [];
    const windows: WorkloadAnswer['windows'] = [];
    let afterSeq: number | undefined = (known?.requestedSeq ?? 1) - 1;
    let after: { windowsAfter?: string } | undefined = {};
    while (afterSeq !== undefined || after !== undefined) {
      const asked: StatusEvent = { workload, releaseId, ...(afterSeq !== undefined && { afterSeq }), ...after };
      const page = await this.status(asked);
      entries.push(...page.entries);
      if (after !== undefined) windows.push(...page.windows);
      afterSeq = page.nextAfterSeq;
      after = page.nextWindows === undefined ? undefined : { windowsAfter: page.nextWindows };
    }
    return { entries, windows };
  },
  async workloads(): Promise<string[]> {
    const answer = (await plane.call('status', {})) as StatusAnswer;
    return answer.kind === 'workloads' ? answer.names : [];
  },
});

export type Doors = ReturnType<typeof doorsOf>;

/**
 * What a person means by a release's id or a workload's name.
 * @throws CommandError neither is there, or both are
 */
export async function releaseMeant(doors: Doors, text: string): Promise<string> {
  const names = await doors.workloads();
  const isRelease = isReleaseId(text) && names.includes(workloadOf(text));
  if (isRelease && names.includes(text)) {
    throw new CommandError(
      `${text} is a workload and a release of ${workloadOf(text)}: name the release in full`,
      BAD_INPUT,
    );
  }
  if (isRelease) return text;
  if (!names.includes(text)) {
    const known = names.length === 0 ? 'there is none' : `known are ${names.join(', ')}`;
    throw new CommandError(`there is no workload and no release ${text}; workloads: ${known}`, BAD_INPUT);
  }
  const { state } = await doors.status({ workload: text });
  const release = state.active ?? state.waiting;
  if (release === undefined) throw new CommandError(`no release of ${text} is in progress`, BAD_INPUT);
  return release.releaseId;
}
