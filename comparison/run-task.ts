import { newRandom } from '../domain/statistics/random.ts';
import { type Judge, type JudgeSpec, makeJudge } from './judges.ts';
import { requestsOfWindow } from './settings.ts';
import { FIRST_WINDOWS, newTally, type Tally } from './tally.ts';
import { canaryRateOf, drawStableBad, drawWindow, newWindow, type Traffic } from './traffic.ts';

/** Releases of one setting, all judges on the same windows. Plain data, so that it can be sent to a worker. */
export interface Task {
  /** What the caller knows its results by. */
  key: string;
  traffic: Traffic;
  /** The first release's number: the rest of the releases may be another task's. */
  from: number;
  releases: number;
  /** A release that nobody rolls back is over after so many windows. */
  windows: number;
  /** K, as the judges are told. */
  horizonWindows: number;
  alpha: number;
  judges: readonly JudgeSpec[];
  /** The bench's seed and what tells this setting from the others; the release's number joins them. */
  seed: readonly number[];
}

/** Windows of the stable version before a release that the guard measures its dispersion from. */
const HISTORY_WINDOWS = 60;

/**
 * @returns a tally per judge, in the task's order: the same for the same task, wherever it runs, and the windows of a
 * release are the same whichever judges look at them
 */
export function runTask(task: Task): Tally[] {
  const { traffic, alpha, horizonWindows } = task;
  const historyRequests = requestsOfWindow(traffic.setting);
  const context = { setting: traffic.setting, alpha, horizonWindows, historyRequests };
  const judges = task.judges.map(spec => makeJudge(spec, context));
  const tallies = task.judges.map(newTally);
  for (let release = task.from; release < task.from + task.releases; release += 1) {
    runRelease(task, release, judges, tallies);
  }
  return tallies;
}

function runRelease(task: Task, release: number, judges: readonly Judge[], tallies: readonly Tally[]): void {
  const { traffic, windows, seed } = task;
  const random = newRandom(...seed, release, 0);
  const history = judges.some(({ wantsHistory }) => wantsHistory) ? historyOf(task, release) : [];
  const running = task.judges.map(spec => spec.kind !== 'kayenta' || release < spec.first);
  let left = running.filter(Boolean).length;
  for (const judge of judges) judge.newRelease(history);
  const { healthy, faulty } = canaryRateOf(random, traffic);
  const window = newWindow();
  let canaryRequests = 0;
  let excess = 0;
  for (let k = 1; k <= windows && left > 0; k += 1) {
    const rate = k > (traffic.healthyWindows ?? 0) ? faulty : healthy;
    drawWindow(random, traffic, rate, window);
    canaryRequests += window.canaryRequests;
    excess += window.canaryRequests * (rate - healthy);
    for (let j = 0; j < judges.length; j += 1) {
      if (running[j] !== true) continue;
      const judge = judges[j] as Judge;
      const rolledBack = judge.step(window) || (k === windows && judge.end());
      if (!rolledBack && k < windows) continue;
      running[j] = false;
      left -= 1;
      count(tallies[j] as Tally, { rolledBack, k, canaryRequests, excess });
    }
  }
}

function count(tally: Tally, end: { rolledBack: boolean; k: number; canaryRequests: number; excess: number }): void {
  tally.releases += 1;
  tally.canaryRequests += end.canaryRequests;
  tally.canaryRequestsSquared += end.canaryRequests ** 2;
  tally.excess += end.excess;
  if (!end.rolledBack) return;
  tally.rolledBack += 1;
  if (end.k <= FIRST_WINDOWS) tally.early[end.k - 1] = (tally.early[end.k - 1] ?? 0) + 1;
}

/** From a stream of its own: whether a judge wants it changes nothing in the release. */
function historyOf({ seed, traffic }: Task, release: number): number[] {
  const random = newRandom(...seed, release, 1);
  return Array.from({ length: HISTORY_WINDOWS }, () => drawStableBad(random, traffic));
}
