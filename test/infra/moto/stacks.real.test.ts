import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Boto3, openBoto3 } from '../../support/boto3.ts';
import { startMoto } from '../../support/moto-server.ts';
import { ledgerOf, SYNTH_TIMEOUT_MS, synthControlPlane, synthExample, synthesised } from '../synthesised.ts';
import { type Facts, NOT_CHANGED, NOT_KNOWN, READERS } from './known-types.ts';
import { openAccount, type Template, typesIn } from './moto-stack.ts';

/*
 * Both stacks in an account that nobody here has written: made, changed, taken back and removed. ARNs of ours are made of
 * names: what they mean is looked up among what moto has made.
 */

const moto = await startMoto({ interprets: false });
const where = moto.kind === 'there' ? "in moto's CloudFormation" : `skipped: ${moto.because}`;

const templateOf = (synthesised: { template: { toJSON(): unknown } }) => synthesised.template.toJSON() as Template;
let ledger: Template;
let controlPlane: Template;
let changedControlPlane: Template;
let workload: Template;
beforeAll(() => {
  const { stack, ...deployed } = synthControlPlane();
  ledger = templateOf(synthesised(ledgerOf(stack)));
  controlPlane = templateOf(deployed);
  changedControlPlane = templateOf(synthControlPlane({ privateNetworks: ['10.20.0.0/16'], wayBackConcurrency: 2 }));
  workload = templateOf(synthExample());
}, SYNTH_TIMEOUT_MS);

it('somebody has decided for every type of both templates whether moto knows it', () => {
  const types = [...new Set([ledger, controlPlane, workload].flatMap(typesIn))];
  const undecided = types.filter(type => READERS[type] === undefined && NOT_KNOWN[type] === undefined);
  expect(undecided, 'new types: each needs a reader or a reason in test/infra/moto/known-types.ts').toEqual([]);
  const gone = [...Object.keys(READERS), ...Object.keys(NOT_KNOWN)].filter(type => !types.includes(type));
  expect(gone, 'in no template any more: take them out of test/infra/moto/known-types.ts').toEqual([]);
  expect(Object.keys(READERS).filter(type => NOT_KNOWN[type] !== undefined)).toEqual([]);
  expect(Object.keys(NOT_CHANGED).filter(type => READERS[type] === undefined)).toEqual([]);
});

describe.skipIf(moto.kind === 'absent')(`a stack ${where}`, () => {
  let boto: Boto3;
  let account: Awaited<ReturnType<typeof openAccount>>;
  beforeAll(async () => {
    boto = openBoto3(moto.kind === 'there' ? moto.url : '');
    account = await openAccount(boto);
  }, SYNTH_TIMEOUT_MS);
  afterAll(async () => {
    await boto?.close();
    if (moto.kind === 'there') await moto.close();
  });

  /** What of a template moto is asked to make, by type. */
  const knownOf = ({ Resources }: Template) =>
    Object.fromEntries(Object.entries(Resources).flatMap(([id, { Type }]) => (READERS[Type] ? [[id, Type]] : [])));
  const retainedTypes = ({ Resources }: Template) =>
    new Set(
      Object.values(Resources).flatMap(({ Type, DeletionPolicy = '' }) =>
        DeletionPolicy.startsWith('Retain') ? [Type] : [],
      ),
    );

  it(
    'of a control plane is made, changed, taken back and removed',
    async () => {
      expect(await account.create('SluiceLedger', ledger)).toBe('CREATE_COMPLETE');
      const empty = await account.facts();
      expect(Object.keys(empty['AWS::DynamoDB::Table'] ?? {})).toEqual(['sluice']);
      // made
      expect(await account.create('Sluice', controlPlane)).toBe('CREATE_COMPLETE');
      expect(await account.madeOf('Sluice'), NOW_KNOWN).toEqual(knownOf(controlPlane));
      const made = await account.facts();
      for (const [type, count] of countsOf(controlPlane)) expect(added(made, empty, type), type).toHaveLength(count);
      expectToBeWhole(made);
      // changed: what the second template says, and nothing else
      expect(await account.update('Sluice', changedControlPlane)).toBe('UPDATE_COMPLETE');
      const changed = await account.facts();
      expectToBeWhole(changed);
      const differing = Object.keys(changed).filter(
        type => JSON.stringify(changed[type]) !== JSON.stringify(made[type]),
      );
      expect(differing.toSorted()).toEqual(['AWS::Lambda::Function']);
      const asking = Object.entries(changed['AWS::Lambda::Function'] ?? {}).filter(([, one]) =>
        JSON.stringify(one).includes('"SLUICE_PRIVATE_NETWORKS":"10.20.0.0/16"'),
      );
      expect(asking.map(([name]) => name)).toEqual(['sluice-call-hook', 'sluice-look', 'sluice-look-in-cluster']);
      // taken back
      expect(await account.update('Sluice', controlPlane)).toBe('UPDATE_COMPLETE');
      const back = await account.facts();
      expectToBeWhole(back);
      expect(back).toEqual(made);
      // removed, but for what outlives it
      expect(await account.delete('Sluice')).toBe('DELETE_COMPLETE');
      const left = await account.facts();
      const kept = retainedTypes(controlPlane);
      kept.delete('AWS::Lambda::Version'); // Lambda removes the versions of a function that is removed
      for (const type of Object.keys(READERS)) {
        expect(left[type], type).toEqual(kept.has(type) ? back[type] : empty[type]);
      }
      // and the table outlives its own stack
      expect(await account.delete('SluiceLedger')).toBe('DELETE_COMPLETE');
      expect((await account.facts())['AWS::DynamoDB::Table']).toEqual(empty['AWS::DynamoDB::Table']);
    },
    SYNTH_TIMEOUT_MS,
  );

  it(
    'of a workload is made, changed, taken back and removed, and leaves its target groups',
    async () => {
      const { Vpc } = await boto.call<{ Vpc: { VpcId: string } }>({
        service: 'ec2',
        operation: 'create_vpc',
        parameters: { CidrBlock: '10.0.0.0/16' },
      });
      const parameters = {
        ClusterName: 'prod',
        ListenerArn:
          'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/shop/50dc6c495c0c9188/f2f7dc8efc522ab2',
        VpcId: Vpc.VpcId,
      };
      const empty = await account.facts();
      expect(await account.create('Shop', workload, parameters)).toBe('CREATE_COMPLETE');
      expect(await account.madeOf('Shop'), NOW_KNOWN).toEqual(knownOf(workload));
      const made = await account.facts();
      const groups = made['AWS::ElasticLoadBalancingV2::TargetGroup'] ?? {};
      expect(Object.keys(groups)).toHaveLength(2);
      for (const group of Object.values(groups)) {
        // the port is that of no pod: targets are registered with their own
        expect(group).toMatchObject({ HealthCheckPath: '/healthz', Port: 80, TargetType: 'ip', VpcId: Vpc.VpcId });
      }
      // see NOT_CHANGED: that the update is taken and replaces no group is all that is seen here
      const other = JSON.parse(JSON.stringify(workload).replaceAll('/healthz', '/ready')) as Template;
      expect(await account.update('Shop', other, parameters)).toBe('UPDATE_COMPLETE');
      expect(await account.facts(), 'moto changes more than NOT_CHANGED of known-types.ts says').toEqual(made);
      expect(await account.update('Shop', workload, parameters)).toBe('UPDATE_COMPLETE');
      expect(await account.facts()).toEqual(made);
      expect(await account.delete('Shop')).toBe('DELETE_COMPLETE');
      const left = await account.facts();
      const kept = retainedTypes(workload);
      for (const type of Object.keys(READERS)) {
        expect(left[type], type).toEqual(kept.has(type) ? made[type] : empty[type]);
      }
    },
    SYNTH_TIMEOUT_MS,
  );
});

const NOW_KNOWN = 'moto makes other types than known-types.ts says: look at what it makes, and change the list';

function countsOf({ Resources }: Template): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { Type } of Object.values(Resources)) if (READERS[Type]) counts.set(Type, (counts.get(Type) ?? 0) + 1);
  return counts;
}

const added = (facts: Record<string, Facts>, before: Record<string, Facts>, type: string): string[] =>
  Object.keys(facts[type] ?? {}).filter(name => !(name in (before[type] ?? {})));

/** What one thing says of another is there: names and ARNs are made in one place and read in many. */
function expectToBeWhole(facts: Record<string, Facts>): void {
  const of = <One>(type: string) => Object.entries(facts[type] ?? {}) as [string, One][];
  const names = (type: string) => of(type).map(([name]) => name);
  const functionArn = (name: string) => `arn:aws:lambda:eu-west-1:123456789012:function:${name}`;
  const functions = of<{ Role: string; Environment: { Variables: Record<string, string> } }>('AWS::Lambda::Function');
  const roles = of<{ Arn: string }>('AWS::IAM::Role').map(([, { Arn }]) => Arn);
  const machines = of<{ roleArn: string }>('AWS::StepFunctions::StateMachine');
  const machineArns = machines.map(([arn]) => arn);
  for (const [name, { Role, Environment }] of functions) {
    expect(roles, name).toContain(Role);
    expect(names('AWS::Logs::LogGroup'), name).toContain(`/aws/lambda/${name}`);
    const { SLUICE_TABLE, SLUICE_TOPIC_ARN, RELEASE_MACHINE_ARN, ROLL_BACK_MACHINE_ARN } = Environment.Variables;
    if (SLUICE_TABLE !== undefined) expect(names('AWS::DynamoDB::Table'), name).toContain(SLUICE_TABLE);
    if (SLUICE_TOPIC_ARN !== undefined) expect(names('AWS::SNS::Topic'), name).toContain(SLUICE_TOPIC_ARN);
    for (const arn of [RELEASE_MACHINE_ARN, ROLL_BACK_MACHINE_ARN]) {
      if (arn !== undefined) expect(machineArns, name).toContain(arn);
    }
  }
  const callable = [...functions.map(([name]) => functionArn(name)), ...names('AWS::Lambda::Version')];
  // what they call is not seen: moto gives a version no name, and leaves the substitutions of a definition out
  for (const [arn, { roleArn }] of machines) expect(roles, arn).toContain(roleArn);
  const queues = of<{ QueueArn: string }>('AWS::SQS::Queue').map(([, { QueueArn }]) => QueueArn);
  const permitted = of<{ Resource: string; Condition: { ArnLike: { 'AWS:SourceArn': string } } }>(
    'AWS::Lambda::Permission',
  );
  for (const [name, rule] of of<{ Arn: string; Targets: { Arn: string; DeadLetterConfig?: { Arn: string } }[] }>(
    'AWS::Events::Rule',
  )) {
    expect(rule.Targets.length, name).toBeGreaterThan(0);
    for (const { Arn, DeadLetterConfig } of rule.Targets) {
      expect(callable, name).toContain(Arn);
      if (DeadLetterConfig !== undefined) expect(queues, name).toContain(DeadLetterConfig.Arn);
      const may = permitted.filter(
        ([, one]) => one.Resource === Arn && JSON.stringify(one.Condition).includes(rule.Arn),
      );
      expect(may, `${name} may call ${Arn}`).not.toEqual([]);
    }
  }
}
