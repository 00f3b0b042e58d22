import { LedgerUnreachableError } from '../../adapters/ledger/errors.ts';
import type { Checkpoint, Ledger } from '../../adapters/ledger/ledger.ts';
import { sha256 } from '../../adapters/sha256.ts';
import { exactText, fromExactText } from '../../domain/exact-json.ts';
import type { JudgementContext } from '../../domain/judges/context.ts';
import { type Cut, cutOf, type Folded, foldWindows, lostBefore } from '../../domain/judges/folded.ts';
import type { WindowRecord } from '../../domain/windows/reading.ts';
import { firstWindow } from '../../domain/windows/windows.ts';
import type { ReleaseCall } from '../release-call.ts';

/** Goes up when another version's fold, or a judge, is another one: what was kept before is then folded anew. */
const FOLD_VERSION = 1;

/** Windows of a metric that a look reads at most: more are folded look by look. */
export const MOST_WINDOWS = 5000;

/** A checkpoint is made of at least so many windows, and not more often than this: lines of the ledger are for ever. */
export const FOLD_WINDOWS = 120;
const FOLD_SECONDS = 600;
/**
 * Windows that froze later than this are not folded yet: their sources may still add to them (180 s), and another look may
 * be about to write one.
 */
const SETTLED_SECONDS = 240;

/** Windows as they are kept, with what was folded of those before. */
export interface KnownWindows {
  /** Where the first window begins that is in `records` or is still to be read. */
  fromEpochMs: number;
  records: WindowRecord[];
  before?: Folded;
  /** As it was read, where a checkpoint was. */
  checkpoint?: Checkpoint;
  /** There are more windows than one look reads: every window of every metric is here that begins before. Nothing is judged yet. */
  readUntilEpochMs?: number;
}

/** The windows of a release that its newest checkpoint lacks. A checkpoint that is not what the ledger says is not used. */
export async function readWindows(
  deps: { ledger: Ledger },
  call: ReleaseCall,
  startedAtEpochMs: number,
): Promise<KnownWindows> {
  const { plan, folded } = call.release;
  const { windowSeconds } = plan;
  const kept = await readCheckpoint(deps, call);
  const fromEpochMs = kept?.before.untilEpochMs ?? firstWindow(startedAtEpochMs, windowSeconds);
  const byMetric = await Promise.all(
    plan.metrics.map(({ name }) =>
      deps.ledger.windowsFrom(call.releaseId, { metric: name, startEpochMs: fromEpochMs, most: MOST_WINDOWS }),
    ),
  );
  const ends = byMetric.flatMap(own => (own.length < MOST_WINDOWS ? [] : [(own.at(-1) as WindowRecord).startEpochMs]));
  const known: KnownWindows = {
    ...{ fromEpochMs, records: byMetric.flat(), ...kept },
    ...(ends.length > 0 && { readUntilEpochMs: Math.min(...ends) }),
  };
  const judgedUntilEpochMs = folded?.judgedUntilEpochMs ?? 0;
  if (missesFrom(call, known) >= judgedUntilEpochMs) return known;
  call.log.error('windows that were judged are lost, and no checkpoint has them', { judgedUntilEpochMs });
  return {
    fromEpochMs: judgedUntilEpochMs,
    records: known.records.filter(({ startEpochMs }) => startEpochMs >= judgedUntilEpochMs),
    before: lostBefore(judgedUntilEpochMs),
  };
}

/** Where the first window begins that some metric lacks, of those that were read. */
function missesFrom(call: ReleaseCall, known: KnownWindows): number {
  const knownUntilEpochMs = Number.MAX_SAFE_INTEGER;
  const { untilEpochMs } = cutOf({ ...cutOptions(call, known), knownUntilEpochMs });
  const { readUntilEpochMs } = known;
  const isAllRead = readUntilEpochMs !== undefined && untilEpochMs >= readUntilEpochMs;
  return isAllRead ? Number.POSITIVE_INFINITY : untilEpochMs;
}

const byMetricOf = (records: readonly WindowRecord[]): Record<string, WindowRecord[]> =>
  Object.groupBy(records, record => record.metric) as Record<string, WindowRecord[]>;

function cutOptions(call: ReleaseCall, { fromEpochMs, records }: Pick<KnownWindows, 'fromEpochMs' | 'records'>) {
  const { metrics, windowSeconds } = call.release.plan;
  const windowsByMetric = byMetricOf(records);
  return { fromEpochMs, windowSeconds, metrics: metrics.map(({ name }) => name), windowsByMetric };
}

async function readCheckpoint(
  deps: { ledger: Ledger },
  call: ReleaseCall,
): Promise<{ before: Folded; checkpoint: Checkpoint } | undefined> {
  const { folded } = call.release;
  if (folded === undefined) return undefined;
  const { digest } = folded;
  const text = await deps.ledger.readCheckpoint(call.releaseId, digest);
  const why = text === undefined ? 'it is not there' : sha256(text) === digest ? undefined : 'its hash is another one';
  if (text === undefined || why !== undefined) {
    call.log.warn('the checkpoint of judged windows is not used', { digest, because: why });
    return undefined;
  }
  const { version, before } = fromExactText(text) as { version: number; before: Folded };
  if (version === FOLD_VERSION) return { before, checkpoint: { digest, text } };
  call.log.warn('the checkpoint of judged windows is not used', { digest, because: `it is of version ${version}` });
  return undefined;
}

/** The next checkpoint, where there is enough to fold. */
export function nextFold(
  call: ReleaseCall,
  known: KnownWindows,
  context: JudgementContext,
): { folded: Folded; cut: Cut } | undefined {
  const { metrics, windowSeconds } = call.release.plan;
  const { before, fromEpochMs, readUntilEpochMs } = known;
  const settledEpochMs = call.now - SETTLED_SECONDS * 1000;
  // what was not read begins later, and so froze later than this
  const readEpochMs = (readUntilEpochMs ?? Number.POSITIVE_INFINITY) + windowSeconds * 1000 - 1;
  const options = cutOptions(call, known);
  const cut = cutOf({ ...options, knownUntilEpochMs: Math.min(settledEpochMs, readEpochMs) });
  const usual = Math.max(FOLD_WINDOWS * windowSeconds, FOLD_SECONDS);
  const least = readUntilEpochMs === undefined ? usual : windowSeconds;
  // a loss is written down at once: there it is told, and there later looks find it
  const isNewLoss = before?.lostUntilEpochMs !== call.release.folded?.lostUntilEpochMs;
  if (cut.untilEpochMs - fromEpochMs < least * 1000 && !isNewLoss) return undefined;
  return { folded: foldWindows(metrics, options.windowsByMetric, context, cut, before), cut };
}

/**
 * Keeps a checkpoint, and then says in the ledger that it counts. Whoever is stopped in between leaves one that nobody asks
 * for; of two at once one loses the append and looks again. One that cannot be put is no fault: the next look makes it.
 */
export async function keepFolded(
  deps: { ledger: Ledger },
  call: ReleaseCall,
  { folded, previous }: { folded: Folded; previous?: Checkpoint | undefined },
): Promise<void> {
  const text = exactText({ version: FOLD_VERSION, releaseId: call.releaseId, before: folded });
  const digest = sha256(text);
  if (!(await isPut(call, () => deps.ledger.putCheckpoint(call.releaseId, { digest, text })))) return;
  const { untilEpochMs, lostUntilEpochMs } = folded;
  const lost = lostUntilEpochMs === undefined ? {} : { lostUntilEpochMs };
  await call.append({ kind: 'windowsFolded', digest, untilEpochMs, ...lost });
  if (previous === undefined || previous.digest === digest) return;
  await isPut(call, () => deps.ledger.putCheckpoint(call.releaseId, previous, 'superseded'));
}

async function isPut(call: ReleaseCall, put: () => Promise<void>): Promise<boolean> {
  try {
    await put();
    return true;
  } catch (error) {
    if (!(error instanceof LedgerUnreachableError)) throw error;
    call.log.error('a checkpoint of judged windows was not written', { because: error.message });
    return false;
  }
}
