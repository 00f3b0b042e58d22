import { Token } from 'aws-cdk-lib';
import { ipOf } from '../domain/addresses/ip.ts';
import { NETWORK_KINDS, type NetworkKind } from '../domain/cluster-network.ts';
import type { AnyFunctionName, Need } from './functions/catalogue.ts';
import { functionsWithCluster, needsOf } from './functions/catalogue.ts';
import type { NetworkProps } from './functions/sluice-function.ts';

/**
 * Outside of any VPC: the clusters' endpoints are public, and open to every address.
 *
 *     const network: PublicNetwork = { kind: 'public' };
 */
export interface PublicNetwork {
  readonly kind: 'public';
}

/**
 * In a VPC whose NAT has fixed addresses: the clusters' endpoints are public, and list these.
 *
 *     const network: PublicAllowListNetwork = { kind: 'publicAllowList', vpc, addresses: ['203.0.113.7'] };
 */
export interface PublicAllowListNetwork extends NetworkProps {
  readonly kind: 'publicAllowList';
  /** IPv4 addresses of the NAT (its Elastic IPs), from which the functions come. */
  readonly addresses: readonly string[];
  /** Look runs there too: it reaches a Prometheus that has a private address there. @default false */
  readonly metricsInNetwork?: boolean;
}

/**
 * In a VPC: the clusters' endpoints have private addresses that are reached from it, and AWS itself is reached by NAT.
 *
 *     const network: PrivateNetwork = { kind: 'private', vpc, securityGroups: [group] };
 */
export interface PrivateNetwork extends NetworkProps {
  readonly kind: 'private';
  /** Look runs there too: it reaches a Prometheus that has a private address there. @default false */
  readonly metricsInNetwork?: boolean;
}

/**
 * The same without NAT: AWS itself is reached by the VPC endpoints of {@link vpcEndpoints}.
 *
 *     const network: PrivateWithoutNatNetwork = { kind: 'privateWithoutNat', vpc, securityGroups: [group] };
 */
export interface PrivateWithoutNatNetwork extends NetworkProps {
  readonly kind: 'privateWithoutNat';
  /** Look runs there too: it reaches a Prometheus that has a private address there. @default false */
  readonly metricsInNetwork?: boolean;
}

/**
 * Where the functions that talk to clusters run. There is no default: whoever deploys says it, each time.
 *
 *     const network: ClusterNetwork = {
 *       kind: 'private',
 *       vpc,
 *       vpcSubnets: { subnets: vpc.privateSubnets },
 *       securityGroups: [group],
 *     };
 */
export type ClusterNetwork = PublicNetwork | PublicAllowListNetwork | PrivateNetwork | PrivateWithoutNatNetwork;

/** @throws Error none is given, it is not known, or it lacks what its kind needs */
export function requireNetwork(given: ClusterNetwork | undefined): ClusterNetwork {
  const kinds = Object.entries(NETWORK_KINDS).map(([kind, text]) => `${kind} (${text})`);
  const found = given?.kind === undefined ? 'nothing' : JSON.stringify(given.kind);
  // whoever writes JavaScript may leave it out
  if (given === undefined || !Object.hasOwn(NETWORK_KINDS, given.kind)) {
    throw new Error(`network.kind: found ${found}; expected one of ${kinds.join('; ')}`);
  }
  if (given.kind === 'public') {
    if ('vpc' in given) throw new Error('network: found a vpc; expected none, because its kind is public');
    return given;
  }
  if (given.vpc === undefined) throw new Error(`network.vpc: found nothing; expected the VPC of network ${given.kind}`);
  if (given.kind !== 'publicAllowList') return given;
  if (given.addresses === undefined || given.addresses.length === 0) {
    throw new Error('network.addresses: found none; expected the addresses of the NAT, which the clusters list');
  }
  for (const [index, address] of given.addresses.entries()) {
    if (Token.isUnresolved(address) || ipOf(address)?.bits === 32) continue;
    throw new Error(`network.addresses[${index}]: found ${JSON.stringify(address)}; expected an IPv4 address`);
  }
  return given;
}

/** The network of a function; undefined: outside of any VPC, where those are that go back without the cluster. */
export function networkOfFunction(file: AnyFunctionName, network: ClusterNetwork): NetworkProps | undefined {
  if (network.kind === 'public') return undefined;
  const isWithCluster = functionsWithCluster().some(name => name === file);
  const readsThere = network.metricsInNetwork === true && needsOf(file).includes('readMetrics');
  if (!isWithCluster && !readsThere) return undefined;
  const { vpc, vpcSubnets, securityGroups } = network;
  return {
    vpc,
    ...(vpcSubnets !== undefined && { vpcSubnets }),
    ...(securityGroups !== undefined && { securityGroups }),
  };
}

/**
 * A VPC endpoint: `com.amazonaws.REGION.` and the service's name; in China some begin with `cn.`.
 *
 *     const monitoring: VpcEndpoint = { service: 'monitoring', kind: 'interface', needs: ['readAlarms'] };
 */
export interface VpcEndpoint {
  readonly service: string;
  readonly kind: 'interface' | 'gateway';
  /** Which needs of the functions (docs/roles.md) ask for it. */
  readonly needs: readonly string[];
}

/** What a need calls over the network. `[]`: nothing, or an address that a plan names. */
const SERVICES: Record<Need, readonly string[]> = {
  readLedger: ['dynamodb'],
  appendLedger: ['dynamodb'],
  keepToken: ['dynamodb'],
  readToken: ['dynamodb'],
  sweepOpen: ['dynamodb'],
  readWorkloads: ['dynamodb'],
  registerWorkloads: ['dynamodb'],
  keepVersion: ['dynamodb'],
  readDial: ['elasticloadbalancing'],
  turnDial: ['elasticloadbalancing'],
  readTargets: ['elasticloadbalancing'],
  readTags: ['elasticloadbalancing'],
  readGroups: ['elasticloadbalancing'],
  cutConnections: ['elasticloadbalancing'],
  makeRules: ['elasticloadbalancing'],
  readMetrics: ['monitoring'],
  readAlarms: ['monitoring'],
  readImages: ['ecr.api'],
  tell: ['sns'],
  readCluster: ['eks'],
  writeCluster: ['eks'],
  keepAwake: ['lambda'],
  findCluster: ['eks'],
  keepAccess: ['eks'],
  startRelease: ['states'],
  stopRelease: ['states'],
  startRollBack: ['states'],
  answerTaskToken: ['states'],
  readSecrets: ['secretsmanager'],
};

/**
 * The VPC endpoints that a network without NAT needs: what the functions in it ask of AWS. A plan that queries Amazon Managed
 * Prometheus needs `aps-workspaces` besides.
 *
 *     for (const { service } of vpcEndpoints()) console.log(`com.amazonaws.${region}.${service}`);
 */
export function vpcEndpoints(network: { metricsInNetwork?: boolean } = {}): VpcEndpoint[] {
  const files: AnyFunctionName[] = [
    ...functionsWithCluster(),
    ...(network.metricsInNetwork === true ? ['look' as const] : []),
  ];
  const needs = [...new Set(files.flatMap(file => needsOf(file)))];
  const services = [...new Set(needs.flatMap(need => SERVICES[need]))].sort();
  return services.map(service => ({
    service,
    kind: service === 'dynamodb' ? 'gateway' : 'interface',
    needs: needs.filter(need => SERVICES[need].includes(service)).sort(),
  }));
}

/** What the custom resource of a cluster is told of the network. */
export const networkProperties = (network: ClusterNetwork): { Network: NetworkKind; From: string } => ({
  Network: network.kind,
  From: network.kind === 'publicAllowList' ? network.addresses.join(',') : '',
});
