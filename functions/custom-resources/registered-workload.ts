import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import { checkPlanInput } from '../../adapters/plan-file/check-plan-input.ts';
import { type RegisteredWorkload, WorkloadNotFoundError, type Workloads } from '../../adapters/workloads/workloads.ts';
import { type Issue, pathText } from '../../domain/file/issue.ts';
import { checkWorkload } from '../../domain/workload-file.ts';
import { lazily, openLedger, openShared, openWorkloads } from '../shared/open.ts';
import { type CustomResourceDeps, makeCustomResource, NOTHING_MADE } from './cloud-formation.ts';
import { requireNoRelease } from './require-no-release.ts';

export interface RegisteredWorkloadDeps extends CustomResourceDeps {
  ledger: Ledger;
  workloads: Workloads;
}

const json = z.string().transform((text): unknown => JSON.parse(text));
/** Both in the shape of their files, as JSON: only now are the ARNs in them known. */
const propertiesSchema = z.object({ Workload: json, Plan: json });

/**
 * What the control plane knows of a workload: where it is, and the plan that its releases run. A release that is on its way
 * has its own frozen copy, so a change is always safe; only forgetting it is not.
 */
export const makeHandler = (deps: RegisteredWorkloadDeps) =>
  makeCustomResource('registered-workload', deps, async request => {
    if (request.RequestType === 'Delete') {
      const { PhysicalResourceId: name } = request;
      if (name === NOTHING_MADE) return { physicalId: name };
      await requireNoRelease(deps.ledger, name);
      await deps.workloads.remove(name);
      return { physicalId: name };
    }
    const registered = parse(propertiesSchema.parse(request.ResourceProperties));
    const { name } = registered.workload;
    const there = await readIfThere(deps.workloads, name);
    if (request.RequestType === 'Create' || request.PhysicalResourceId !== name) requireOurs(there, registered);
    // what was pushed before it came to us is not released by itself; a later change of it does not move that
    const registeredAtEpochMs = there?.registeredAtEpochMs ?? deps.clock.now();
    await deps.workloads.register({ ...registered, registeredAtEpochMs });
    return { physicalId: name };
  });

function parse(given: z.infer<typeof propertiesSchema>): RegisteredWorkload {
  const checked = checkWorkload(given.Workload);
  if (checked.kind === 'issues') throw new Error(`the workload: ${textOf(checked.issues)}`);
  const plan = checkPlanInput(given.Plan, checked.workload);
  if (plan.kind === 'issues') throw new Error(`the plan of ${checked.workload.name}: ${textOf(plan.issues)}`);
  return { workload: checked.workload, plan: plan.plan };
}

const textOf = (issues: Issue[]): string =>
  issues.map(({ path, found, expected }) => `${pathText(path)}: found ${found}; expected ${expected}`).join('. ');

/** Two stacks with one name would turn each other's dials. A try whose answer was lost finds its own item. */
function requireOurs(there: RegisteredWorkload | undefined, { workload }: RegisteredWorkload): void {
  if (there === undefined) return;
  const { blue, green } = there.workload.router.targetGroups;
  const ours = workload.router.targetGroups;
  if (blue === ours.blue && green === ours.green) return;
  throw new Error(`workload ${workload.name} is registered already, with the target groups ${blue} and ${green}`);
}

async function readIfThere(workloads: Workloads, name: string): Promise<RegisteredWorkload | undefined> {
  try {
    return await workloads.read(name);
  } catch (error) {
    if (!(error instanceof WorkloadNotFoundError)) throw error;
    return undefined;
  }
}

export const handler = lazily(env =>
  makeHandler({ ...openShared(env), pause, ledger: openLedger(env), workloads: openWorkloads(env) }),
);
