/**
 * npm run bench [-- --runs N] [--json FILE]: the figures that Sluice promises, measured in the lab. Medians; exits 1 where one
 * is not kept. Run it on a machine that does nothing else.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { turnTheDial } from './dial.ts';
import type { Figure } from './figure.ts';
import { timeToZero } from './time-to-zero.ts';

const { values } = parseArgs({ options: { json: { type: 'string' }, runs: { type: 'string', default: '5' } } });
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1) {
  console.error(`--runs is ${JSON.stringify(values.runs)}; expected a whole number, 1 or more`);
  process.exit(2);
}

const say = (line: string) => console.log(line);
console.log(`Node ${process.version}, ${runs} runs each\n`);
const figures: Figure[] = [];
for (const measure of [timeToZero, turnTheDial]) {
  const figure = await measure(runs, say);
  figures.push(figure);
  const { name, median, unit, min, max, limit, kept } = figure;
  console.log(
    `${kept ? 'kept' : 'NOT KEPT'}: ${name}: median ${round(median)} ${unit} (${round(min)} to ${round(max)}), limit ${limit}\n`,
  );
}
if (values.json !== undefined) {
  await writeFile(values.json, `${JSON.stringify({ node: process.version, runs, figures }, null, 2)}\n`);
}
process.exit(figures.every(figure => figure.kept) ? 0 : 1);

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
