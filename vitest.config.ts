import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that mostly wait, longest first: begun at the end, one of them would keep a core idle for its whole time. */
const LONG = [
  'cli/lab.test.ts',
  'adapters/metrics/prometheus/prometheus.real.test.ts',
  'conformance/machines.test.ts',
  'adapters/cluster/kubernetes-api.real.test.ts',
  'lab/programs/catalogue.lab.test.ts',
  'runtime/runtime.real.test.ts',
  'custom-resources/stack.real.test.ts',
  'infra/moto/stacks.real.test.ts',
  'lab/prometheus/lab-prometheus.real.test.ts',
  'simulation/seeds.test.ts',
  'cli/operations.test.ts',
  'scenarios/',
  'simulation/',
  'lab/',
];
const place = ({ moduleId }: TestSpecification): number => {
  const found = LONG.findIndex(part => moduleId.includes(`/test/${part}`));
  return found < 0 ? LONG.length : found;
};

class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    sequence: { sequencer: LongFirst },
    // The lab's tests start real processes and real HTTP servers: two files at a time is what two cores carry.
    maxWorkers: 2,
    // no test changes a global: loading the SDK clients once a worker instead of once a file halves the time
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
