import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { Claim, RegisteredWorkload, Workloads } from '../../adapters/workloads/workloads.ts';
import { ownResources, sharedWith } from '../../domain/slot/own-resources.ts';
import type { Workload } from '../../domain/workload.ts';

/**
 * Two workloads must not have one rule, target group or Deployment: each would turn the other's traffic. Each thing is an
 * item that one of them has, put on the condition that nobody else has it: of two registrations at once one is refused.
 * Claims come first, then the workload's own item, then what it had before is given up; so a process that dies anywhere
 * leaves claims too many and never too few.
 */

interface ClaimDeps {
  workloads: Workloads;
  ledger: Ledger;
  clock: { now(): number };
}

/**
 * A claim without a workload that has the thing is of a registration that goes on, or of one that died. A function has
 * 120 s, and Lambda repeats a call after one and after two minutes.
 */
const REGISTERS_WITHIN_MS = 15 * 60_000;

/**
 * Claims everything that the workload must have for itself.
 * @throws Error what is somebody else's, with both names; what was newly claimed is given up again
 */
export async function claimResources(
  deps: ClaimDeps,
  { workload, stack }: { workload: Workload; stack: string },
): Promise<void> {
  const { workloads } = deps;
  const { name } = workload;
  const all = await workloads.readAll();
  // also those that were registered before there were claims
  const shared = sharedWith(
    workload,
    all.map(one => one.workload),
  );
  if (shared !== undefined) throw new Error(conflictText(shared.resource, shared.other, name));
  const before = new Set((await workloads.readClaims(name)).map(claim => claim.resource));
  const taken: Claim[] = [];
  try {
    // in one order for everybody: of two that want the same things the one that is first at the first gets them all
    for (const resource of neededBy(workload).toSorted()) {
      const claim = { resource, workload: name, stack, atEpochMs: deps.clock.now() };
      await take(deps, claim, all);
      if (!before.has(resource)) taken.push(claim);
    }
  } catch (error) {
    for (const claim of taken) await workloads.unclaim(claim);
    throw error;
  }
}

/** Gives up what neither the workload as it is now nor a release of it that is on its way needs any more. */
export async function unclaimOthers(
  deps: Pick<ClaimDeps, 'workloads' | 'ledger'>,
  { workload, stack }: { workload: Workload; stack: string },
): Promise<void> {
  const kept = new Set([workload, ...(await underWay(deps.ledger, workload.name))].flatMap(neededBy));
  for (const claim of await deps.workloads.readClaims(workload.name)) {
    if (claim.stack === stack && !kept.has(claim.resource)) await deps.workloads.unclaim(claim);
  }
}

/** Gives up everything: the workload is gone. */
export async function unclaimAll({ workloads }: Pick<ClaimDeps, 'workloads'>, name: string, stack: string) {
  for (const claim of await workloads.readClaims(name)) {
    if (claim.stack === stack) await workloads.unclaim(claim);
  }
}

/** A name is claimed as well: two stacks with one name would be two plans for one ledger. */
const nameOf = ({ name }: { name: string }): string => `workload ${name}`;

const neededBy = (workload: Workload): string[] => [nameOf(workload), ...ownResources(workload)];

async function take(deps: ClaimDeps, claim: Claim, all: RegisteredWorkload[]): Promise<void> {
  const isOurs = (holder: Claim) => holder.workload === claim.workload && holder.stack === claim.stack;
  const holder = await deps.workloads.claim(claim);
  if (isOurs(holder)) return;
  const problem = await holderProblem(deps, holder, claim, all);
  if (problem !== undefined) throw new Error(problem);
  const now = await deps.workloads.claim(claim, holder);
  if (!isOurs(now)) throw new Error(conflictText(claim.resource, now.workload, claim.workload));
}

/** Why the holder's claim stands. Undefined: it was left behind. */
async function holderProblem(
  { ledger, clock }: ClaimDeps,
  holder: Claim,
  { resource, workload, stack }: Claim,
  all: RegisteredWorkload[],
): Promise<string | undefined> {
  const whose = (held: Claim) => `workload ${held.workload} of stack ${held.stack}`;
  const both = `${resource}: ${whose(holder)} has it, and this is ${whose({ ...holder, workload, stack })}`;
  const registered = all.find(one => one.workload.name === holder.workload);
  const isRegisteredByHolder = (registered?.ownedBy?.stack ?? holder.stack) === holder.stack;
  if (registered !== undefined && isRegisteredByHolder && neededBy(registered.workload).includes(resource)) return both;
  if ((await underWay(ledger, holder.workload)).some(one => neededBy(one).includes(resource))) {
    return `${both}: a release that is on its way uses it`;
  }
  const ageMs = clock.now() - holder.atEpochMs;
  if (ageMs >= REGISTERS_WITHIN_MS) return undefined;
  const minutes = Math.ceil((REGISTERS_WITHIN_MS - ageMs) / 60_000);
  return `${both}: it may be registering just now. If it is not, deploy again in ${minutes} minutes`;
}

/** As releases that are on their way froze it. */
async function underWay(ledger: Ledger, name: string): Promise<Workload[]> {
  const { active, waiting } = await ledger.read(name);
  return [active, waiting].flatMap(release => (release === undefined ? [] : [release.workload]));
}

const conflictText = (resource: string, other: string, workload: string): string =>
  `${resource} is in use by workload ${other}: it cannot be workload ${workload}'s too, each needs its own`;
