import * as z from 'zod';
import {
  OPERATIONS,
  type OperationInput,
  type OperationName,
  type OperationOutput,
} from '../../application/operations/schemas/operations.ts';
import { isReleaseId, workloadOf } from '../../domain/release-id.ts';
import { CommandError } from '../command-error.ts';
import type { ControlPlane } from './control-plane.ts';

export type WorkloadAnswer = Extract<OperationOutput<'status'>, { kind: 'workload' }>;

/**
 * Asks an operation by its schemas. A control plane of another version may say more, which is passed over.
 * @throws CommandError what it refused, or that its answer is not one
 */
async function ask<Name extends OperationName>(
  plane: ControlPlane,
  name: Name,
  input: OperationInput<Name>,
): Promise<OperationOutput<Name>> {
  const answer = OPERATIONS[name].output.safeParse(await plane.call(name, input));
  if (answer.success) return answer.data as OperationOutput<Name>;
  const because = z.prettifyError(answer.error).replaceAll(/\s+/g, ' ');
  throw new CommandError(`${name} answered what this version of sluice cannot read: ${because}`, 'unreachable');
}

/** The operations that people call. */
export const operationsOf = (plane: ControlPlane) => ({
  start: ({ plan, ...input }: OperationInput<'start'> & Partial<Pick<OperationInput<'start-with-plan'>, 'plan'>>) =>
    plan === undefined ? ask(plane, 'start', input) : ask(plane, 'start-with-plan', { ...input, plan }),
  abort: (input: OperationInput<'abort'>) => ask(plane, 'abort', input),
  approve: (input: OperationInput<'approve'>) => ask(plane, 'approve', input),
  undo: (input: OperationInput<'undo'>) => ask(plane, 'undo', input),
  recordLive: (input: OperationInput<'record-live'>) => ask(plane, 'record-live', input),
  audit: (input: OperationInput<'audit'>) => ask(plane, 'audit', input),
  async status(input: OperationInput<'status'> & { workload: string }): Promise<WorkloadAnswer> {
    const answer = await ask(plane, 'status', input);
    if (answer.kind === 'workload') return answer;
    throw new CommandError(
      `status answered with the names of all workloads, and was asked for ${input.workload}`,
      'unreachable',
    );
  },
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
      const asked = { workload, releaseId, ...(afterSeq !== undefined && { afterSeq }), ...after };
      const page = await this.status(asked);
      entries.push(...page.entries);
      if (after !== undefined) windows.push(...page.windows);
      afterSeq = page.nextAfterSeq;
      after = page.nextWindows === undefined ? undefined : { windowsAfter: page.nextWindows };
    }
    return { entries, windows };
  },
  async workloads(): Promise<string[]> {
    const answer = await ask(plane, 'status', {});
    return answer.kind === 'workloads' ? answer.names : [];
  },
});

export type Operations = ReturnType<typeof operationsOf>;

/**
 * What a person means by a release's id or a workload's name.
 * @throws CommandError neither is there, or both are
 */
export async function resolveReleaseId(operations: Operations, text: string): Promise<string> {
  const names = await operations.workloads();
  const isRelease = isReleaseId(text) && names.includes(workloadOf(text));
  if (isRelease && names.includes(text)) {
    throw new CommandError(
      `${text} is a workload and a release of ${workloadOf(text)}: name the release in full`,
      'badInput',
    );
  }
  if (isRelease) return text;
  if (!names.includes(text)) {
    const known = names.length === 0 ? 'there is none' : `known are ${names.join(', ')}`;
    throw new CommandError(`there is no workload and no release ${text}; workloads: ${known}`, 'badInput');
  }
  const { state } = await operations.status({ workload: text });
  const release = state.active ?? state.waiting;
  if (release === undefined) throw new CommandError(`no release of ${text} is in progress`, 'badInput');
  return release.releaseId;
}
