import { parentPort } from 'node:worker_threads';
import { sha256 } from '../../adapters/sha256.ts';
import type { SeedAnswer, SeedOrder } from './run-seeds.ts';
import { scenarioOf } from './scenario-of.ts';
import { simulate } from './simulate.ts';

// the engine's JSONPath throws at every evaluation to call itself again, and traces were a fifth of the time
Error.stackTraceLimit = 0;

parentPort?.on('message', ({ seed }: SeedOrder) => {
  simulate(scenarioOf(seed)).then(
    ({ trace, coverage, ...report }) => {
      const told = { ...report, traceHash: sha256(trace.join('\n')) };
      const result = report.violations.length > 0 ? { ...told, trace } : told;
      parentPort?.postMessage({ result, coverage } satisfies SeedAnswer);
    },
    (error: Error) => {
      throw new Error(`seed ${seed}: ${error.message}`, { cause: error }); // the simulator's own mistake: the run ends
    },
  );
});
