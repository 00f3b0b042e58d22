/**
 * `npm run mutate [-- PART... | FILE...]`: mutation testing of domain/, of some of its parts (scripts/mutation/parts.ts) or of
 * some of its files. Every mutant that no test notices must stand in test/mutation/PART.json with the reason why that is right,
 * and the score must be 90 or more. What has not changed since the run before is not run again; .mutation/PART/ keeps the
 * report and, as `unexplained.json`, what the list lacks in the list's form.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, writeFileSync } from 'node:fs';
import { PART_VARIABLE, PARTS, type PartName } from './mutation/parts.ts';
import { type MutationVerdict, mutantsOf, scoreLine, scoreOf, verdictOn } from './mutation/verdict.ts';

const LEAST_SCORE = 90;
const NAMES = Object.keys(PARTS) as PartName[];
const wanted = process.argv.slice(2);
const partOf = (word: string): PartName => {
  const found = NAMES.find(name => name === word || globSync(PARTS[name].mutate).includes(word));
  if (found === undefined) throw new Error(`${word} is neither a file of domain/ nor one of ${NAMES.join(', ')}`);
  return found;
};

const readJson = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'));

function mutate(part: PartName): MutationVerdict {
  const files = wanted.filter(word => word !== part && partOf(word) === part);
  forgetStaticSurvivors(`.mutation/${part}/incremental.json`);
  const ran = spawnSync('stryker', ['run', ...(files.length > 0 ? ['--mutate', files.join(',')] : [])], {
    stdio: 'inherit',
    env: { ...process.env, [PART_VARIABLE]: part },
  });
  if (ran.status !== 0) process.exit(ran.status ?? 1);
  const mutants = mutantsOf(readJson(`.mutation/${part}/report.json`));
  const list = `test/mutation/${part}.json`;
  const tried = mutants.filter(({ file }) => files.length === 0 || files.includes(file));
  const verdict = verdictOn(tried, existsSync(list) ? readJson(list) : [], files.length === 0);
  writeFileSync(`.mutation/${part}/unexplained.json`, inTheListsForm(verdict));
  return verdict;
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

function inTheListsForm({ unexplained }: MutationVerdict): string {
  const form = unexplained.map(({ file, code, original, replacement }) => ({
    file,
    reason: '',
    mutants: [{ code, original, replacement }],
  }));
  return `${JSON.stringify(form, null, 2)}\n`;
}

const parts = wanted.length === 0 ? NAMES : NAMES.filter(name => wanted.some(word => partOf(word) === name));
const verdicts = parts.map(part => ({ part, verdict: mutate(part) }));
for (const { verdict } of verdicts) {
  for (const { file, line, original, replacement } of verdict.unexplained) {
    console.log(`unexplained: ${file}:${line}: ${original} -> ${replacement}`);
  }
  for (const { file, code, replacement } of verdict.outdated) {
    console.log(`found by now, so without need of a reason: ${file}: ${code} -> ${replacement}`);
  }
}
for (const { part, verdict } of verdicts) console.log(scoreLine(part, verdict));
const all: MutationVerdict = {
  counted: verdicts.reduce((sum, { verdict }) => sum + verdict.counted, 0),
  survived: verdicts.reduce((sum, { verdict }) => sum + verdict.survived, 0),
  unexplained: verdicts.flatMap(({ verdict }) => verdict.unexplained),
  outdated: verdicts.flatMap(({ verdict }) => verdict.outdated),
};
console.log(`${scoreLine('mutation', all)}, wanted ${LEAST_SCORE}`);
process.exit(scoreOf(all) >= LEAST_SCORE && all.unexplained.length === 0 && all.outdated.length === 0 ? 0 : 1);
