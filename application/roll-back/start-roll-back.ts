import * as z from 'zod';
import type { Executions } from '../../adapters/executions/executions.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { Log } from '../../adapters/log/log.ts';
import { ROLL_BACK_REASONS } from '../../domain/ledger/facts.ts';
import { mayStart, NEXT_RUN_PAUSE_SECONDS } from '../../domain/ledger/starts.ts';
import { StaleExecutionError } from '../errors.ts';
import { releaseInputSchema, withLedger } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';
import { startRun } from '../start-run.ts';
import { type Claimed, claimRollBack, handOver } from './claim-roll-back.ts';
import { type RollBackInput, rollBackInputSchema } from './way-back.ts';

export interface StartRollBackDeps extends SharedDeps {
  ledger: Ledger;
  executions: Executions;
}

/** Either the look's move, or the error that the retries of a task did not cure. */
const fromReleaseSchema = releaseInputSchema.extend({
  move: z.looseObject({ reason: z.string().optional(), because: z.string() }).optional(),
  error: z.object({ Error: z.string(), Cause: z.string().optional() }).optional(),
});
type FromRelease = z.infer<typeof fromReleaseSchema>;

const reasonSchema = z.enum(ROLL_BACK_REASONS);

/** Of roll-back.asl.json itself, whose history is about to be full. */
const againSchema = z.looseObject({ attempt: z.unknown() }).refine(event => event.attempt !== undefined);

/** @throws z.ZodError it is the input of neither machine */
export const parseStartRollBack = (event: unknown): RollBackInput | FromRelease =>
  againSchema.safeParse(event).success ? rollBackInputSchema.parse(event) : fromReleaseSchema.parse(event);

/** Starts the only way back, and its next attempt. */
export function startRollBack(deps: StartRollBackDeps, input: RollBackInput | FromRelease, log: Log): Promise<Claimed> {
  return isHandOver(input) ? startNextAttempt(deps, input, log) : startFirst(deps, input, log);
}

const isHandOver = (input: RollBackInput | FromRelease): input is RollBackInput => 'attempt' in input;

function startNextAttempt(deps: StartRollBackDeps, { releaseId, attempt }: RollBackInput, log: Log): Promise<Claimed> {
  return withLedger(deps, { releaseId, by: `${releaseId} roll back ${attempt}`, log }, call =>
    handOver(deps, call, attempt),
  );
}

function startFirst(deps: StartRollBackDeps, input: FromRelease, log: Log): Promise<Claimed> {
  const { releaseId, run, move, error } = input;
  const fault = error === undefined ? undefined : `${error.Error}: ${causeOf(error.Cause)}`;
  // not behind the road's fence: repeated after its claim it must find the claim and start the execution
  return withLedger(deps, { releaseId, by: `${releaseId} run ${run}`, log }, async (call): Promise<Claimed> => {
    const { run: newest, retiringAtEpochMs } = call.release;
    const stale = new StaleExecutionError(`run ${run} of ${releaseId} was followed`);
    if (retiringAtEpochMs !== undefined) {
      // past the point of no return there is no way but on: what this execution could not finish the next one does
      if (newest > run + 1) throw stale;
      // an end that comes back at once: the reconciler starts the next one when it is time
      const isClaimed = newest === run + 1;
      const { runsAtEpochMs } = call.release;
      if (isClaimed || mayStart(runsAtEpochMs, call.now, NEXT_RUN_PAUSE_SECONDS)) await startRun(deps, call, run + 1);
      return { kind: 'promoted' };
    }
    if (run !== newest) throw stale;
    const reason = fault === undefined ? reasonSchema.parse(move?.reason) : 'fault';
    return claimRollBack(deps, call, reason, fault ?? move?.because ?? 'no reason was given');
  });
}

/** Lambda's Cause is JSON with the message in it; other causes are text. */
function causeOf(cause: string | undefined): string {
  const parsed = z.object({ errorMessage: z.string() }).safeParse(tryJson(cause ?? ''));
  return parsed.success ? parsed.data.errorMessage : (cause ?? '');
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text; // not JSON: the cause is the text itself
  }
}
