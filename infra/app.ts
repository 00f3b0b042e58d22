import { App } from 'aws-cdk-lib';
import { bundledCode } from './bundling/bundle.ts';
import { ControlPlaneStack } from './control-plane-stack.ts';
import { CUSTOM_RESOURCE_NAMES, FUNCTION_NAMES } from './functions/catalogue.ts';

const app = new App({ outdir: process.env.CDK_OUTDIR ?? 'cdk.out' });
new ControlPlaneStack(app, 'Sluice', {
  cluster: { name: 'c', endpoint: 'https://x', certificateAuthority: 'abc' },
  code: bundledCode([...FUNCTION_NAMES, ...CUSTOM_RESOURCE_NAMES]),
});
app.synth();
