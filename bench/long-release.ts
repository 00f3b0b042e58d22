import { fakeLedger } from '../adapters/ledger/fake-ledger.ts';
import { parsePlan } from '../adapters/plan-file/read-plan.ts';
import { sha256 } from '../adapters/sha256.ts';
import { FOLD_WINDOWS } from '../application/release/judged-windows.ts';
import { exactText } from '../domain/exact-json.ts';
import type { JudgementContext } from '../domain/judges/context.ts';
import { type Folded, foldWindows } from '../domain/judges/folded.ts';
import { judgeRelease } from '../domain/judges/judge-release.ts';
import { fixedText } from '../domain/number-text.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { sequentialContext } from '../domain/plan/sequential-context.ts';
import { factsOf, stayStep } from '../domain/steps/plan-registry.ts';
import type { WindowRecord } from '../domain/windows/reading.ts';
import { type Figure, figureOf, rounded } from './figure.ts';
import { recordRelease, START, timedLooks, WINDOW_MS } from './warm-look.ts';

const HOUR = 60;
/** In windows of a minute. */
const AGES = { 'an hour': HOUR, 'a day': 24 * HOUR, '14 days': 14 * 24 * HOUR, 'a year': 365 * 24 * HOUR };
/** A pure judgement of more windows than these is not timed: it is what looks did before, and takes minutes. */
const MOST_JUDGED = AGES['14 days'];
const CHUNK = 5000;

const PLAN = `
apiVersion: sluice/v1
kind: Plan
workload: shop
strategy: canary
deadline: 8760h
metrics:
  - { name: errors, source: { kind: cloudwatch, bad: failedRequests }, judge: { kind: sequential, share: 0.6 } }
  - { name: slow, source: { kind: cloudwatch, bad: { slowerThan: [300ms] } }, judge: { kind: sequential, share: 0.4 } }
  - { name: p99, source: { kind: cloudwatch, value: { percentile: 99 } }, judge: { kind: relative, max: 1.5, failureLimit: 9 } }
steps:
  - setWeight: 10
  - bake: 8000h
  - setWeight: 100
`;

/**
 * A look at a release of three metrics that is so old, by the real handler: bytes that it reads of windows and their
 * checkpoint, and the time it takes, with as many windows behind the checkpoint as there can be. Beside it what looks did
 * before: all windows read and judged.
 */
export async function longRelease(_: number, say: (line: string) => void): Promise<Figure[]> {
  const parsed = parsePlan(PLAN, 'bench');
  if (parsed.kind === 'mistakes') throw new Error(JSON.stringify(parsed.mistakes));
  // longer than a plan may say: the release is under way at each of these ages
  const seconds = 2 * 366 * 86_400;
  const steps = parsed.plan.steps.map(step => (factsOf(step).seconds === undefined ? step : stayStep(seconds)));
  const plan: Plan = { ...parsed.plan, deadlineSeconds: seconds, steps };
  const figures: Figure[] = [];
  for (const [age, windows] of Object.entries(AGES)) {
    const { bytes, values } = await looksAt(plan, windows);
    figures.push(figureOf({ name: `look at ${age}, read`, unit: 'bytes', values: [bytes], limit: 400_000 }));
    figures.push(figureOf({ name: `look at ${age}`, unit: 'ms', values, limit: 150 }));
    say(`  before, at ${age}: ${wholeText(plan, windows)}`);
  }
  return figures;
}

function wholeText(plan: Plan, windows: number): string {
  const bytes = JSON.stringify(recordsOf(plan, 0, 100)).length * (windows / 100);
  const read = `${fixedText(bytes / 1e6, 1)} MB read`;
  if (windows > MOST_JUDGED) return `${read}, not timed`;
  const records = recordsOf(plan, 0, windows);
  const before = performance.now();
  judgeRelease(plan.metrics, records, contextAt(plan, windows));
  return `${read}, ${Math.round(performance.now() - before)} ms of judging`;
}

async function looksAt(plan: Plan, windows: number): Promise<{ bytes: number; values: number[] }> {
  const ledger = fakeLedger();
  await recordRelease(ledger, plan);
  const folded = Math.max(0, windows - FOLD_WINDOWS);
  let bytes = 0;
  if (folded >= FOLD_WINDOWS) {
    const text = exactText({ version: 1, releaseId: 'shop-1', before: foldedTo(plan, folded) });
    const digest = sha256(text);
    await ledger.putCheckpoint('shop-1', { digest, text });
    const untilEpochMs = START + folded * WINDOW_MS;
    const fact = { kind: 'windowsFolded' as const, digest, untilEpochMs };
    await ledger.append('shop', await ledger.read('shop'), { ...ABOUT, fact });
    bytes += text.length;
  }
  const from = folded >= FOLD_WINDOWS ? folded : 0;
  const last = Object.values(recordsOf(plan, from, windows)).flat();
  for (const record of last) await ledger.putWindow('shop-1', record);
  bytes += last.reduce((sum, record) => sum + JSON.stringify(record).length, 0);
  return { bytes, values: (await timedLooks(ledger, nowAt(windows), 20)).map(rounded) };
}

const ABOUT = { releaseId: 'shop-1', atEpochMs: START, by: 'bench' };
/** The last window has just frozen, so that none more can be folded. */
const nowAt = (windows: number): number => START + windows * WINDOW_MS + 165_000;

function foldedTo(plan: Plan, windows: number): Folded | undefined {
  let before: Folded | undefined;
  for (let from = 0; from < windows; from += CHUNK) {
    const to = Math.min(windows, from + CHUNK);
    const untilEpochMs = START + to * WINDOW_MS;
    const cut = { untilEpochMs, knownUntilEpochMs: Number.MAX_SAFE_INTEGER };
    before = foldWindows(plan.metrics, recordsOf(plan, from, to), contextAt(plan, to), cut, before);
  }
  return before;
}

const contextAt = (plan: Plan, windows: number): JudgementContext => ({
  analysisStartedAtEpochMs: START,
  nowEpochMs: nowAt(windows),
  windowSeconds: WINDOW_MS / 1000,
  expects: () => ({ canary: true, stable: true }),
  sequential: sequentialContext(plan),
  steadyWeight: () => 10,
});

/** 100 requests a second, 1 % of them bad on both sides. */
function recordsOf(plan: Plan, from: number, to: number): Record<string, WindowRecord[]> {
  const of = (metric: string, n: number): WindowRecord => {
    const startEpochMs = START + n * WINDOW_MS;
    const canary = { requests: 600 + (n % 7), bad: [(n * 7) % 13] };
    const stable = { requests: 5_400 + (n % 11), bad: [48 + ((n * 5) % 13)] };
    return {
      ...{ metric, startEpochMs, endEpochMs: startEpochMs + WINDOW_MS, straddles: n === 0 },
      reading:
        metric === 'p99'
          ? { kind: 'value', canary: 0.25 + (n % 9) / 100, stable: 0.25 + (n % 5) / 100 }
          : { kind: 'counts', canary, stable },
      ...{ readAtEpochMs: startEpochMs + 150_000, frozenAtEpochMs: startEpochMs + 160_000 },
    };
  };
  return Object.fromEntries(
    plan.metrics.map(({ name }) => [name, Array.from({ length: to - from }, (_, index) => of(name, from + index))]),
  );
}
