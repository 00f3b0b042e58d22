import { readFile } from 'node:fs/promises';
import { parsePlan } from '../../adapters/plan-file/read-plan.ts';
import { UnfinishedError } from '../../domain/errors.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { ApprovalMeant } from '../../domain/release/approvals.ts';
import { hookOf } from '../../domain/steps/hook/plan.ts';
import type { WorkloadOf } from '../../domain/workload.ts';
import type { Lab } from '../lab.ts';
import { startLoad } from '../load/load.ts';
import { type ReleaseRow, rowOf, watchRelease } from '../watch-release.ts';
import { addWorkload, pushImage } from '../workload.ts';
import { type DemoRelease, REQUESTS_PER_SECOND, serverProgram } from './releases.ts';
import { openSmokeHook } from './smoke-hook.ts';
import type { View } from './view.ts';

export type DemoRow = ReleaseRow & { expected: DemoRelease['expected']; asItShould: boolean };

/** A release of the demo has not ended in time: the computer is too slow, or too busy with something else. */
export class NotEndedError extends UnfinishedError {
  override readonly name = 'NotEndedError';
}

/** Longer than any release of the demo takes, wall clock: then the demo says which one did not end. */
const RELEASE_WITHIN_MS = 70_000;
const REPLICAS = 2;
/** As in canary.yaml. */
const SLOW_MS = 1_000;

/** Prepares a workload with its stable version, and answers what runs its release. */
export async function prepare(lab: Lab, release: DemoRelease): Promise<(view: View) => Promise<DemoRow>> {
  const plan = await readPlan(release);
  const workload = await addWorkload(lab, {
    name: release.name,
    host: hostOf(release),
    plan,
    stable: serverProgram('v1', []),
    stableTag: 'v1',
    tags: 'v*',
    replicas: REPLICAS,
    readyPath: '/ready',
    ...(plan.preview === undefined ? {} : { previewHeader: plan.preview.header }),
  });
  return view => run(lab, { release, workload, plan, view });
}

export const hostOf = (release: DemoRelease): string => `${release.name}.lab`;

async function readPlan(release: DemoRelease): Promise<Plan> {
  const file = release.plan === 'canary' ? 'canary.yaml' : 'blue-green.yaml';
  const text = (await readFile(new URL(file, import.meta.url), 'utf8')).replace(
    'workload: shop',
    `workload: ${release.name}`,
  );
  const parsed = parsePlan(text, file);
  if (parsed.kind === 'mistakes') throw new Error(`${file}: ${JSON.stringify(parsed.mistakes)}`);
  return parsed.plan;
}

async function run(
  lab: Lab,
  { release, workload, plan, view }: { release: DemoRelease; workload: WorkloadOf<'alb'>; plan: Plan; view: View },
): Promise<DemoRow> {
  const host = hostOf(release);
  const hook = await openHook(lab, plan, host);
  const load = await startLoad({ url: lab.edge.url, host, requestsPerSecond: REQUESTS_PER_SECOND, slowMs: SLOW_MS });
  const tooLate = new AbortController();
  const timer = setTimeout(() => {
    const within = `${RELEASE_WITHIN_MS / 1000} s`;
    tooLate.abort(new NotEndedError(`${release.name} did not end within ${within}: is this computer busy?`));
  }, RELEASE_WITHIN_MS);
  try {
    const ended = watchRelease(lab, {
      workload: release.name,
      signal: tooLate.signal,
      onLine: line => {
        view.line(release.name, line, plan);
        if (line.fact.kind === 'approvalOpened')
          approve(lab, { releaseId: line.releaseId, name: line.fact.name, opening: line.seq });
      },
    });
    await lab.deps.workloads.register({ ...(await lab.deps.workloads.read(release.name)), plan: hook.plan });
    pushImage(lab, release.name, 'v2', serverProgram('v2', release.canary)); // which starts the release
    const row = await rowOf(lab, { name: release.name, workload, release: await ended, report: await load.stop() });
    return { ...row, expected: release.expected, asItShould: asItShould(release, row) };
  } finally {
    clearTimeout(timer);
    await load.stop();
    hook.close();
  }
}

/** The plan's hook, answered by the demo itself. */
async function openHook(lab: Lab, plan: Plan, host: string): Promise<{ plan: Plan; close(): void }> {
  if (plan.preview === undefined) return { plan, close: () => {} };
  const hook = await openSmokeHook({ url: lab.edge.url, host, header: plan.preview.header, version: 'v2' });
  const steps = plan.steps.map(step => (hookOf(step) === undefined ? step : { ...step, url: hook.url }));
  return { plan: { ...plan, steps }, close: hook.close };
}

/** A person in the demo's release-managers. */
function approve(lab: Lab, meant: ApprovalMeant): void {
  const asked = lab.invoke('approve', { ...meant, by: 'a release manager', groups: ['release-managers'] });
  asked.catch(error => console.error(`the demo could not approve ${meant.name} of ${meant.releaseId}: ${error}`));
}

function asItShould(release: DemoRelease, row: ReleaseRow): boolean {
  const shifted = row.weights.filter(weight => weight > 0);
  return (
    row.outcome === release.expected &&
    (release.expectedReasons?.some(reason => reason === row.reason) ?? row.reason === null) &&
    row.lost === 0 &&
    shifted.length >= release.leastWeights &&
    shifted.every(weight => weight <= release.mostWeight)
  );
}
