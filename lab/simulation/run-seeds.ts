import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { Coverage } from './coverage.ts';
import type { SimulationReport } from './simulate.ts';

/** What is known of a seed when it is over; its trace only where it failed. */
export interface SeedResult {
  seed: number;
  violations: SimulationReport['violations'];
  ends: SimulationReport['ends'];
  virtualMs: number;
  /** SHA-256 of its lines. */
  traceHash: string;
  trace?: readonly string[];
}

export interface SeedsReport {
  seeds: number;
  failed: SeedResult[];
  coverage: Record<string, number>;
  virtualHours: number;
}

/** What a worker is asked and answers. */
export interface SeedOrder {
  seed: number;
}
export interface SeedAnswer {
  result: SeedResult;
  coverage: Record<string, number>;
}

/**
 * Runs seeds `from` up to `from + count - 1` in worker threads, because virtual time is the thread's own clock.
 * @param done told of each seed, in the order in which they end
 */
export async function runSeeds(
  options: { from: number; count: number; workers?: number },
  done: (result: SeedResult) => void = () => {},
): Promise<SeedsReport> {
  const { from, count } = options;
  const coverage = new Coverage();
  const failed: SeedResult[] = [];
  let virtualMs = 0;
  let next = from;
  const take = (answer: SeedAnswer) => {
    coverage.add(answer.coverage);
    virtualMs += answer.result.virtualMs;
    if (answer.result.violations.length > 0) failed.push(answer.result);
    done(answer.result);
  };
  const order = (): SeedOrder | undefined => (next < from + count ? { seed: next++ } : undefined);
  const workers = Math.min(count, options.workers ?? availableParallelism());
  await Promise.all(Array.from({ length: workers }, () => work(order, take)));
  failed.sort((a, b) => a.seed - b.seed);
  return { seeds: count, failed, coverage: coverage.counts, virtualHours: virtualMs / 3_600_000 };
}

/** One thread, which gets one seed after the other. */
function work(order: () => SeedOrder | undefined, take: (answer: SeedAnswer) => void): Promise<void> {
  const worker = new Worker(new URL('./seed-worker.ts', import.meta.url));
  return new Promise((resolve, reject) => {
    const goOn = () => {
      const next = order();
      if (next === undefined) worker.terminate().then(() => resolve(), reject);
      else worker.postMessage(next);
    };
    worker.on('error', reject);
    worker.on('message', (answer: SeedAnswer) => {
      take(answer);
      goOn();
    });
    goOn();
  });
}
