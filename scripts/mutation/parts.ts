/** A part of domain/ that is mutated by itself, and the tests that have to notice. Globs from the project's root. */
export interface MutationPart {
  mutate: string[];
  tests: string[];
}

const mirror = (folder: string, ...more: string[]): MutationPart => ({
  mutate: [`domain/${folder}/**/*.ts`],
  tests: [`test/domain/${folder}/**/*.test.ts`, ...more],
});

/**
 * Each part is held to the tests that mirror it (and the readers of plan files to what a person gets to read): a mutant
 * that only some far test notices by chance is one nobody looks after. It is also what makes the run bearable.
 */
export const PARTS = {
  sequential: mirror('statistics/sequential', 'test/domain/judges/sequential/*.test.ts'),
  kayenta: mirror('statistics/kayenta'),
  draws: { mutate: ['domain/statistics/*.ts'], tests: ['test/domain/statistics/*.test.ts'] },
  replay: mirror('replay', 'test/adapters/recorded-windows/*.test.ts'),
  conditions: mirror('conditions'),
  windows: mirror('windows'),
  judges: mirror('judges'),
  // without promise.prop.test.ts: seconds of simulation for each mutant, of what the others say exactly
  forecast: { mutate: ['domain/forecast/**/*.ts'], tests: ['test/domain/forecast/!(*.prop).test.ts'] },
  sources: mirror('sources', 'test/domain/plan/*.test.ts', 'test/adapters/plan-file/*.test.ts'),
  routers: mirror('routers'),
  plan: mirror('plan', 'test/adapters/plan-file/*.test.ts'),
  ledger: mirror('ledger'),
  release: mirror('release'),
  slot: mirror('slot'),
  file: mirror('file', 'test/adapters/plan-file/*.test.ts'),
  top: { mutate: ['domain/*.ts'], tests: ['test/domain/*.test.ts', 'test/adapters/plan-file/*.test.ts'] },
} as const satisfies Record<string, MutationPart>;

export type PartName = keyof typeof PARTS;

/** Which part this process is to mutate: Stryker and Vitest are told by the environment, as their files take no argument. */
export const PART_VARIABLE = 'SLUICE_MUTATION_PART';

export function partOfEnvironment(): { name: PartName } & MutationPart {
  const name = process.env[PART_VARIABLE];
  const known = Object.entries(PARTS).find(([part]) => part === name);
  if (known === undefined) {
    throw new Error(`${PART_VARIABLE} is ${name ?? 'not set'}; expected one of ${Object.keys(PARTS).join(', ')}`);
  }
  return { name: known[0] as PartName, ...known[1], mutate: [...known[1].mutate], tests: [...known[1].tests] };
}
