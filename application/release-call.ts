import * as z from 'zod';
import type { Clock } from '../adapters/clock.ts';
import { NewerWriteError } from '../adapters/cluster/errors.ts';
import { LedgerConflictError } from '../adapters/ledger/errors.ts';
import type { Ledger } from '../adapters/ledger/ledger.ts';
import type { Log } from '../adapters/log/log.ts';
import type { Admission, Fact } from '../domain/ledger/facts.ts';
import type { ReleaseState, WorkloadState } from '../domain/ledger/state.ts';
import { workloadOf } from '../domain/release-id.ts';
import { StaleExecutionError } from './errors.ts';
import { releaseIdSchema } from './release-id-schema.ts';

/** What the release machine hands to every one of its handlers. */
export const releaseInputSchema = z.object({
  releaseId: releaseIdSchema,
  run: z.int().positive(),
  move: z
    .looseObject({
      events: z.int().nonnegative().optional(),
      asks: z.enum(['cluster', 'person', 'nobody']).optional(),
      slotAskedAtEpochMs: z.number().optional(),
    })
    .optional(),
});
export type ReleaseInput = z.infer<typeof releaseInputSchema>;

interface CallDeps {
  ledger: Ledger;
  clock: Clock;
}

/** How often a handler that lost the append, or found what a newer one wrote to the cluster, thinks again before it gives up to the state machine's Retry. */
const CONFLICTS_MAX = 5;

/** One handler call on one release: the ledger's state as it was last read, and the only way to add to it. */
export class ReleaseCall {
  readonly releaseId: string;
  state: WorkloadState;
  log: Log;
  /** Of a handler of release.asl.json: the move of the one before it in this execution. */
  before: NonNullable<ReleaseInput['move']> = {};
  private readonly deps: CallDeps;
  private readonly by: string;

  constructor(deps: CallDeps, options: { releaseId: string; state: WorkloadState; by: string; log: Log }) {
    this.deps = deps;
    this.releaseId = options.releaseId;
    this.state = options.state;
    this.by = options.by;
    // an operation that begins a release, and a close that starts the next one, came with another name or none
    this.log = options.log.with({ release: options.releaseId, workload: workloadOf(options.releaseId) });
  }

  get workload(): string {
    return workloadOf(this.releaseId);
  }

  get now(): number {
    return this.deps.clock.now();
  }

  /** The release as the ledger tells it now. @throws StaleExecutionError it is over, or it waits */
  get release(): ReleaseState {
    const { active } = this.state;
    if (active?.releaseId !== this.releaseId)
      throw new StaleExecutionError(`${this.releaseId} is not the active release`);
    return active;
  }

  /** @throws StaleExecutionError before admission there is nothing to act on */
  get admission(): Admission {
    const { admission } = this.release;
    if (admission === undefined) throw new StaleExecutionError(`${this.releaseId} was not admitted`);
    return admission;
  }

  /**
   * What a write to the cluster carries: the line up to which this call has read the ledger. Whoever takes over from it, a
   * newer run, the way back or the next release, has claimed that in a later line, and so writes with a greater one.
   */
  get position(): number {
    return this.state.seq;
  }

  /** The same ledger, and another release of the same workload. */
  about(releaseId: string): ReleaseCall {
    return new ReleaseCall(this.deps, { releaseId, state: this.state, by: this.by, log: this.log });
  }

  /** @throws LedgerConflictError somebody else appended since this call read the ledger */
  async append(fact: Fact): Promise<void> {
    const line = { releaseId: this.releaseId, atEpochMs: this.now, by: this.by, fact };
    this.state = await this.deps.ledger.append(this.workload, this.state, line);
    this.log = this.log.with({ seq: this.state.seq });
    this.log.info(`appended ${fact.kind}`, { fact: summary(fact) });
  }
}

/** A requested release carries its whole plan; the log line says only that. */
const summary = (fact: Fact): unknown => (fact.kind === 'requested' ? Object.keys(fact.images) : fact);

/**
 * Reads the ledger and acts; where somebody else appended in between, or wrote to the cluster on the ground of a later line,
 * reads again and thinks again: whoever was overtaken finds the claim that has done so. `act` may therefore run more than
 * once, as every handler may: what it did before is found in the ledger.
 */
export async function withWorkload<T>(
  deps: CallDeps,
  options: { workload: string; log: Log },
  act: (state: WorkloadState) => Promise<T>,
): Promise<T> {
  for (let conflicts = 0; ; conflicts += 1) {
    const state = await deps.ledger.read(options.workload);
    try {
      return await act(state);
    } catch (error) {
      const isOvertaken = error instanceof LedgerConflictError || error instanceof NewerWriteError;
      if (!isOvertaken || conflicts >= CONFLICTS_MAX) throw error;
      const { message: because } = error;
      options.log.info('somebody else was first: reading again', { seq: state.seq, conflicts: conflicts + 1, because });
    }
  }
}

/** The same about one release. */
export function withLedger<T>(
  deps: CallDeps,
  options: { releaseId: string; by: string; log: Log },
  act: (call: ReleaseCall) => Promise<T>,
): Promise<T> {
  return withWorkload(deps, { workload: workloadOf(options.releaseId), log: options.log }, state => {
    const log = options.log.with({ seq: state.seq });
    return act(new ReleaseCall(deps, { ...options, state, log }));
  });
}

/**
 * The same for the handlers of release.asl.json, behind the fence: an execution that is not the newest of the active
 * release, or whose release goes back, does nothing.
 * @throws StaleExecutionError
 */
export async function withRelease<T>(
  deps: CallDeps,
  { releaseId, run, move }: ReleaseInput,
  log: Log,
  act: (call: ReleaseCall) => Promise<T>,
): Promise<T> {
  return withLedger(deps, { releaseId, by: `${releaseId} run ${run}`, log }, async call => {
    const { run: newest, rollBack } = call.release;
    if (run !== newest) throw new StaleExecutionError(`run ${run} of ${releaseId} was followed by run ${newest}`);
    if (rollBack !== undefined) throw new StaleExecutionError(`${releaseId} is rolling back (${rollBack.reason})`);
    call.before = move ?? {};
    return act(call);
  });
}

/**
 * The same for the handlers of roll-back.asl.json: an attempt that is not the newest of the active release does nothing.
 * @throws StaleExecutionError
 */
export async function withRollBack<T>(
  deps: CallDeps,
  { releaseId, attempt }: { releaseId: string; attempt: number },
  log: Log,
  act: (call: ReleaseCall) => Promise<T>,
): Promise<T> {
  return withLedger(deps, { releaseId, by: `${releaseId} roll back ${attempt}`, log }, async call => {
    const newest = call.release.rollBack?.attempt;
    if (attempt !== newest) {
      throw new StaleExecutionError(
        `attempt ${attempt} to take ${releaseId} back is not the newest (${newest ?? 'none'})`,
      );
    }
    return act(call);
  });
}
