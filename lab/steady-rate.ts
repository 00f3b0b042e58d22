import { setTimeout as delay } from 'node:timers/promises';
import type { Load } from './load/load.ts';
import type { LoadReport } from './load/report.ts';
import { type Usual, usualOf } from './run-lab-plan.ts';

/** A rate that the stable program keeps up with, and what it does at that rate. */
export interface SteadyRate {
  requestsPerSecond: number;
  usual: Usual;
}

/** How long stable is watched at a rate, and the requests that it should have had by then. */
const WATCH = { atLeastMs: 1_500, atMostMs: 5_000, requests: 5 };
/** Slow enough for a program that answers one request after the other, some milliseconds each. */
const GENTLE_PER_SECOND = 10;
/** Answers that wait for each other: the median is so many times, and at least so much more than, that of a gentle load. */
const WAITS = { times: 3, ms: 100 };
const LESS = 4;

/**
 * The given rate, or the highest of a few lower ones at which answers do not wait for each other: a program that is sent
 * more than it can answer is late with every answer, and a release of it would show the queue and not the program.
 * @param send starts a load; it is stopped here
 */
export async function steadyRate(
  send: (requestsPerSecond: number) => Promise<Load>,
  { wanted, groupName, signal }: { wanted: number; groupName: string; signal: AbortSignal },
): Promise<SteadyRate> {
  const watch = async (requestsPerSecond: number): Promise<LoadReport> => {
    const load = await send(requestsPerSecond);
    const untilRequests = (WATCH.requests / requestsPerSecond) * 1000;
    await delay(Math.min(WATCH.atMostMs, Math.max(WATCH.atLeastMs, untilRequests)), undefined, { signal });
    return load.stop();
  };
  const gentle = usualOf(await watch(Math.min(wanted, GENTLE_PER_SECOND)), groupName);
  for (let requestsPerSecond = wanted; requestsPerSecond > GENTLE_PER_SECOND; requestsPerSecond /= LESS) {
    const usual = usualOf(await watch(requestsPerSecond), groupName);
    if (!waits(usual, gentle)) return { requestsPerSecond, usual };
  }
  return { requestsPerSecond: Math.min(wanted, GENTLE_PER_SECOND), usual: gentle };
}

function waits(usual: Usual, gentle: Usual): boolean {
  if (gentle.p50Ms === undefined) return false; // it answers nothing, however little it is sent
  if (usual.p50Ms === undefined) return true;
  return usual.p50Ms > Math.max(WAITS.times * gentle.p50Ms, gentle.p50Ms + WAITS.ms);
}
