import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { prometheusProgram } from '../../../lab/prometheus/real-prometheus.ts';
import { makeFolder, processesWith, runCliProcess } from '../../cli/cli-process.ts';

const SERVER = fileURLToPath(new URL('../../../lab/programs/server.ts', import.meta.url));
/** Short, and judged by what the programs count themselves; the load balancer is not asked. */
const PLAN = `apiVersion: sluice/v1
kind: Plan
workload: shop
strategy: canary
metrics:
  - name: errors
    source:
      kind: prometheus
      requests: 'http_requests_total{namespace="\${namespace}",slot="\${slot}"}'
      bad: 'http_requests_total{namespace="\${namespace}",slot="\${slot}",code=~"5.."}'
    judge: { kind: threshold, failureCondition: 'result[0] > 0.1', failureLimit: 0 }
steps:
  - setWeight: 50
  - bake: 2m
  - setWeight: 100
`;

/** `sluice lab` of a server and one with other settings, by that plan. */
async function lab(settings: string[], env: Record<string, string> = {}) {
  const folder = makeFolder();
  onTestFinished(folder.remove);
  writeFileSync(join(folder.path, 'plan.yaml'), PLAN);
  const server = (...more: string[]) => [`'${process.execPath}'`, `'${SERVER}'`, ...more].join(' ');
  const args = [
    'lab',
    '--plan',
    'plan.yaml',
    '--stable',
    server(),
    '--canary',
    server(...settings),
    '--compress',
    '60',
  ];
  // its folder is in the command line of Prometheus, too
  const ended = await runCliProcess(args, { cwd: folder.path, env: { TMPDIR: folder.path, ...env } });
  expect(processesWith(folder.path)).toEqual([]);
  return ended;
}

it('a real Prometheus judges the programs of a lab: one that answers 500 goes back, one as good as stable is promoted', async context => {
  if (prometheusProgram() === undefined) return context.skip('prometheus is not installed: apt-get install prometheus');
  // Act
  const [bad, good] = await Promise.all([lab(['ERROR_SHARE=0.3']), lab([])]);
  // Assess
  expect(bad.out).toMatch(/Prometheus at http:/);
  expect(bad.out).toMatch(/is rolling back \(degraded\)\s+errors: \d+ of \d+ canary requests were bad/);
  expect(bad.out).toMatch(/^rolledBack \(degraded\)\n {2}weights 50 %, 0 %$/m);
  expect(bad.code).toBe(1);
  expect(good.out).toMatch(/bake 2m is done\n +errors: healthy so far: [\s\S]*?0 of \d+ canary\s+requests were bad/);
  expect(good.out).toMatch(/^promoted: .*\n {2}weights 50 %, 100 %$/m);
  expect(good.code).toBe(0);
}, 120_000);

it('a plan that reads Prometheus is refused where there is none, with how to get it', async () => {
  const { code, out, err } = await lab([], { PROMETHEUS: '/nowhere/prometheus' });
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err.replaceAll(/\s+/g, ' ')).toBe(
    'the plan reads errors from Prometheus, and there is none on this computer: install it (apt-get install prometheus), or give its path as PROMETHEUS ',
  );
});
