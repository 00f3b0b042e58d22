import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import * as z from 'zod';
import { awsClientConfig, describeFailure, type Env } from '../../aws-client-config.ts';
import { ClusterNotFoundError, ClusterUnreachableError } from '../errors.ts';

/** Where a cluster answers, and how its certificate is verified. */
export interface ClusterAddress {
  /** `https://…` */
  endpoint: string;
  /** PEM of the certificate authority (of several while it is rotated), in base64. */
  caData: string;
}

/** What EKS says of a cluster. What it did not say is undefined: not known. */
export interface EksCluster extends ClusterAddress {
  name: string;
  /** `1.33` */
  version: string;
  /** Who is let in: `CONFIG_MAP` knows no access entries. */
  authenticationMode?: string | undefined;
  vpcId?: string | undefined;
  /** The endpoint has a public address. */
  isPublic?: boolean | undefined;
  /** The endpoint has private addresses in the cluster's VPC. */
  isPrivate?: boolean | undefined;
  /** The networks that may call the public address. */
  publicCidrs?: string[] | undefined;
}

/** Clusters by their names. */
export interface ClusterDirectory {
  /** @throws ClusterNotFoundError there is none of that name here @throws ClusterUnreachableError it has no address yet, or EKS did not answer */
  find(name: string): Promise<EksCluster>;
}

/**
 * For one look-up with its repetitions: with a request's budget (REQUEST_BUDGET_MS, 16 s) it stays below the 20 s of a handler,
 * which may have to look a cluster up before its first request.
 */
export const FIND_DEADLINE_MS = 3_500;

const clusterSchema = z.object({
  name: z.string(),
  endpoint: z.url({ protocol: /^https$/ }),
  certificateAuthority: z.object({ data: z.base64().min(1) }),
  version: z.string().default(''),
  accessConfig: z.object({ authenticationMode: z.string().optional() }).optional(),
  resourcesVpcConfig: z
    .object({
      vpcId: z.string().optional(),
      endpointPublicAccess: z.boolean().optional(),
      endpointPrivateAccess: z.boolean().optional(),
      publicAccessCidrs: z.array(z.string()).optional(),
    })
    .optional(),
});

/** EKS itself, of the client's account and region. */
export function eksDirectory(client: EKSClient): ClusterDirectory {
  return {
    async find(name) {
      const { cluster } = await ask(name, () =>
        client.send(new DescribeClusterCommand({ name }), { abortSignal: AbortSignal.timeout(FIND_DEADLINE_MS) }),
      );
      const parsed = clusterSchema.safeParse(cluster);
      if (!parsed.success) {
        // one that is being made has a status and no endpoint
        const why = `its status is ${cluster?.status ?? 'not said'}: ${z.prettifyError(parsed.error)}`;
        throw new ClusterUnreachableError(`EKS does not say how cluster ${name} is reached; ${why}`);
      }
      const { endpoint, certificateAuthority, version, accessConfig, resourcesVpcConfig: vpc } = parsed.data;
      return {
        name,
        endpoint: endpoint.replace(/\/$/, ''),
        caData: certificateAuthority.data,
        version,
        authenticationMode: accessConfig?.authenticationMode,
        vpcId: vpc?.vpcId,
        isPublic: vpc?.endpointPublicAccess,
        isPrivate: vpc?.endpointPrivateAccess,
        publicCidrs: vpc?.publicAccessCidrs,
      };
    },
  };
}

async function ask<T>(name: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'ResourceNotFoundException') {
      throw new ClusterNotFoundError(`EKS has no cluster ${name} in this account and region`, { cause });
    }
    throw new ClusterUnreachableError(`EKS did not say where cluster ${name} is: ${describeFailure(cause)}`, { cause });
  }
}

/** @param env AWS_REGION, credentials, AWS_ENDPOINT_URL_EKS where it is not AWS itself */
export const openEksDirectory = (env: Env): ClusterDirectory => eksDirectory(openEksClient(env));

/** Tries of 1.5 s, so that a second one fits into FIND_DEADLINE_MS. */
export function openEksClient(env: Env): EKSClient {
  const config = awsClientConfig(env, 'EKS');
  return new EKSClient({ ...config, requestHandler: { ...config.requestHandler, requestTimeout: 1_500 } });
}
