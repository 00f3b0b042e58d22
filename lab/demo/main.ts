/**
 * npm run demo [-- --json FILE] [--keep]: six releases on real traffic, all at once, and how each of them ended.
 * Exits 0 only if each ended as it should and no request was lost.
 */
import { writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { tableText } from '../../adapters/terminal/table.ts';
import { wrap } from '../../adapters/terminal/wrap.ts';
import { fixedText, groupedText } from '../../domain/number-text.ts';
import { type Lab, openLab } from '../lab.ts';
import { LAB_FILE, writeFreeLabFile } from '../lab-file.ts';
import { startLoad } from '../load/load.ts';
import { DEMO_RELEASES, REQUESTS_PER_SECOND } from './releases.ts';
import { type DemoRow, hostOf, NotEndedError, prepare } from './run.ts';
import { liveView, plainView } from './view.ts';

/** A minute of a plan takes a second. */
const COMPRESS = 60;
/**
 * CloudWatch's points of an ALB come 1 to 3 minutes late; so that the demo shows the way back rather than the wait, the
 * lab's come after 20 s and are whole after 10 s more (lab clock).
 */
const PUBLISHING = { lateSeconds: 20, growsForSeconds: 10, growFrom: 0.8 };
/** Requests a second for each workload that is kept. */
const KEPT_REQUESTS_PER_SECOND = 20;

const { values } = parseArgs({
  options: { json: { type: 'string' }, keep: { type: 'boolean', default: false } },
});

let lab: Lab | undefined;
let interrupted = false;
const interrupt = () => {
  if (interrupted) process.exit(130); // the second time: at once; the pods' processes are killed on exit
  interrupted = true;
  void (lab?.close() ?? Promise.resolve()).finally(() => process.exit(130));
};
process.on('SIGINT', interrupt);
process.on('SIGTERM', interrupt);

process.exitCode = await main();

async function main(): Promise<number> {
  console.log('Six releases of six services, each with real server processes.');
  console.log(`A load balancer sends each service ${REQUESTS_PER_SECOND} requests a second.`);
  console.log('Time is compressed: a minute of a plan takes a second.\n');
  const open = await openLab({ compress: COMPRESS, publishing: PUBLISHING });
  lab = open;
  try {
    const runs = await Promise.all(DEMO_RELEASES.map(release => prepare(open, release)));
    const summaries = Object.fromEntries(DEMO_RELEASES.map(({ name, summary }) => [name, summary]));
    const view = process.stdout.isTTY
      ? await liveView(summaries)
      : plainView(text => process.stdout.write(text), performance.now.bind(performance));
    const rows = await Promise.all(runs.map(run => run(view)));
    view.end();
    console.log(`\n${table(rows)}`);
    if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify({ releases: rows }, null, 2)}\n`);
    const wrong = rows.filter(row => !row.asItShould);
    for (const row of wrong) {
      console.log(wrap(`${row.name} did not end as it should (${row.expected}): ${row.outcome}, ${row.because}`));
    }
    if (wrong.length === 0) console.log('Each release ended as it should, and no request was lost.');
    if (values.keep) await keep(open);
    return wrong.length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof NotEndedError)) throw error;
    console.log(`\n${error.message}`);
    return 1;
  } finally {
    await open.close();
  }
}

function table(rows: DemoRow[]): string {
  const head = ['release', 'outcome', 'reason', 'first error\nto rollback', 'requests', 'failed', 'by\ncanary', 'lost'];
  return tableText([
    head,
    ...rows.map(row => {
      const seconds = row.secondsFromFirstBadToZero;
      return [
        row.name,
        row.outcome,
        row.reason ?? '',
        seconds === null ? '' : `${fixedText(seconds, 2)} s`,
        ...[row.requests, row.failed, row.failedByCanary, row.lost].map(groupedText),
      ];
    }),
  ]);
}

/** Leaves the lab running, with some traffic, until Ctrl-C. */
async function keep(open: Lab): Promise<void> {
  const { url } = open.edge;
  for (const release of DEMO_RELEASES) {
    await startLoad({ url, host: hostOf(release), requestsPerSecond: KEPT_REQUESTS_PER_SECOND });
  }
  const file = writeFreeLabFile(open);
  const labOption = file.path === LAB_FILE ? '' : ` --lab ${file.path}`;
  console.log('\nThe lab keeps running until Ctrl-C. In another terminal:');
  console.log(`  curl -H 'Host: healthy.lab' ${url}`);
  console.log(`  npx sluice status${labOption}`);
  console.log(`  npx sluice undo healthy --wait${labOption}`);
  console.log(`  npx sluice start healthy --image v2 --wait${labOption}`);
  process.on('exit', file.remove);
  await new Promise(() => {}); // until Ctrl-C
}
