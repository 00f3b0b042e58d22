import { defineConfig } from 'vitest/config';

/** What `npm run mutate` runs against each mutant of domain/: the tests that mirror it, and nothing that opens a lab. */
export default defineConfig({
  test: { include: ['test/domain/**/*.test.ts'], exclude: ['test/domain/**/*.scipy.test.ts'], testTimeout: 30_000 },
});
