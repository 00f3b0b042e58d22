import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import type { NetworkProps } from './functions/sluice-function.ts';

/**
 * The VPC of a private cluster from the context, given by ids so that nothing is looked up in an account; nothing where
 * clusterVpcId is not set. With prometheusInVpc=true Look runs there too, for a Prometheus that has no public address.
 */
export function networkOf(scope: Construct): { network?: NetworkProps; metricsInNetwork?: boolean } {
  const text = (key: string): string | undefined => scope.node.tryGetContext(key);
  const vpcId = text('clusterVpcId');
  if (vpcId === undefined) return {};
  const required = (key: string): string => {
    const value = text(key);
    if (value === undefined || value === '') throw new Error(`clusterVpcId is set, and ${key} is not`);
    return value;
  };
  const subnetIds = required('clusterSubnetIds').split(',');
  const vpc = ec2.Vpc.fromVpcAttributes(scope, 'ClusterVpc', {
    vpcId,
    availabilityZones: subnetIds.map((_, index) => `zone-${index}`), // asked for by the API, and used by nothing here
    privateSubnetIds: subnetIds,
  });
  const group = ec2.SecurityGroup.fromSecurityGroupId(scope, 'ClusterGroup', required('clusterSecurityGroupId'));
  const network = { vpc, vpcSubnets: { subnets: vpc.privateSubnets }, securityGroups: [group] };
  return { network, metricsInNetwork: String(scope.node.tryGetContext('prometheusInVpc')) === 'true' };
}
