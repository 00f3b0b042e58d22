import { partOfEnvironment } from './scripts/mutation/parts.ts';

const { name, mutate } = partOfEnvironment();

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'vitest',
  // the part names its tests: looking for those that reach a file costs more than running them
  vitest: { configFile: 'vitest.mutation.config.ts', related: false },
  coverageAnalysis: 'perTest',
  mutate,
  ignorePatterns: ['/.mutation', '/cdk.out', '/.sluice', '/coverage'],
  ignoreStatic: false,
  reporters: ['json', 'progress-append-only'],
  jsonReporter: { fileName: `.mutation/${name}/report.json` },
  incremental: true,
  incrementalFile: `.mutation/${name}/incremental.json`,
  tempDirName: `.mutation/${name}/sandbox`,
  concurrency: Number(process.env.SLUICE_MUTATION_WORKERS ?? 2),
  timeoutMS: 4_000,
  tsconfigFile: 'none.json',
};
