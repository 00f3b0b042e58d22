import { App, CfnParameter } from 'aws-cdk-lib';
import { bundledCode } from './bundling/bundle.ts';
import { ControlPlaneStack } from './control-plane-stack.ts';
import { ExampleWorkloadStack } from './example-workload-stack.ts';
import { CUSTOM_RESOURCE_NAMES, FUNCTION_NAMES } from './functions/catalogue.ts';
import { networkOf } from './network.ts';

/*
 * The app of cdk.json. What belongs to an account comes when it is deployed: parameters of the stacks, and the context:
 * where functions run that talk to the cluster (`-c network=...`, always, and for a VPC `-c clusterVpcId=... -c clusterSubnetIds=a,b
 * -c clusterSecurityGroupId=...`), what Lambda keeps
 * for the way back (`-c wayBackConcurrency=2`), clusters beside the one of the parameter (`-c moreClusters=staging,canary`),
 * whether their access entries are made here (`-c accessEntries=false`: by somebody else), and private networks that plans may name (`-c privateNetworks=10.20.0.0/16`).
 */
const app = new App({ outdir: process.env.CDK_OUTDIR ?? 'cdk.out' });

const wayBackConcurrency: string | undefined = app.node.tryGetContext('wayBackConcurrency');
const accessEntries = String(app.node.tryGetContext('accessEntries') ?? 'true') !== 'false';
const moreClusters: string = app.node.tryGetContext('moreClusters') ?? '';
const privateNetworks: string | undefined = app.node.tryGetContext('privateNetworks');
const controlPlane = new ControlPlaneStack(app, 'Sluice', {
  description: 'Sluice: the control plane of progressive delivery in this account and region',
  ...(wayBackConcurrency !== undefined && { wayBackConcurrency: Number(wayBackConcurrency) }),
  ...(privateNetworks !== undefined && { privateNetworks: privateNetworks.split(',') }),
  code: await bundledCode([...FUNCTION_NAMES, ...CUSTOM_RESOURCE_NAMES]),
  reaches: stack => ({
    clusters: [
      new CfnParameter(stack, 'ClusterName', { description: "The EKS cluster's name" }).valueAsString,
      ...moreClusters.split(',').filter(name => name !== ''),
    ].map(name => ({ name, accessEntries })),
    network: networkOf(stack),
  }),
});

const example = new ExampleWorkloadStack(app, 'SluiceExampleWorkload', {
  description: 'Sluice: one workload, to copy',
});
example.addStackDependency(controlPlane);

app.synth();
