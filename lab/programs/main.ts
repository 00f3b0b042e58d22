/**
 * npm run lab:programs [-- KIND... --at-once N --compress N]: each program of the catalogue through `sluice lab`, and a table of
 * how each ended. Exits 0 only if each was promoted or taken back as it should be.
 */
import { parseArgs } from 'node:util';
import { tableText } from '../../adapters/terminal/table.ts';
import { fixedText } from '../../domain/number-text.ts';
import { CATALOGUE, type CatalogueEntry } from './catalogue.ts';
import { type ProgramRun, runProgram } from './run-program.ts';

/** What two cores carry without being late. */
const AT_ONCE = '2';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { 'at-once': { type: 'string', default: AT_ONCE }, compress: { type: 'string' } },
});

const stopping = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stopping.abort());

process.exitCode = await main();

async function main(): Promise<number> {
  const unknown = positionals.filter(kind => !CATALOGUE.some(entry => entry.kind === kind));
  const atOnce = Number(values['at-once']);
  if (unknown.length > 0 || !(Number.isInteger(atOnce) && atOnce > 0)) {
    const known = CATALOGUE.map(({ kind }) => kind).join(', ');
    console.error(
      unknown.length > 0
        ? `there is no program ${unknown.join(', ')}; expected some of ${known}`
        : `--at-once is ${JSON.stringify(values['at-once'])}; expected a whole number above 0`,
    );
    return 2;
  }
  const entries = positionals.length === 0 ? CATALOGUE : CATALOGUE.filter(({ kind }) => positionals.includes(kind));
  const more = values.compress === undefined ? [] : ['--compress', values.compress];
  const run = async (entry: CatalogueEntry): Promise<ProgramRun> => {
    const ended = await runProgram(entry, { more, signal: stopping.signal });
    const how = ended.wrong === undefined ? 'ok   ' : isTooBusy(ended) ? 'again' : 'WRONG';
    console.log(`${how}  ${entry.kind} (${fixedText(ended.seconds, 0)} s)`);
    return ended;
  };
  const runs = await all(entries, atOnce, run);
  for (const [at, ended] of runs.entries()) {
    if (isTooBusy(ended) && !stopping.signal.aborted) runs[at] = await run(ended.entry);
  }
  if (stopping.signal.aborted) return 130;
  console.log(`\n${table(runs)}`);
  const wrong = runs.filter(run => run.wrong !== undefined);
  for (const { entry, wrong: why, output } of wrong) console.log(`${entry.kind}: ${why}\n${output}`);
  console.log(`${runs.length - wrong.length} of ${runs.length} programs ended as they should`);
  return wrong.length === 0 ? 0 : 1;
}

/** The computer was too busy for a verdict, which says nothing of the program: it is run once more, with no other beside it. */
function isTooBusy({ row, wrong }: ProgramRun): boolean {
  return wrong !== undefined && row?.reason === 'noEvidence';
}

/** So many at once, the answers in the order of the entries. */
async function all(
  entries: readonly CatalogueEntry[],
  atOnce: number,
  run: (entry: CatalogueEntry) => Promise<ProgramRun>,
): Promise<ProgramRun[]> {
  const runs: ProgramRun[] = [];
  const left = entries.map((entry, at) => ({ entry, at }));
  const worker = async () => {
    for (let next = left.shift(); next !== undefined && !stopping.signal.aborted; next = left.shift()) {
      runs[next.at] = await run(next.entry);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return runs;
}

function table(runs: readonly ProgramRun[]): string {
  return tableText([
    ['program', 'outcome', 'reason', 'weights', 'failed', 'lost', 'first bad\nto 0 %', 'as it\nshould'],
    ...runs.map(({ entry, row, wrong }) => [
      entry.kind,
      row?.outcome ?? 'none',
      row?.reason ?? '',
      (row?.weights ?? []).join(' '),
      `${row?.failed ?? ''}`,
      `${row?.lost ?? ''}`,
      row?.secondsFromFirstBadToZero == null ? '' : `${fixedText(row.secondsFromFirstBadToZero, 1)} s`,
      wrong === undefined ? 'yes' : 'NO',
    ]),
  ]);
}
