/**
 * `npm run mutate [-- FILES...]`: mutation testing of domain/ (or of the files named, globs included). Every mutant that no
 * test notices must stand in test/mutation/survivors.json with the reason why that is right; the score must be 90 or more.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mutantsOf, verdictOn } from './mutation/verdict.ts';

const LEAST_SCORE = 90;
const files = process.argv.slice(2);
const ran = spawnSync('stryker', ['run', ...(files.length > 0 ? ['--mutate', files.join(',')] : [])], {
  stdio: 'inherit',
});
if (ran.status !== 0) process.exit(ran.status ?? 1);

const report: unknown = JSON.parse(readFileSync('.mutation/report.json', 'utf8'));
const known: unknown = JSON.parse(readFileSync('test/mutation/survivors.json', 'utf8'));
const verdict = verdictOn(mutantsOf(report), known, { leastScore: LEAST_SCORE, whole: files.length === 0 });
for (const line of verdict.lines) console.log(line);
process.exit(verdict.ok ? 0 : 1);
