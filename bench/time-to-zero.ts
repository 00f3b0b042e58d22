import { parsePlan } from '../adapters/plan-file/read-plan.ts';
import { fixedText } from '../domain/number-text.ts';
import { serverProgram } from '../lab/demo/releases.ts';
import { type Lab, openLab } from '../lab/lab.ts';
import { startLoad } from '../lab/load/load.ts';
import { rowOf, watchRelease } from '../lab/watch-release.ts';
import { addWorkload, pushImage } from '../lab/workload.ts';
import { type Figure, figureOf } from './figure.ts';

const REQUESTS_PER_SECOND = 200;
/** A window of 60 s of the plan takes a second. */
const COMPRESS = 60;
const WINDOW_WALL_SECONDS = 1;
/** As in the demo: metrics are seen 20 s after their minute and whole 10 s later, on the lab's clock. */
const PUBLISHING = { lateSeconds: 20, growsForSeconds: 10, growFrom: 0.8 };

const PLAN = `
apiVersion: sluice/v1
kind: Plan
workload: NAME
strategy: canary
window: 60s
metrics:
  - name: errors
    source: { kind: cloudwatch, bad: failedRequests }
    judge: { kind: threshold, failureCondition: 'result[0] > 0.02', failureLimit: 0 }
steps:
  - setWeight: 10
  - bake: 20m
  - setWeight: 100
soak: 1m
`;

/**
 * From the first bad answer that a client gets of the canary, at 10 % of 200 requests a second, to the change of the
 * rule that gives it 0 %. The fault begins at another instant of a window in every run: `badAfterMs` differs.
 */
export async function timeToZero(runs: number, say: (line: string) => void): Promise<Figure> {
  const lab = await openLab({ compress: COMPRESS, publishing: PUBLISHING });
  const seconds: number[] = [];
  try {
    for (let run = 0; run < runs; run += 1) {
      const badAfterMs = 3_000 + Math.round((run * 1_000) / runs);
      const measured = await oneRun(lab, `zero-${run}`, badAfterMs);
      say(
        `  run ${run + 1}: the fault begins ${badAfterMs} ms after the start; dial at 0 after ${fixedText(measured, 2)} s`,
      );
      seconds.push(measured);
    }
  } finally {
    await lab.close();
  }
  return figureOf({
    name: 'from the first bad answer to the dial at 0, 10 % of 200 requests a second, windows of 1 s',
    unit: 's',
    values: seconds,
    limit: WINDOW_WALL_SECONDS + 1.5,
  });
}

async function oneRun(lab: Lab, name: string, badAfterMs: number): Promise<number> {
  const parsed = parsePlan(PLAN.replace('NAME', name), 'bench');
  if (parsed.kind === 'mistakes') throw new Error(JSON.stringify(parsed.mistakes));
  const host = `${name}.lab`;
  const stable = serverProgram('v1', []);
  const workload = await addWorkload(lab, { name, host, plan: parsed.plan, stable, replicas: 2, readyPath: '/ready' });
  pushImage(lab, name, 'v2', serverProgram('v2', ['ERROR_SHARE=0.5', `BAD_AFTER_MS=${badAfterMs}`]));
  const load = await startLoad({ url: lab.edge.url, host, requestsPerSecond: REQUESTS_PER_SECOND });
  try {
    const ended = watchRelease(lab, { workload: name, signal: AbortSignal.timeout(60_000) });
    await lab.invoke('start', { workload: name, image: 'v2', by: 'bench' });
    const row = await rowOf(lab, { name, workload, release: await ended, report: await load.stop() });
    if (row.secondsFromFirstBadToZero === null || row.lost > 0)
      throw new Error(`not a run to measure: ${JSON.stringify(row)}`);
    return row.secondsFromFirstBadToZero;
  } finally {
    await load.stop();
  }
}
