/**
 * npm run bench [-- --runs N] [--only NAME]... [--json FILE]: the figures that Sluice promises. Medians; exits 1 where one is
 * not kept. Run it on a machine that does nothing else.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { bundles } from './bundles.ts';
import { cliStart } from './cli-start.ts';
import { costAtRest } from './cost/at-rest.ts';
import { PRICES_AS_OF, PRICES_REGION } from './cost/prices.ts';
import { releaseCost } from './cost/release-cost.ts';
import { turnTheDial } from './dial.ts';
import { type Figure, rounded } from './figure.ts';
import { longRelease } from './long-release.ts';
import { reconciler } from './reconciler/reconciler.ts';
import { releasesAtOnce } from './releases-at-once.ts';
import { simulatedHour } from './simulated-hour.ts';
import { stacks } from './stacks.ts';
import { timeToZero } from './time-to-zero.ts';
import { warmLook } from './warm-look.ts';

type Measure = (runs: number, say: (line: string) => void) => Promise<Figure | Figure[]>;

const MEASURES: Record<string, Measure> = {
  timeToZero,
  turnTheDial,
  bundles,
  stacks,
  cliStart,
  warmLook,
  longRelease,
  releaseCost,
  costAtRest,
  reconciler,
  releasesAtOnce,
  simulatedHour,
};

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    runs: { type: 'string', default: '5' },
    only: { type: 'string', multiple: true, default: [] },
  },
});
const runs = Number(values.runs);
if (!Number.isInteger(runs) || runs < 1)
  stop(`--runs is ${JSON.stringify(values.runs)}; expected a whole number, 1 or more`);
for (const name of values.only) {
  if (!Object.hasOwn(MEASURES, name))
    stop(`--only is ${JSON.stringify(name)}; known: ${Object.keys(MEASURES).join(', ')}`);
}

const say = (line: string) => console.log(line);
say(`Node ${process.version}, ${runs} runs each; prices of ${PRICES_AS_OF}, ${PRICES_REGION}\n`);
const figures: Figure[] = [];
for (const [name, measure] of Object.entries(MEASURES)) {
  if (values.only.length > 0 && !values.only.includes(name)) continue;
  const measured = [await measure(runs, say)].flat();
  figures.push(...measured);
  for (const figure of measured) say(sentenceOf(figure));
  say('');
}
if (values.json !== undefined) {
  await writeFile(values.json, `${JSON.stringify({ node: process.version, runs, figures }, null, 2)}\n`);
}
process.exit(figures.every(figure => figure.kept) ? 0 : 1);

function sentenceOf({ name, median, unit, min, max, limit, kept }: Figure): string {
  const spread =
    min === max
      ? `${rounded(median)} ${unit}`
      : `median ${rounded(median)} ${unit} (${rounded(min)} to ${rounded(max)})`;
  const verdict = limit === null ? 'seen' : kept ? 'kept' : 'NOT KEPT';
  return `${verdict}: ${name}: ${spread}${limit === null ? '' : `, limit ${limit}`}`;
}

function stop(message: string): never {
  console.error(message);
  process.exit(2);
}
