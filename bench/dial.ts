import { setTimeout as delay } from 'node:timers/promises';
import { parsePlan } from '../adapters/plan-file/read-plan.ts';
import { dialFor } from '../domain/dial.ts';
import { serverProgram } from '../lab/demo/releases.ts';
import { openLab } from '../lab/lab.ts';
import { startLoad } from '../lab/load/load.ts';
import { answeredOf, lostOf } from '../lab/load/report.ts';
import { addWorkload, fillSlot, pushImage } from '../lab/workload.ts';
import { type Figure, figureOf } from './figure.ts';

const REQUESTS_PER_SECOND = 300;
const ROUNDS = 20;
/** Wall clock between two turns: some thirty requests meet each of them. */
const BETWEEN_MS = 100;

const PLAN = `
apiVersion: sluice/v1
kind: Plan
workload: dial
strategy: canary
steps:
  - setWeight: 100
`;

/** The dial goes 0, 25, 50, 100 and back, 20 times, under 300 requests a second: how many requests are lost. */
export async function turnTheDial(runs: number, say: (line: string) => void): Promise<Figure> {
  const lost: number[] = [];
  for (let run = 0; run < runs; run += 1) lost.push(await oneRun(say, run + 1));
  return figureOf({
    name: `lost, dial 0 to 100 and back ${ROUNDS} times at ${REQUESTS_PER_SECOND} requests a second`,
    unit: 'requests',
    values: lost,
    limit: 0,
  });
}

async function oneRun(say: (line: string) => void, run: number): Promise<number> {
  const parsed = parsePlan(PLAN, 'bench');
  if (parsed.kind === 'mistakes') throw new Error(JSON.stringify(parsed.mistakes));
  const lab = await openLab({ compress: 60 });
  try {
    const workload = await addWorkload(lab, {
      name: 'dial',
      plan: parsed.plan,
      stable: serverProgram('v1', []),
      replicas: 2,
      readyPath: '/ready',
    });
    const uri = pushImage(lab, 'dial', 'v2', serverProgram('v2', []));
    await fillSlot(lab, workload, { slot: 'green', uri, replicas: 2 });
    const load = await startLoad({ url: lab.edge.url, requestsPerSecond: REQUESTS_PER_SECOND });
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const weight of [25, 50, 100, 50, 25, 0]) {
        await lab.deps.router.setDial(workload, dialFor('green', weight));
        await delay(BETWEEN_MS);
      }
    }
    const report = await load.stop();
    const served = await servedBy(lab.kubernetes.pods());
    say(`  run ${run}: ${report.sent} sent, ${answeredOf(report)} answered, ${served} counted by the servers`);
    // what was answered and what the servers say they served must be the same requests
    return lostOf(report, undefined) + Math.abs(answeredOf(report) - served);
  } finally {
    await lab.close();
  }
}

/** The servers' own counters. */
async function servedBy(pods: readonly { host: string; port?: number }[]): Promise<number> {
  let served = 0;
  for (const { host, port } of pods) {
    const answer = await fetch(`http://${host}:${port}/counters`);
    served += ((await answer.json()) as { requests: number }).requests;
  }
  return served;
}
