import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, type Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../infra/bundling/bundle.ts';
import { ControlPlaneStack } from '../../infra/control-plane-stack.ts';
import { ExampleWorkloadStack } from '../../infra/example-workload-stack.ts';
import { SYNTH_TIMEOUT_MS, synthControlPlane } from './synthesised.ts';

/*
 * AWS in China and in GovCloud has ARNs of other partitions, and China's names end otherwise. Nothing that is deployed may say
 * which: templates, and the definitions of the machines in them.
 */

const code = () => lambda.Code.fromInline('// not under test');
const textOf = (stack: Stack): string => JSON.stringify(Template.fromStack(stack).toJSON());
const ofOtherPartition = (text: string): string[] => text.match(/arn:aws:[\w-]*:.{0,40}/g) ?? [];

/** Where the region is known CDK writes the partition itself. */
const app = () => new App({ context: { '@aws-cdk/core:enablePartitionLiterals': true } });

const REGIONS: [region: string | undefined, partition: string][] = [
  [undefined, 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['cn-northwest-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
];

describe.each(REGIONS)('in region %s', (region, partition) => {
  const env = region === undefined ? {} : { env: { region, account: '123456789012' } };
  const controlPlane = () =>
    new ControlPlaneStack(app(), 'Sluice', {
      ...env,
      code,
      reaches: () => ({ clusters: [{ name: 'prod' }], network: { kind: 'public' } }),
    });

  it(
    'neither template names an ARN of the partition aws',
    () => {
      for (const stack of [controlPlane(), new ExampleWorkloadStack(app(), 'Example', env)]) {
        const text = textOf(stack);
        expect(text).toMatch(region === undefined ? /AWS::Partition/ : new RegExp(`arn:${partition}:`));
        expect(ofOtherPartition(text)).toEqual([]);
      }
    },
    SYNTH_TIMEOUT_MS,
  );

  it(
    'the machines call services by the ARNs of their partition',
    () => {
      const template = Template.fromStack(controlPlane());
      const machines = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
      const definitions = machines.map(({ Properties }) => String(Properties.DefinitionString));
      expect(definitions.some(text => text.includes('arn:${Partition}:states:::lambda:invoke'))).toBe(true);
      for (const { Properties } of machines) {
        const named = String(Properties.DefinitionString).includes('${Partition}');
        const given = region === undefined ? { Ref: 'AWS::Partition' } : partition;
        expect(Properties.DefinitionSubstitutions.Partition).toEqual(named ? given : undefined);
      }
    },
    SYNTH_TIMEOUT_MS,
  );
});

it(
  'nor does the template of a control plane whose functions are in a VPC',
  () => {
    expect(ofOtherPartition(JSON.stringify(synthControlPlane({ inVpc: true }).template.toJSON()))).toEqual([]);
  },
  SYNTH_TIMEOUT_MS,
);

/** An ARN of one partition; a name that ends as in it, unless what follows is the end that it has in China, or a Kubernetes API's version. */
const HAS_PARTITION = /arn:aws:|\.amazonaws\.com(?!\.cn|\(\?|\$\{region|\/v1')/;
/** What a person reads: a comment, an example. */
const FOR_READING = /^\s*(\*|\/\/|\/\*)|examples: \[|^const EXAMPLE = |, such as /;

it('no code of ours says which partition it is in, nor how names end there', () => {
  const found = ['domain', 'application', 'adapters', 'functions', 'infra', 'cli', 'state-machines'].flatMap(folder =>
    readdirSync(join(PROJECT_ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter(file => /\.(ts|json)$/.test(file))
      .flatMap(file =>
        readFileSync(join(PROJECT_ROOT, folder, file), 'utf8')
          .split('\n')
          .filter(line => HAS_PARTITION.test(line) && !FOR_READING.test(line))
          .map(line => `${folder}/${file}: ${line.trim()}`),
      ),
  );
  // IAM's names of services are the same in every partition; CDK knows those that are not
  expect(found.filter(line => !line.includes('ServicePrincipal('))).toEqual([]);
});
