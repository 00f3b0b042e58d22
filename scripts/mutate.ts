/**
 * `npm run mutate [-- PART... | FILE...]`: mutation testing of domain/, of some of its parts (scripts/mutation/parts.ts) or of
 * some of its files. Prints every mutant that no test notices with its place, and the score of each part; exits 1 where the
 * score of one is below 90. The scores as they were measured last: docs/mutation.md. What has not changed since the run before
 * is not run again; .mutation/PART/ keeps the report.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { PART_VARIABLE, PARTS, type PartName } from './mutation/parts.ts';
import { type MutationResult, mutantsOf, resultOf, scoreLine, scoreOf } from './mutation/report.ts';

const LEAST_SCORE = 90;
const NAMES = Object.keys(PARTS) as PartName[];
const wanted = process.argv.slice(2);
const partOf = (word: string): PartName => {
  const found = NAMES.find(name => name === word || globSync(PARTS[name].mutate).includes(word));
  if (found === undefined) throw new Error(`${word} is neither a file of domain/ nor one of ${NAMES.join(', ')}`);
  return found;
};

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

function mutate(part: PartName): MutationResult {
  const files = wanted.filter(word => word !== part && partOf(word) === part);
  forgetStaticSurvivors(`.mutation/${part}/incremental.json`);
  const ran = spawnSync('stryker', ['run', ...(files.length > 0 ? ['--mutate', files.join(',')] : [])], {
    stdio: 'inherit',
    env: { ...process.env, [PART_VARIABLE]: part },
  });
  if (ran.status !== 0) process.exit(ran.status ?? 1);
  const mutants = mutantsOf(readJson(`.mutation/${part}/report.json`));
  return resultOf(mutants.filter(({ file }) => files.length === 0 || files.includes(file)));
}

/** Of what runs when a module is loaded Stryker knows no tests, so it would keep such a survivor whatever tests were added. */
function forgetStaticSurvivors(path: string): void {
  if (!existsSync(path)) return;
  const results = readJson(path) as { files: Record<string, { mutants: { static?: boolean; status: string }[] }> };
  for (const file of Object.values(results.files)) {
    file.mutants = file.mutants.filter(mutant => mutant.static !== true || mutant.status !== 'Survived');
  }
  writeFileSync(path, JSON.stringify(results));
}

const parts = wanted.length === 0 ? NAMES : NAMES.filter(name => wanted.some(word => partOf(word) === name));
const results = parts.map(part => ({ part, result: mutate(part) }));
for (const { file, line, original, replacement } of results.flatMap(({ result }) => result.survivors)) {
  console.log(`survived: ${file}:${line}: ${original} -> ${replacement}`);
}
for (const { part, result } of results) console.log(`${scoreLine(part, result)}, wanted ${LEAST_SCORE}`);
process.exit(results.every(({ result }) => scoreOf(result) >= LEAST_SCORE) ? 0 : 1);
