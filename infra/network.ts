import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { NETWORK_KINDS, type NetworkKind } from '../domain/cluster-network.ts';
import type { ClusterNetwork } from './cluster-network.ts';

/** Keys of the context that say something of a VPC. */
const OF_VPC = ['clusterVpcId', 'clusterSubnetIds', 'clusterSecurityGroupId', 'natAddresses', 'prometheusInVpc'];

/**
 * Where the functions that talk to clusters run, from the context `network`, and their VPC by ids, so that nothing is looked up
 * in an account. With prometheusInVpc=true Look runs there too, for a Prometheus that has no public address.
 * @throws Error it does not say where, or says two things
 */
export function networkOf(scope: Construct): ClusterNetwork {
  const text = (key: string): string | undefined => scope.node.tryGetContext(key);
  const kind = kindOf(text('network'));
  if (kind === 'public') {
    const other = OF_VPC.find(key => text(key) !== undefined);
    if (other !== undefined) throw new Error(`network is public, and ${other} is set: functions run in no VPC then`);
    return { kind };
  }
  const required = (key: string): string => {
    const value = text(key);
    if (value === undefined || value === '')
      throw new Error(`network is ${kind}, and ${key} is not set (-c ${key}=...)`);
    return value;
  };
  const subnetIds = required('clusterSubnetIds').split(',');
  const vpc = ec2.Vpc.fromVpcAttributes(scope, 'ClusterVpc', {
    vpcId: required('clusterVpcId'),
    availabilityZones: subnetIds.map((_, index) => `zone-${index}`), // asked for by the API, and used by nothing here
    privateSubnetIds: subnetIds,
  });
  const group = ec2.SecurityGroup.fromSecurityGroupId(scope, 'ClusterGroup', required('clusterSecurityGroupId'));
  const inVpc = {
    vpc,
    vpcSubnets: { subnets: vpc.privateSubnets },
    securityGroups: [group],
    metricsInNetwork: String(text('prometheusInVpc')) === 'true',
  };
  return kind === 'publicAllowList'
    ? { kind, ...inVpc, addresses: required('natAddresses').split(',') }
    : { kind, ...inVpc };
}

function kindOf(given: string | undefined): NetworkKind {
  const found = Object.keys(NETWORK_KINDS).find(kind => kind === given);
  if (found !== undefined) return found as NetworkKind;
  const kinds = Object.entries(NETWORK_KINDS).map(([kind, text]) => `  -c network=${kind}: ${text}`);
  throw new Error(
    `network: found ${given ?? 'nothing'}; expected one of these in every deployment, so that functions never leave a VPC because it was forgotten:\n${kinds.join('\n')}`,
  );
}
