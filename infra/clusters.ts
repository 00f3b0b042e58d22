import { CustomResource, Duration, Stack, Token } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { KUBERNETES_GROUPS } from '../domain/kubernetes-groups.ts';
import { type ClusterNetwork, networkProperties } from './cluster-network.ts';
import { type AnyFunctionName, needsOf } from './functions/catalogue.ts';
import type { SluiceFunction } from './functions/sluice-function.ts';

/**
 * An EKS cluster that workloads of a control plane run in, of its account and region. Where it is, and what signs its
 * certificate, is found by its name.
 *
 *     const cluster: ClusterProps = { name: 'prod' };
 */
export interface ClusterProps {
  /** The EKS cluster's name. */
  readonly name: string;
  /** Makes an access entry for each function that talks to it. @default true */
  readonly accessEntries?: boolean;
}

/** EKS takes no others. */
const NAME = /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/;

/** @throws Error there is none, one is named wrongly, or two have one name */
export function requireClusters(clusters: readonly ClusterProps[]): void {
  if (clusters.length === 0) throw new Error('clusters: found none; expected the name of one cluster at least');
  const seen = new Set<string>();
  for (const [index, { name }] of clusters.entries()) {
    if (Token.isUnresolved(name)) continue; // a parameter of the stack: EKS knows it or does not
    if (!NAME.test(name)) {
      throw new Error(`clusters[${index}].name: found ${JSON.stringify(name)}; expected the name of an EKS cluster`);
    }
    if (seen.has(name)) throw new Error(`clusters[${index}].name: found ${name} a second time; expected each once`);
    seen.add(name);
  }
}

/** The group of Kubernetes that a function is in. Undefined: it has nothing to do with a cluster. */
export function groupOf(file: AnyFunctionName): string | undefined {
  const needs = needsOf(file);
  if (needs.includes('writeCluster')) return KUBERNETES_GROUPS.writeCluster;
  return needs.includes('readCluster') ? KUBERNETES_GROUPS.readCluster : undefined;
}

/** Looks at each cluster when the control plane is deployed, and lets the functions in that talk to it. */
export function addClusters(
  scope: Construct,
  props: {
    clusters: readonly ClusterProps[];
    functions: ReadonlyMap<AnyFunctionName, SluiceFunction>;
    network: ClusterNetwork;
  },
): void {
  const { clusters, functions, network } = props;
  const keeper = functions.get('custom-resources/cluster');
  if (keeper === undefined) throw new Error('there is no function custom-resources/cluster');
  const wanted = [...functions.values()].flatMap(({ file, role }) => {
    const group = groupOf(file);
    return group === undefined ? [] : [{ principalArn: role.roleArn, group }];
  });
  for (const [index, { name, accessEntries = true }] of clusters.entries()) {
    new CustomResource(scope, `Cluster${index === 0 ? '' : index + 1}`, {
      resourceType: 'Custom::SluiceCluster',
      serviceToken: keeper.function.functionArn,
      serviceTimeout: Duration.minutes(10),
      properties: {
        Name: name,
        ...networkProperties(network),
        AccessEntries: Stack.of(scope).toJsonString(accessEntries ? wanted : []),
      },
    });
  }
}
