import {
  CreateAccessEntryCommand,
  DeleteAccessEntryCommand,
  DescribeAccessEntryCommand,
  type EKSClient,
  paginateListAccessEntries,
} from '@aws-sdk/client-eks';
import { CALL_DEADLINE_MS, describeFailure, type Env } from '../../aws-client-config.ts';
import { ClusterUnreachableError } from '../errors.ts';
import { openEksClient } from './directory.ts';

/** Which groups of Kubernetes a principal of IAM is in, in one cluster. */
export interface AccessEntry {
  principalArn: string;
  groups: string[];
  tags: Record<string, string>;
}

/** The access entries of clusters. What EKS refuses is the cause of a ClusterUnreachableError. */
export interface AccessEntries {
  /** Principals that have one. Undefined: the cluster is not there. */
  list(cluster: string): Promise<string[] | undefined>;
  /** Undefined: there is none, or no such cluster. */
  read(cluster: string, principalArn: string): Promise<AccessEntry | undefined>;
  /** @returns taken: the principal has one by now; unknownPrincipal: EKS does not know it yet, as is so for seconds after it was made */
  create(cluster: string, entry: AccessEntry): Promise<'made' | 'taken' | 'unknownPrincipal'>;
  /** One that is not there is no error. */
  remove(cluster: string, principalArn: string): Promise<void>;
}

export function eksAccessEntries(client: EKSClient): AccessEntries {
  async function ask<T>(what: string, call: (options: { abortSignal: AbortSignal }) => Promise<T>): Promise<T> {
    try {
      return await call({ abortSignal: AbortSignal.timeout(CALL_DEADLINE_MS) });
    } catch (cause) {
      throw new ClusterUnreachableError(`EKS: ${what}: ${describeFailure(cause)}`, { cause });
    }
  }

  async function orUndefined<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (error) {
      if (causeNamed(error, 'ResourceNotFoundException') === undefined) throw error;
      return undefined;
    }
  }

  return {
    list: cluster =>
      orUndefined(() =>
        ask(`the access entries of ${cluster}`, async ({ abortSignal }) => {
          const found: string[] = [];
          for await (const page of paginateListAccessEntries({ client }, { clusterName: cluster })) {
            abortSignal.throwIfAborted();
            found.push(...(page.accessEntries ?? []));
          }
          return found;
        }),
      ),

    read: (cluster, principalArn) =>
      orUndefined(async () => {
        const command = new DescribeAccessEntryCommand({ clusterName: cluster, principalArn });
        const { accessEntry } = await ask(`the access entry of ${principalArn} in ${cluster}`, options =>
          client.send(command, options),
        );
        return { principalArn, groups: accessEntry?.kubernetesGroups ?? [], tags: accessEntry?.tags ?? {} };
      }),

    async create(cluster, { principalArn, groups, tags }) {
      const input = { clusterName: cluster, principalArn, kubernetesGroups: groups, type: 'STANDARD', tags };
      try {
        await ask(`an access entry of ${principalArn} in ${cluster}`, options =>
          client.send(new CreateAccessEntryCommand(input), options),
        );
        return 'made';
      } catch (error) {
        if (causeNamed(error, 'ResourceInUseException') !== undefined) return 'taken';
        // IAM is not the same everywhere at once: EKS calls a role that was just made an invalid principal
        if (/principal/i.test(causeNamed(error, 'InvalidParameterException')?.message ?? '')) return 'unknownPrincipal';
        throw error;
      }
    },

    async remove(cluster, principalArn) {
      const command = new DeleteAccessEntryCommand({ clusterName: cluster, principalArn });
      await orUndefined(() =>
        ask(`no access entry of ${principalArn} in ${cluster}`, options => client.send(command, options)),
      );
    },
  };
}

/** The error of that name, where it is the cause. */
function causeNamed(error: unknown, name: string): Error | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && cause.name === name ? cause : undefined;
}

/** @param env AWS_REGION, credentials, AWS_ENDPOINT_URL_EKS where it is not AWS itself */
export const openEksAccessEntries = (env: Env): AccessEntries => eksAccessEntries(openEksClient(env));
