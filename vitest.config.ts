import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // The lab's tests start real processes and real HTTP servers: two files at a time is what two cores carry.
    maxWorkers: 2,
    // no test changes a global: loading the SDK clients once a worker instead of once a file halves the time
    isolate: false,
    testTimeout: 20_000,
    hookTimeout: 30_000,
  },
});
