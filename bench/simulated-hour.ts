import { scenarioOf } from '../lab/simulation/scenario-of.ts';
import { simulate } from '../lab/simulation/simulate.ts';
import { type Figure, figureOf } from './figure.ts';

const LIMIT_SECONDS = 0.3;
const WARM_UP_SEEDS = 10;
const SEEDS_PER_RUN = 40;
const HOUR_MS = 3_600_000;

/** What an hour of a simulated world takes of one core: only where that is little are there many seeds. */
export async function simulatedHour(runs: number): Promise<Figure> {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 0; // as in the simulator's workers: the engine's JSONPath throws at every evaluation
  let seed = 0;
  const some = async (count: number) => {
    let virtualMs = 0;
    for (let left = count; left > 0; left -= 1) {
      seed += 1;
      virtualMs += (await simulate(scenarioOf(seed))).virtualMs;
    }
    return virtualMs;
  };
  await some(WARM_UP_SEEDS);
  const values: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    const start = process.cpuUsage();
    const virtualMs = await some(SEEDS_PER_RUN);
    const { user, system } = process.cpuUsage(start);
    values.push((user + system) / 1e6 / (virtualMs / HOUR_MS));
  }
  Error.stackTraceLimit = before;
  return figureOf({ name: 'an hour of a simulated world, of one core', unit: 's', values, limit: LIMIT_SECONDS });
}
