/**
 * npm run simulate -- --seeds N [--from N] [--workers N]: that many simulated worlds; exits 1 where a rule was broken, and
 * prints the trace of each such seed.
 * npm run simulate -- --seed N: one of them again, with its whole trace.
 */
import { parseArgs } from 'node:util';
import { tooManyFalseAlarms } from './checks/false-alarms.ts';
import { runSeeds } from './run-seeds.ts';
import { scenarioOf } from './scenario-of.ts';
import { scenarioText } from './scenario-text.ts';
import { simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '300' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    workers: { type: 'string' },
  },
});

/** Traces of more failed seeds than this are left out: they are one call away. */
const TRACES_MAX = 3;

if (values.seed !== undefined) await replay(wholeNumber('--seed', values.seed));
else await many();

async function replay(seed: number): Promise<void> {
  const scenario = scenarioOf(seed);
  console.log(scenarioText(scenario));
  const { trace, violations, ends } = await simulate(scenario);
  console.log(trace.join('\n'));
  console.log(`\n${ends.map(endText).join('\n')}`);
  process.exitCode = violations.length === 0 ? 0 : 1;
}

async function many(): Promise<void> {
  const count = wholeNumber('--seeds', values.seeds);
  const from = wholeNumber('--from', values.from);
  const workers = values.workers === undefined ? {} : { workers: wholeNumber('--workers', values.workers) };
  const startedAtMs = performance.now();
  let ended = 0;
  const report = await runSeeds({ from, count, ...workers }, result => {
    ended += 1;
    for (const { rule, how } of result.violations) console.log(`seed ${result.seed} FAILED: ${rule}: ${how}`);
    if (ended % 100 === 0)
      console.log(`${ended} of ${count} seeds, ${Math.round((performance.now() - startedAtMs) / 1000)} s`);
  });
  for (const { seed, trace } of report.failed.slice(0, TRACES_MAX)) {
    console.log(`\nThe trace of seed ${seed} (again: npm run simulate -- --seed ${seed})\n`);
    console.log(scenarioText(scenarioOf(seed)));
    console.log(trace?.join('\n'));
  }
  console.log(`\nWhat the seeds met:`);
  for (const what of Object.keys(report.coverage).sort()) {
    console.log(`  ${String(report.coverage[what]).padStart(8)}  ${what}`);
  }
  const falseAlarms = tooManyFalseAlarms(report.coverage);
  if (falseAlarms !== undefined) console.log(`\nFAILED: ${falseAlarms}`);
  const seconds = (performance.now() - startedAtMs) / 1000;
  console.log(
    `\nseeds ${from} to ${from + count - 1}: ${report.failed.length} failed; ${Math.round(report.virtualHours)} virtual hours in ${Math.round(seconds)} s`,
  );
  process.exitCode = report.failed.length === 0 && falseAlarms === undefined ? 0 : 1;
}

function endText({ releaseId, outcome, reason }: { releaseId: string; outcome: string; reason?: string }): string {
  return `${releaseId}: ${outcome}${reason === undefined ? '' : ` (${reason})`}`;
}

function wholeNumber(flag: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  console.error(`${flag} is ${JSON.stringify(text)}; expected a whole number, 1 or more`);
  process.exit(2);
}
