import * as z from 'zod';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import { checkPlanInput } from '../../adapters/plan-file/check-plan-input.ts';
import { RouterRuleError } from '../../adapters/router/errors.ts';
import type { TrafficRouter } from '../../adapters/router/router.ts';
import { type RegisteredWorkload, WorkloadNotFoundError, type Workloads } from '../../adapters/workloads/workloads.ts';
import { clusterProblem } from '../../domain/cluster-problem.ts';
import { type Issue, pathText } from '../../domain/file/issue.ts';
import { routerOf } from '../../domain/routers/plan-registry.ts';
import type { Workload } from '../../domain/workload.ts';
import { checkWorkload } from '../../domain/workload-file.ts';
import type { SharedDeps } from '../shared-deps.ts';
import { claimResources, unclaimAll, unclaimOthers } from './claim-resources.ts';
import { type CloudFormationRequest, type Made, NOTHING_MADE } from './request.ts';
import { requireNoRelease } from './require-no-release.ts';

export interface RegisteredWorkloadDeps extends SharedDeps {
  ledger: Ledger;
  workloads: Workloads;
  router: Pick<TrafficRouter, 'readProblem' | 'readOthers'>;
  controlPlane: string;
  /** The clusters that it serves. */
  clusters: readonly string[];
}

const json = z.string().transform((text): unknown => JSON.parse(text));
/** Both in the shape of their files, as JSON: only now are the ARNs in them known. */
const propertiesSchema = z.object({ Workload: json, Plan: json });

/** Of a workload that is to be forgotten no more is read than whose it is: what was taken once must not keep it here. */
const forgottenSchema = z.object({
  Workload: json.pipe(z.looseObject({ name: z.string(), router: z.looseObject({ kind: z.string() }) })),
});

/**
 * What the control plane knows of a workload: where it is, and the plan that its releases run. A release that is on its way
 * has its own frozen copy, so a change is always safe; only forgetting it is not. It belongs to the stack that registered it.
 */
export const keepRegisteredWorkload = (deps: RegisteredWorkloadDeps, request: CloudFormationRequest): Promise<Made> =>
  request.RequestType === 'Delete' ? forget(deps, request) : register(deps, request);

async function register(deps: RegisteredWorkloadDeps, request: CloudFormationRequest): Promise<Made> {
  const registered = parse(propertiesSchema.parse(request.ResourceProperties));
  const { workload } = registered;
  const { name } = workload;
  const elsewhere = clusterProblem(workload, deps);
  if (elsewhere !== undefined) throw new Error(elsewhere);
  const known = request.RequestType === 'Update' ? request.PhysicalResourceId : NOTHING_MADE;
  if (known !== NOTHING_MADE && known !== name) {
    throw new Error(
      `workload ${known} cannot become ${name}: its slots, its rules and its ledger have its name. Make a second workload, then remove this one`,
    );
  }
  const there = await readIfThere(deps.workloads, name);
  if (there !== undefined) requireOurs(deps, there, workload.router, request);
  const problem = await deps.router.readProblem(workload, ownerOf(deps, request));
  if (problem !== undefined) throw new Error(`workload ${name}: ${problem}`);
  const { StackId: stack } = request;
  await claimResources(deps, { workload, stack });
  // what was pushed before it came to us is not released by itself; a later change of it does not move that
  const registeredAtEpochMs = there?.registeredAtEpochMs ?? deps.clock.now();
  const ownedBy = { controlPlane: deps.controlPlane, stack, resource: request.LogicalResourceId };
  await deps.workloads.register({ ...registered, registeredAtEpochMs, ownedBy });
  await unclaimOthers(deps, { workload, stack });
  return { physicalId: name };
}

async function forget(deps: RegisteredWorkloadDeps, request: CloudFormationRequest): Promise<Made> {
  const physicalId = request.RequestType === 'Create' ? NOTHING_MADE : request.PhysicalResourceId;
  const there = await readIfThere(deps.workloads, physicalId);
  if (there === undefined) await forgetUnanswered(deps, request, physicalId);
  else {
    const { Workload } = forgottenSchema.parse(request.ResourceProperties);
    requireOurs(deps, there, Workload.router, request);
    if (there.ownedBy === undefined) await requireOfStack(deps, there, request);
    if (isOfAnotherConstruct(there, request)) return { physicalId };
    await remove(deps, physicalId, request.StackId);
  }
  return { physicalId };
}

async function remove(deps: RegisteredWorkloadDeps, name: string, stack: string): Promise<void> {
  await requireNoRelease(deps.ledger, name);
  await deps.workloads.remove(name);
  await unclaimAll(deps, name, stack);
}

/**
 * Nobody is registered by this name: it was forgotten before, or it is that of a Create which failed or whose answer nobody
 * has. What that Create registered, or claimed, has the stack and the construct of this request.
 */
async function forgetUnanswered(
  deps: RegisteredWorkloadDeps,
  request: CloudFormationRequest,
  physicalId: string,
): Promise<void> {
  const { StackId: stack } = request;
  const asked = forgottenSchema.safeParse(request.ResourceProperties).data?.Workload.name;
  const name = asked ?? physicalId; // with properties that cannot be read nothing was made
  const there = await readIfThere(deps.workloads, name);
  if (there === undefined) return unclaimAll(deps, name, stack);
  const { ownedBy } = there;
  if (ownedBy?.controlPlane !== deps.controlPlane || ownedBy.stack !== stack) return;
  if (ownedBy.resource === request.LogicalResourceId) await remove(deps, name, stack);
}

/** A construct that got another id: its workload was registered again by that one, and is not forgotten with the old one. */
const isOfAnotherConstruct = ({ ownedBy }: RegisteredWorkload, { LogicalResourceId }: CloudFormationRequest): boolean =>
  (ownedBy?.resource ?? LogicalResourceId) !== LogicalResourceId;

const ownerOf = ({ controlPlane }: RegisteredWorkloadDeps, { StackId: stack }: { StackId: string }) => ({
  controlPlane,
  stack,
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

/**
 * Two stacks with one name would turn each other's dials, and so would two constructs of one stack. One that was registered
 * before items had owners is known by what its router stands on, which the stack made and nobody can replace.
 */
function requireOurs(
  deps: RegisteredWorkloadDeps,
  there: RegisteredWorkload,
  given: { kind: string },
  request: CloudFormationRequest,
): void {
  const { name, router } = there.workload;
  const { ownedBy } = there;
  if (ownedBy !== undefined) {
    const { controlPlane, stack } = ownedBy;
    if (controlPlane !== deps.controlPlane || stack !== request.StackId) {
      throw new Error(
        `workload ${name} is registered already, by stack ${stack}, and this is stack ${request.StackId}: it needs another name`,
      );
    }
    if (request.RequestType !== 'Create') return;
  }
  const [known, asked] = [routerOf(router).identity(router), routerOf(given).identity(given)];
  if (known === asked) return;
  throw new Error(
    `workload ${name} is registered already, with ${known}, and stack ${request.StackId} has ${asked}: it needs another name`,
  );
}

/** What nobody owned yet is at least not what the tags of what it stands on give to another stack. */
async function requireOfStack(
  deps: RegisteredWorkloadDeps,
  { workload }: RegisteredWorkload,
  request: CloudFormationRequest,
): Promise<void> {
  const problem = await readOthersIfThere(deps, workload, request);
  if (problem !== undefined) throw new Error(`workload ${workload.name}: ${problem}`);
}

async function readOthersIfThere(deps: RegisteredWorkloadDeps, workload: Workload, request: CloudFormationRequest) {
  try {
    return await deps.router.readOthers(workload, ownerOf(deps, request));
  } catch (error) {
    if (!(error instanceof RouterRuleError)) throw error;
    return undefined; // nothing is left that could be turned
  }
}

async function readIfThere(workloads: Workloads, name: string): Promise<RegisteredWorkload | undefined> {
  try {
    return await workloads.read(name);
  } catch (error) {
    if (!(error instanceof WorkloadNotFoundError)) throw error;
    return undefined;
  }
}
