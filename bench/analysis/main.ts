import { fixedText } from '../../domain/number-text.ts';

/**
 * npm run bench:analysis [-- --quick] [--json FILE] [--seed N] [--profile NAME] [--long N] [--workers N] [--only plans]: the figures that
 * docs/statistics.md promises of the judgement, simulated. Exits 1 where a limit is missed and says which.
 */

import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { profileNamed } from '../../comparison/profiles.ts';
import { DEFAULT_PROFILE } from '../../domain/statistics/sequential/profile.ts';
import { benchAnalysis } from './bench.ts';
import { FULL, QUICK } from './measure.ts';
import { sectionText } from './text.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    seed: { type: 'string', default: '20261121' },
    profile: { type: 'string', default: DEFAULT_PROFILE.name },
    long: { type: 'string' },
    workers: { type: 'string', default: '2' },
    only: { type: 'string' },
  },
});

const size = values.quick ? QUICK : FULL;
const long = values.long === undefined ? size.long : wholeNumber('long', values.long, 1);
const seed = wholeNumber('seed', values.seed, 0);
const workers = wholeNumber('workers', values.workers, 0);
refuse(() => profileNamed(values.profile));
if (values.only !== undefined && values.only !== 'plans')
  fail(`--only is ${JSON.stringify(values.only)}; expected plans`);

console.log(`Node ${process.version}, profile ${values.profile}, seed ${seed}, ${workers} workers\n`);
const report = await benchAnalysis(
  { size: { ...size, long }, seed, profile: values.profile, workers, onlyPlans: values.only === 'plans' },
  section => console.log(`${clear()}${sectionText(section)}`),
  (done, all) => process.stderr.isTTY && process.stderr.write(`\r${done} of ${all}`),
);
if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
console.log(`${fixedText(report.seconds, 0)} s`);
for (const figure of report.missed) console.error(`MISSED: ${figure}`);
process.exitCode = report.missed.length === 0 ? 0 : 1;

function clear(): string {
  return process.stderr.isTTY ? '\r' : '';
}

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least && text.trim() !== '') return value;
  return fail(`--${name} is ${JSON.stringify(text)}; expected a whole number, ${least} or more`);
}

function refuse(read: () => unknown): void {
  try {
    read();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    fail(`--profile: ${error.message}`);
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}
