import { parentPort } from 'node:worker_threads';
import type { SeedAnswer, SeedOrder } from './run-seeds.ts';
import { scenarioOf } from './scenario-of.ts';
import { simulate } from './simulate.ts';

parentPort?.on('message', ({ seed }: SeedOrder) => {
  simulate(scenarioOf(seed)).then(
    ({ story, coverage, ...report }) => {
      const result = report.violations.length > 0 ? { ...report, story } : report;
      parentPort?.postMessage({ result, coverage } satisfies SeedAnswer);
    },
    (error: Error) => {
      throw new Error(`seed ${seed}: ${error.message}`, { cause: error }); // the simulator's own mistake: the run ends
    },
  );
});
