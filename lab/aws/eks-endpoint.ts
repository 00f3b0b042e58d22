import { AwsError } from './aws-error.ts';
import type { RawEndpoint, RawRequest, RawResponse } from './endpoint.ts';

/** A cluster as DescribeCluster shows it; what is absent is not in the answer either. */
export interface LabEksCluster {
  status?: string;
  endpoint?: string;
  /** PEM in base64. */
  certificateAuthority?: string;
  authenticationMode?: string;
  version?: string;
  vpcId?: string;
  endpointPublicAccess?: boolean;
  endpointPrivateAccess?: boolean;
  publicAccessCidrs?: string[];
}

export interface LabAccessEntry {
  principalArn: string;
  kubernetesGroups: string[];
  type: string;
  tags: Record<string, string>;
}

/** What it holds, for tests to read and change: clusters by name, access entries by cluster and principal. */
export interface LabEks {
  clusters: Record<string, LabEksCluster>;
  entries: Map<string, Map<string, LabAccessEntry>>;
  /** Principals that it does not know yet, and for how many calls more. */
  unknownPrincipals?: Map<string, number>;
  /** Calls that are denied, because IAM does not know the caller's permission yet. */
  denied?: number;
}

const CLUSTER = /^\/clusters\/([^/]+)$/;
const ENTRIES = /^\/clusters\/([^/]+)\/access-entries$/;
const ENTRY = /^\/clusters\/([^/]+)\/access-entries\/([^/]+)$/;

interface EntryInput {
  principalArn?: string;
  kubernetesGroups?: string[];
  type?: string;
  tags?: Record<string, string>;
}

/**
 * EKS' DescribeCluster and its access entries. As EKS does, it takes no entries for a cluster whose authentication is CONFIG_MAP,
 * no second one for a principal, and forgets nothing by itself. https://docs.aws.amazon.com/eks/latest/APIReference/
 */
export function eksEndpoint(eks: LabEks): RawEndpoint {
  const { clusters, entries, unknownPrincipals = new Map<string, number>() } = eks;
  const entriesOf = (cluster: string) => {
    const found = entries.get(cluster) ?? new Map<string, LabAccessEntry>();
    entries.set(cluster, found);
    return found;
  };
  const clusterOf = (name: string): LabEksCluster => {
    const found = Object.hasOwn(clusters, name) ? clusters[name] : undefined;
    if (found === undefined) throw notFound(`No cluster found for name: ${name}.`);
    return found;
  };
  const entryOf = (cluster: string, principal: string): LabAccessEntry => {
    clusterOf(cluster);
    const found = entriesOf(cluster).get(principal);
    if (found === undefined) throw notFound(`The specified principalArn could not be found: ${principal}`);
    return found;
  };
  return {
    signingName: 'eks',
    operationOf: request => routeOf(request)[0],
    async answer(request) {
      const [operation, cluster, principal] = routeOf(request);
      if (eks.denied !== undefined && eks.denied > 0) {
        eks.denied -= 1;
        throw new AwsError('AccessDeniedException', `User is not authorized to perform: eks:${operation}`, 403);
      }
      const input = JSON.parse(request.body.toString('utf8') || '{}') as EntryInput;
      switch (operation) {
        case 'DescribeCluster':
          return json({ cluster: described(cluster, clusterOf(cluster)) });
        case 'CreateAccessEntry': {
          requireEntries(cluster, clusterOf(cluster));
          const { principalArn = '', kubernetesGroups = [], type = 'STANDARD', tags = {} } = input;
          const callsLeft = unknownPrincipals.get(principalArn) ?? 0;
          if (callsLeft > 0) {
            unknownPrincipals.set(principalArn, callsLeft - 1);
            throw new AwsError(
              'InvalidParameterException',
              'The specified principalArn is invalid: invalid principal.',
              400,
            );
          }
          if (entriesOf(cluster).has(principalArn)) {
            throw new AwsError(
              'ResourceInUseException',
              'The specified access entry resource is already in use on this cluster.',
              409,
            );
          }
          const made = { principalArn, kubernetesGroups, type, tags };
          entriesOf(cluster).set(principalArn, made);
          return json({ accessEntry: shown(cluster, made) });
        }
        case 'ListAccessEntries':
          clusterOf(cluster);
          return json({ accessEntries: [...entriesOf(cluster).keys()] });
        case 'DescribeAccessEntry':
          return json({ accessEntry: shown(cluster, entryOf(cluster, principal)) });
        case 'DeleteAccessEntry':
          entryOf(cluster, principal);
          entriesOf(cluster).delete(principal);
          return json({});
        default:
          throw new AwsError(
            'UnknownOperationException',
            `the lab's eks has no ${request.method} ${request.path}`,
            404,
          );
      }
    },
  };
}

function routeOf({ method, path }: RawRequest): [operation: string, cluster: string, principal: string] {
  const { pathname } = new URL(path, 'http://eks');
  const route = (operation: string, [, cluster = '', principal = '']: RegExpExecArray): [string, string, string] => [
    operation,
    decodeURIComponent(cluster),
    decodeURIComponent(principal),
  ];
  const [one, list, entry] = [CLUSTER.exec(pathname), ENTRIES.exec(pathname), ENTRY.exec(pathname)];
  if (method === 'GET' && one !== null) return route('DescribeCluster', one);
  if (method === 'GET' && list !== null) return route('ListAccessEntries', list);
  if (method === 'POST' && list !== null) return route('CreateAccessEntry', list);
  if (method === 'GET' && entry !== null) return route('DescribeAccessEntry', entry);
  if (method === 'DELETE' && entry !== null) return route('DeleteAccessEntry', entry);
  return ['', '', ''];
}

const described = (name: string, { status = 'ACTIVE', endpoint, certificateAuthority, ...more }: LabEksCluster) => ({
  name,
  status,
  endpoint,
  certificateAuthority: certificateAuthority === undefined ? undefined : { data: certificateAuthority },
  version: more.version,
  accessConfig: more.authenticationMode === undefined ? undefined : { authenticationMode: more.authenticationMode },
  resourcesVpcConfig: {
    vpcId: more.vpcId,
    endpointPublicAccess: more.endpointPublicAccess,
    endpointPrivateAccess: more.endpointPrivateAccess,
    publicAccessCidrs: more.publicAccessCidrs,
  },
});

const shown = (clusterName: string, entry: LabAccessEntry) => ({
  clusterName,
  ...entry,
  accessEntryArn: `arn:aws:eks:eu-west-1:123456789012:access-entry/${clusterName}/role/123456789012/${entry.principalArn.split('/').at(-1)}/1`,
});

function requireEntries(name: string, { authenticationMode }: LabEksCluster): void {
  if (authenticationMode !== 'CONFIG_MAP') return;
  const message =
    "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.";
  throw new AwsError('InvalidRequestException', `${name}: ${message}`, 400);
}

const notFound = (message: string): AwsError => new AwsError('ResourceNotFoundException', message, 404);

const json = (body: object): RawResponse => ({
  statusCode: 200,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});
