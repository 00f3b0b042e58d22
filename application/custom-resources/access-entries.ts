import type { AccessEntries, AccessEntry } from '../../adapters/cluster/eks/access-entries.ts';
import type { Log } from '../../adapters/log/log.ts';
import { OWNER_TAG, STACK_TAG } from '../../domain/routers/alb/ownership.ts';

/*
 * Who comes into a cluster, and as what: an access entry for each function that talks to it. EKS keeps entries by the role's ARN
 * and knows the role by its id: one that outlived its role lets a new role of the same name in nowhere, so those of a stack
 * before this one are made anew.
 */

export interface AccessEntriesDeps {
  entries: AccessEntries;
  controlPlane: string;
  log: Log;
  /** Waits, in milliseconds of the wall. */
  pause(ms: number): Promise<unknown>;
}

/** A function's role and its group in Kubernetes. */
export interface WantedEntry {
  principalArn: string;
  group: string;
}

/** 15 pauses of 2 s are 30 s for all of a cluster's entries; with 80 s for permissions to arrive they fit into the function's 120 s. */
const PAUSES = 15;
const PAUSE_MS = 2_000;

/**
 * Makes what is wanted and waits until EKS shows it; removes what this stack made and wants no longer.
 * @throws Error an entry of somebody else's is in the way, or EKS does not know a role or show an entry within 30 s: it is named
 */
export async function keepEntries(
  deps: AccessEntriesDeps,
  cluster: string,
  { wanted, stack }: { wanted: WantedEntry[]; stack: string },
): Promise<void> {
  requireOwnRoles(deps, wanted);
  const patience = { left: PAUSES };
  for (const one of wanted) await keepEntry(deps, cluster, { ...one, stack, patience });
  await removeEntries(deps, cluster, { stack, except: wanted.map(({ principalArn }) => principalArn) });
}

/** Removes what this stack made in the cluster; others stay. A cluster that is gone has none. */
export async function removeEntries(
  { entries, controlPlane, log }: AccessEntriesDeps,
  cluster: string,
  { stack, except = [] }: { stack: string; except?: string[] },
): Promise<void> {
  const found = (await entries.list(cluster)) ?? [];
  for (const principalArn of found.filter(arn => isOwnRole(arn, controlPlane) && !except.includes(arn))) {
    const there = await entries.read(cluster, principalArn);
    if (there === undefined) continue;
    if (there.tags[OWNER_TAG] === controlPlane && there.tags[STACK_TAG] === stack) {
      await entries.remove(cluster, principalArn);
    } else {
      log.warn('an access entry stays: this stack did not make it', { cluster, principalArn });
    }
  }
}

async function keepEntry(
  deps: AccessEntriesDeps,
  cluster: string,
  { principalArn, group, stack, patience }: WantedEntry & { stack: string; patience: { left: number } },
): Promise<void> {
  const { entries, controlPlane } = deps;
  const entry: AccessEntry = {
    principalArn,
    groups: [group],
    tags: { [OWNER_TAG]: controlPlane, [STACK_TAG]: stack },
  };
  for (;;) {
    // made before it is read: what may be read of an entry that is not there is not said by IAM
    const made = await entries.create(cluster, entry);
    const there = made === 'unknownPrincipal' ? undefined : await entries.read(cluster, principalArn);
    if (there !== undefined) {
      const isAsWanted = there.groups.length === 1 && there.groups[0] === group;
      if (there.tags[OWNER_TAG] !== controlPlane) {
        if (isAsWanted) return; // made elsewhere, and not ours to remove
        throw new Error(othersEntry(cluster, there, group));
      }
      if (isAsWanted && there.tags[STACK_TAG] === stack) return;
      await entries.remove(cluster, principalArn);
      continue;
    }
    if (patience.left === 0) {
      const why = made === 'unknownPrincipal' ? 'does not know the role' : 'does not show it';
      const seconds = (PAUSES * PAUSE_MS) / 1000;
      throw new Error(`no access entry of ${principalArn} in cluster ${cluster}: EKS ${why}, after ${seconds} s`);
    }
    patience.left -= 1;
    await deps.pause(PAUSE_MS);
  }
}

const othersEntry = (cluster: string, { principalArn, groups }: AccessEntry, group: string): string =>
  `the access entry of ${principalArn} in cluster ${cluster}: kubernetesGroups: found ${groups.join(', ') || 'none'}; expected ${group}. ` +
  `This control plane did not make it: aws eks delete-access-entry --cluster-name ${cluster} --principal-arn ${principalArn}, and deploy again`;

/** Whoever may invoke the function must not choose whom it lets into a cluster. */
function requireOwnRoles({ controlPlane }: AccessEntriesDeps, wanted: WantedEntry[]): void {
  const other = wanted.find(({ principalArn }) => !isOwnRole(principalArn, controlPlane));
  if (other === undefined) return;
  throw new Error(`${other.principalArn} is no role of control plane ${controlPlane}: it gets no access entry`);
}

const isOwnRole = (arn: string, controlPlane: string): boolean =>
  /^arn:[a-z-]+:iam::\d{12}:role\/([\w-]+)$/.exec(arn)?.[1]?.startsWith(`${controlPlane}-`) === true;
