import { statSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { partOfEnvironment } from './scripts/mutation/parts.ts';

const LARGEST_FILE_BYTES = 1_000_000;
/** Properties last; of the others the short files first, which are quick to load. */
const weightOf = ({ moduleId }: TestSpecification): number =>
  statSync(moduleId).size + (moduleId.endsWith('.prop.test.ts') ? LARGEST_FILE_BYTES : 0);

/** The first test that fails ends the run of a mutant, so the quick ones come first. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => weightOf(a) - weightOf(b));
  }
}

/** What `npm run mutate` runs against each mutant of one part of domain/. */
export default defineConfig({
  test: {
    include: partOfEnvironment().tests,
    exclude: ['**/*.scipy.test.ts'],
    setupFiles: ['./scripts/mutation/setup.ts'],
    sequence: { sequencer: QuickFirst },
    isolate: false,
    testTimeout: 30_000,
  },
});
