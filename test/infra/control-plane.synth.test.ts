import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { beforeAll, describe, expect, it } from 'vitest';
import { PROJECT_ROOT } from '../../infra/bundling/bundle.ts';
import { vpcEndpoints } from '../../infra/cluster-network.ts';
import { SluiceControlPlane } from '../../infra/control-plane.ts';
import {
  CUSTOM_RESOURCE_NAMES,
  EVENT_HANDLERS,
  FUNCTION_NAMES,
  functionsThat,
  functionsWithCluster,
  needsOf,
} from '../../infra/functions/catalogue.ts';
import { fileOf, placeholdersOf } from '../../infra/state-machines.ts';
import { callsInCode } from '../support/calls-in-code.ts';
import {
  accessEntriesOf,
  ledgerOf,
  listed,
  namesIn,
  type Resource,
  SYNTH_TIMEOUT_MS,
  type Synthesised,
  statementsOf,
  synthControlPlane,
  synthesised,
} from './synthesised.ts';

let controlPlane: Synthesised;
let inVpc: Synthesised;
beforeAll(() => {
  controlPlane = synthControlPlane();
  inVpc = synthControlPlane({ inVpc: true });
}, SYNTH_TIMEOUT_MS);

const functionOf = (from: Synthesised, name: string): Resource => {
  const found = Object.values(from.ofType('AWS::Lambda::Function')).find(
    ({ Properties }) => Properties.FunctionName === `sluice-${name}`,
  );
  if (found === undefined) throw new Error(`no function sluice-${name}`);
  return found;
};
const environmentOf = (from: Synthesised, name: string) =>
  (functionOf(from, name).Properties.Environment as { Variables: Record<string, unknown> }).Variables;

describe('the table', () => {
  const table = () => Object.values(synthesised(ledgerOf(controlPlane.stack)).ofType('AWS::DynamoDB::Table'))[0];

  it('can be put back to any second of the last weeks', () => {
    expect(table()?.Properties.PointInTimeRecoverySpecification).toEqual({ PointInTimeRecoveryEnabled: true });
  });

  it('forgets windows and tokens by expiresAt', () => {
    expect(table()?.Properties.TimeToLiveSpecification).toEqual({ AttributeName: 'expiresAt', Enabled: true });
  });

  it('survives its stack, and nobody deletes it by mistake', () => {
    expect(table()).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(table()?.Properties.DeletionProtectionEnabled).toBe(true);
  });

  it('has the keys of the ledger, and costs nothing while nothing happens', () => {
    expect(table()?.Properties).toMatchObject({
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      BillingMode: 'PAY_PER_REQUEST',
    });
  });
});

describe('the functions', () => {
  it('every file of functions/ has a function, and every function its file', () => {
    expect(namesIn('functions').sort()).toEqual([...FUNCTION_NAMES].sort());
    const customResources = namesIn('functions/custom-resources').map(name => `custom-resources/${name}`);
    expect(customResources.sort()).toEqual([...CUSTOM_RESOURCE_NAMES].sort());
    const deployed = Object.values(controlPlane.ofType('AWS::Lambda::Function'));
    expect(deployed.map(({ Properties }) => Properties.FunctionName).sort()).toEqual(
      [...FUNCTION_NAMES, ...CUSTOM_RESOURCE_NAMES].map(name => `sluice-${name.split('/').at(-1)}`).sort(),
    );
  });

  it('every function has a role of its own', () => {
    const roles = Object.values(controlPlane.ofType('AWS::Lambda::Function')).map(({ Properties }) => Properties.Role);
    expect(new Set(roles.map(role => JSON.stringify(role))).size).toBe(roles.length);
  });

  it('a handler gives up before its task does: no late answer is taken for a lost one', () => {
    for (const machine of ['release', 'roll-back']) {
      const { States } = JSON.parse(readFileSync(join(PROJECT_ROOT, `state-machines/${machine}.asl.json`), 'utf8'));
      const tasks = Object.values(States as Record<string, Record<string, unknown>>).filter(
        ({ Type }) => Type === 'Task',
      );
      expect(tasks.length).toBeGreaterThan(3);
      for (const task of tasks) {
        const [placeholder] = placeholdersOf(JSON.stringify(task));
        const { Timeout } = functionOf(controlPlane, fileOf(placeholder ?? '')).Properties;
        // 5 s for the call itself and a cold start's head
        expect(Timeout, placeholder).toBeLessThanOrEqual((task.TimeoutSeconds as number) - 5);
      }
    }
  });

  it('a call that hangs ends before its function does: 18 s below 20 s', async () => {
    const { CALL_DEADLINE_MS } = await import('../../adapters/aws-client-config.ts');
    expect(functionOf(controlPlane, 'look').Properties.Timeout).toBeGreaterThan(CALL_DEADLINE_MS / 1000);
  });

  it('all run Node 24 on arm64, traced, with a log that ends', () => {
    for (const { Properties } of Object.values(controlPlane.ofType('AWS::Lambda::Function'))) {
      expect(Properties).toMatchObject({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        TracingConfig: { Mode: 'Active' },
      });
      expect(Properties.LoggingConfig).toHaveProperty('LogGroup');
    }
    const groups = Object.values(controlPlane.ofType('AWS::Logs::LogGroup'));
    expect(groups.length).toBe(FUNCTION_NAMES.length + CUSTOM_RESOURCE_NAMES.length + 2);
    for (const { Properties } of groups) expect(Properties.RetentionInDays).toBe(90);
  });

  it('whoever opens something finds its variables', () => {
    const variables = {
      openCluster: ['CLUSTER_NAMES'],
      namesOfClusters: ['CLUSTER_NAMES'],
      openExecutions: ['RELEASE_MACHINE_ARN', 'ROLL_BACK_MACHINE_ARN'],
      openNotify: ['SLUICE_TOPIC_ARN'],
      openLedger: ['SLUICE_TABLE'],
      openWorkloads: ['SLUICE_TABLE'],
      openDeployedVersions: ['SLUICE_TABLE'],
      controlPlaneName: ['SLUICE_CONTROL_PLANE'],
    };
    for (const name of [...FUNCTION_NAMES, ...CUSTOM_RESOURCE_NAMES]) {
      const source = readFileSync(join(PROJECT_ROOT, 'functions', `${name}.ts`), 'utf8');
      const wanted = Object.entries(variables).flatMap(([opener, names]) =>
        source.includes(`${opener}(env)`) ? names : [],
      );
      const given = Object.keys(environmentOf(controlPlane, name.split('/').at(-1) ?? ''));
      expect(given.sort(), name).toEqual([...new Set(wanted)].sort());
    }
  });

  it('what each opens is what its role may do', () => {
    const openers: Record<string, RegExp> = {
      openMetrics: /^readMetrics$/,
      openAlarms: /^readAlarms$/,
      openImages: /^readImages$/,
      openNotify: /^tell$/,
      openCluster: /^(read|write)Cluster$/,
      openWorkloads: /^readWorkloads$/,
      openLedger: /^(read|append)Ledger$/,
      openExecutions: /^(startRelease|stopRelease|startRollBack|answerTaskToken)$/,
    };
    for (const name of FUNCTION_NAMES) {
      const source = readFileSync(join(PROJECT_ROOT, 'functions', `${name}.ts`), 'utf8');
      for (const [opener, need] of Object.entries(openers)) {
        const opens = source.includes(`${opener}(env)`);
        expect(
          needsOf(name).some(candidate => need.test(candidate)),
          `${name} ${opener}`,
        ).toBe(opens);
      }
      // a twin in the cluster reads and turns what is there, and has no right at the load balancer
      const isTwin = name.endsWith('-in-cluster');
      const reads = needsOf(name).some(need => /^read(Dial|Targets)$/.test(need));
      expect(source.includes('openRouting(env'), `${name} openRouting`).toBe(isTwin || reads);
      expect(isTwin && reads, `${name} at the load balancer`).toBe(false);
      const turns = callsInCode(`functions/${name}.ts`).some(
        ({ port, method }) => port === 'router' && ['setDial', 'joinGroups', 'goBack', 'setPreview'].includes(method),
      );
      expect(needsOf(name).includes('turnDial'), `${name} turns the dial`).toBe(turns && !isTwin);
    }
  });

  it('what nobody waits for ends as a dead letter when it fails', () => {
    for (const name of ['cluster', 'listener-rule', 'registered-workload', ...EVENT_HANDLERS]) {
      expect(functionOf(controlPlane, name).Properties.DeadLetterConfig).toBeDefined();
    }
  });
});

describe('private networks', () => {
  const listed = (from: Synthesised) =>
    Object.values(from.ofType('AWS::Lambda::Function'))
      .map(({ Properties }): [unknown, string | undefined] => {
        const { Variables } = (Properties.Environment ?? {}) as { Variables?: Record<string, string> };
        return [Properties.FunctionName, Variables?.SLUICE_PRIVATE_NETWORKS];
      })
      .filter(([, networks]) => networks !== undefined)
      .sort();

  it('are open to nobody, and where they are listed to the functions that ask for plans', () => {
    expect(listed(controlPlane)).toEqual([]);
    const networks = '10.20.0.0/16,fd12:3456::/32';
    expect(listed(synthControlPlane({ privateNetworks: networks.split(',') }))).toEqual([
      ['sluice-call-hook', networks],
      ['sluice-look', networks],
      ['sluice-look-in-cluster', networks],
    ]);
  });

  it.each(['10.20.0.0', 'prometheus.internal', '10.0.0.0/33', ''])(
    'of %j are refused before anything is deployed',
    network => {
      expect(() => synthControlPlane({ privateNetworks: [network] })).toThrow(
        /^privateNetworks: .*is no network; expected/,
      );
    },
  );
});

describe('the way back', () => {
  const reservedIn = (from: Synthesised) =>
    Object.values(from.ofType('AWS::Lambda::Function'))
      .filter(({ Properties }) => Properties.ReservedConcurrentExecutions !== undefined)
      .map(({ Properties }) => [Properties.FunctionName, Properties.ReservedConcurrentExecutions]);

  it('has room of its own where the stack is told to keep it, and only what it calls has', () => {
    expect(reservedIn(controlPlane)).toEqual([]);
    const definition = readFileSync(join(PROJECT_ROOT, 'state-machines/roll-back.asl.json'), 'utf8');
    const called = new Set([...placeholdersOf(definition).map(fileOf), 'start-roll-back']);
    const reserved = reservedIn(synthControlPlane({ wayBackConcurrency: 2 }));
    expect(new Map(reserved as [string, number][])).toEqual(new Map([...called].map(name => [`sluice-${name}`, 2])));
  });

  it.each([0, -1, 1.5, Number.NaN])('has no room of %s', wayBackConcurrency => {
    expect(() => synthControlPlane({ wayBackConcurrency })).toThrow(/expected a whole number from 1 on/);
  });

  const wayBack = ['restore-traffic', 'verify-traffic', 'start-roll-back', 'look', 'abort'];

  it.each(wayBack)('%s knows no cluster and runs in no VPC, though the others do', name => {
    expect(functionOf(inVpc, name).Properties.VpcConfig).toBeUndefined();
    expect(Object.keys(environmentOf(inVpc, name)).filter(variable => variable.startsWith('CLUSTER'))).toEqual([]);
  });

  it('has no access entry of the cluster', () => {
    const roles = accessEntriesOf(controlPlane).map(({ role }) => role);
    expect(roles).toHaveLength(functionsWithCluster().length);
    for (const name of wayBack) {
      expect(
        roles.some(role => role.startsWith(`${name.replaceAll('-', '')}Role`)),
        name,
      ).toBe(false);
    }
  });

  it('functions that only read in the cluster are in the group that may write nothing there', () => {
    const entries = accessEntriesOf(controlPlane);
    const groupOf = (name: string) =>
      entries.filter(({ role }) => role.startsWith(`${name.replaceAll('-', '')}Role`)).map(({ group }) => group);
    for (const name of functionsThat('readCluster')) expect(groupOf(name), name).toEqual(['sluice-readers']);
    for (const name of functionsThat('writeCluster')) expect(groupOf(name), name).toEqual(['sluice']);
    expect(functionsThat('readCluster')).toContain('read-slot');
  });

  it('functions of the cluster are in the VPC that was given', () => {
    for (const name of functionsWithCluster()) {
      expect(functionOf(inVpc, name).Properties.VpcConfig, name).toEqual({
        SecurityGroupIds: ['sg-11111111'],
        SubnetIds: ['subnet-11111111', 'subnet-22222222'],
      });
    }
  });
});

it('Look alone runs in the VPC as well where Prometheus has an address in it: the rest of the way back does not', () => {
  const withPrometheus = synthControlPlane({ inVpc: true, prometheusInVpc: true });
  expect(functionOf(withPrometheus, 'look').Properties.VpcConfig).toEqual({
    SecurityGroupIds: ['sg-11111111'],
    SubnetIds: ['subnet-11111111', 'subnet-22222222'],
  });
  for (const name of ['restore-traffic', 'verify-traffic', 'start-roll-back', 'abort', 'status', 'undo']) {
    expect(functionOf(withPrometheus, name).Properties.VpcConfig, name).toBeUndefined();
  }
});

describe('the network', () => {
  const VPC = {
    clusterVpcId: 'vpc-11111111',
    clusterSubnetIds: 'subnet-11111111,subnet-22222222',
    clusterSecurityGroupId: 'sg-11111111',
  };
  const inVpcOf = (from: Synthesised) =>
    Object.values(from.ofType('AWS::Lambda::Function'))
      .filter(({ Properties }) => Properties.VpcConfig !== undefined)
      .map(({ Properties }) => String(Properties.FunctionName).replace(/^sluice-/, ''));
  const toldOf = (from: Synthesised) =>
    Object.values(from.ofType('Custom::SluiceCluster')).map(({ Properties }) => [Properties.Network, Properties.From]);

  it.each([
    ['forgotten', {}, /^network: found nothing; expected one of these in every deployment/],
    ['forgotten beside its VPC', VPC, /^network: found nothing/],
    ['one that there is not', { network: 'privat' }, /^network: found privat; expected one of/],
    ['public beside a VPC', { network: 'public', ...VPC }, /^network is public, and clusterVpcId is set/],
    ['private without a VPC', { network: 'private' }, /^network is private, and clusterSubnetIds is not set/],
    [
      'an allow-list without addresses',
      { network: 'publicAllowList', ...VPC },
      /^network is publicAllowList, and natAddresses is not set/,
    ],
    [
      'an allow-list of networks',
      { network: 'publicAllowList', natAddresses: '203.0.113.0/24', ...VPC },
      /^network.addresses\[0\]: found "203.0.113.0\/24"; expected an IPv4 address/,
    ],
  ])('%s is refused before anything is deployed', (_, context, message) => {
    expect(() => synthControlPlane({ context })).toThrow(message);
  });

  it('of a team’s own app is said there, too', () => {
    const code = () => lambda.Code.fromInline('// not under test');
    const made = (network: unknown) => () =>
      new SluiceControlPlane(new Stack(new App(), 'Own'), 'Sluice', {
        ...{ clusters: [{ name: 'prod' }], code },
        network: network as { kind: 'public' },
      });
    expect(made(undefined)).toThrow(/^network.kind: found nothing; expected one of public \(/);
    expect(made({ kind: 'vpc' })).toThrow(/^network.kind: found "vpc"; expected one of public \(/);
    expect(made({ kind: 'private' })).toThrow(/^network.vpc: found nothing; expected the VPC of network private/);
  });

  it('public: no function is in a VPC, and the cluster is looked at for that', () => {
    expect(inVpcOf(controlPlane)).toEqual([]);
    expect(toldOf(controlPlane)).toEqual([['public', '']]);
  });

  it.each([
    ['publicAllowList', { natAddresses: '203.0.113.7,203.0.113.8' }, '203.0.113.7,203.0.113.8'],
    ['private', {}, ''],
    ['privateWithoutNat', {}, ''],
  ])('%s: the functions with the cluster are in the VPC, and nobody else', (network, more, from) => {
    const made = synthControlPlane({ context: { network, ...VPC, ...more } });
    expect(inVpcOf(made).sort()).toEqual([...functionsWithCluster()].sort());
    expect(toldOf(made)).toEqual([[network, from]]);
  });

  it('without NAT has an endpoint for each service that a function in it asks, and docs/deploy.md lists them', () => {
    const names = (endpoints: { service: string }[]) => endpoints.map(({ service }) => service);
    expect(names(vpcEndpoints())).toEqual(['dynamodb', 'eks', 'elasticloadbalancing', 'monitoring', 'sns', 'states']);
    expect(names(vpcEndpoints({ metricsInNetwork: true }))).toEqual(names(vpcEndpoints()));
    const [, section = ''] = readFileSync(join(PROJECT_ROOT, 'docs/deploy.md'), 'utf8').split('### Without NAT');
    const [own = ''] = section.split(/\n##/);
    const rows = [...own.matchAll(/^\| `([\w.-]+)` \| (interface|gateway) \|/gm)].map(([, service, kind]) => [
      service,
      kind,
    ]);
    const always = rows.filter(([service]) => service !== 'aps-workspaces');
    expect(always.sort()).toEqual(vpcEndpoints().map(({ service, kind }) => [service, kind]));
    expect(rows).toContainEqual(['aps-workspaces', 'interface']);
  });
});

describe('functions in a VPC', () => {
  const awakeIn = (from: Synthesised) => (environmentOf(from, 'reconcile').KEEP_AWAKE ?? '') as unknown;
  const invokedBy = (from: Synthesised) =>
    statementsOf(from).filter(
      ({ where, statement }) => /^reconcile/.test(where) && listed(statement.Action).includes('lambda:InvokeFunction'),
    );

  it('are kept awake by the reconciler: each by the version that a machine calls, operations by none', () => {
    const arns = JSON.stringify(awakeIn(inVpc));
    const versions = inVpc.ofType('AWS::Lambda::Version');
    const all = inVpc.ofType('AWS::Lambda::Function');
    const kept = [...arns.matchAll(/"Ref":"(\w+)"/g)].map(([, id = '']) => {
      const { FunctionName } = versions[id]?.Properties ?? {};
      return String(all[(FunctionName as { Ref: string }).Ref]?.Properties.FunctionName).replace(/^sluice-/, '');
    });
    const unversioned = [...arns.matchAll(/"Fn::GetAtt":\["(\w+)","Arn"\]/g)].map(([, id = '']) =>
      String(all[id]?.Properties.FunctionName).replace(/^sluice-/, ''),
    );
    expect(unversioned).toEqual(['record-live']);
    expect([...kept, ...unversioned].sort()).toEqual([...functionsWithCluster()].sort());
    const [only, ...others] = invokedBy(inVpc);
    expect(others).toEqual([]);
    expect(JSON.stringify(only?.statement.Resource)).not.toContain('*');
    expect(only?.statement.Resource).toHaveLength(functionsWithCluster().length);
  });

  it('are none where the network is public, and then the reconciler may call nobody', () => {
    expect(awakeIn(controlPlane)).toBe('');
    expect(invokedBy(controlPlane)).toEqual([]);
  });
});

describe('the clusters', () => {
  it('are looked at in each deployment, by their names alone', () => {
    const two = synthControlPlane({ clusters: ['prod', 'staging'] });
    expect(Object.values(two.ofType('Custom::SluiceCluster')).map(({ Properties }) => Properties.Name)).toEqual([
      'prod',
      'staging',
    ]);
    expect(environmentOf(two, 'read-slot').CLUSTER_NAMES).toBe('prod,staging');
    const parameters = Object.keys((two.template.toJSON() as { Parameters: object }).Parameters);
    expect(parameters.filter(name => /Endpoint|Certificate/.test(name))).toEqual([]);
  });

  it('have an access entry each for every function that talks to them, unless somebody else makes them', () => {
    const entries = accessEntriesOf(synthControlPlane({ clusters: ['prod', 'staging'] }));
    for (const name of ['prod', 'staging']) {
      expect(entries.filter(({ cluster }) => cluster === name)).toHaveLength(functionsWithCluster().length);
    }
    const stack = new Stack(new App(), 'Elsewhere');
    const clusters = [{ name: 'prod', accessEntries: false }];
    const code = () => lambda.Code.fromInline('// not under test');
    new SluiceControlPlane(stack, 'Sluice', { clusters, network: { kind: 'public' }, code });
    expect(accessEntriesOf(synthesised(stack))).toEqual([]);
  });

  it('are all that the functions may ask EKS about', () => {
    const two = synthControlPlane({ clusters: ['prod', 'staging'] });
    const asking = statementsOf(two).filter(({ statement }) =>
      listed(statement.Action).includes('eks:DescribeCluster'),
    );
    expect(asking).toHaveLength(functionsWithCluster().length + 1);
    for (const { statement } of asking) {
      expect(JSON.stringify(statement.Resource)).toMatch(/^\[\{.*:cluster\/prod".*:cluster\/staging".*\}\]$/);
      expect(JSON.stringify(statement.Resource)).not.toContain('*');
    }
  });

  it('are entered by the control plane’s own roles alone, and by one function’s hand', () => {
    const changing = statementsOf(controlPlane).filter(({ statement }) =>
      listed(statement.Action).some(action => /^eks:(Create|Delete|Update|Tag|Associate)/.test(action)),
    );
    expect(new Set(changing.map(({ where }) => where.replace(/Role.*$/, '')))).toEqual(
      new Set(['customresourcescluster']),
    );
    const making = changing.find(({ statement }) =>
      listed(statement.Action).includes('eks:CreateAccessEntry'),
    )?.statement;
    expect(JSON.stringify(making?.Resource)).toMatch(/:cluster\/prod"/);
    expect(making?.Condition).toEqual({
      ArnLikeIfExists: { 'eks:principalArn': expect.objectContaining({}) },
      StringEqualsIfExists: { 'eks:accessEntryType': 'STANDARD' },
      'ForAllValues:StringEquals': { 'eks:kubernetesGroups': ['sluice-readers', 'sluice'] },
    });
    expect(JSON.stringify(making?.Condition)).toMatch(/:iam::.*:role\/sluice-\*/);
  });

  it.each([
    [[], /^clusters: found none; expected the name of one cluster at least$/],
    [['prod', 'prod'], /^clusters\[1\].name: found prod a second time; expected each once$/],
    [['prod,staging'], /^clusters\[0\].name: found "prod,staging"; expected the name of an EKS cluster$/],
    [[''], /^clusters\[0\].name: found ""; expected/],
  ])('named %j are refused before anything is deployed', (clusters, message) => {
    expect(() => synthControlPlane({ clusters })).toThrow(message);
  });
});

describe('the machines', () => {
  const machines = (): Resource[] => Object.values(controlPlane.ofType('AWS::StepFunctions::StateMachine'));

  it('call published versions, so that a running release keeps what it began with', () => {
    const versions = controlPlane.ofType('AWS::Lambda::Version');
    expect(machines()).toHaveLength(2);
    for (const { Properties } of machines()) {
      const { Partition: _, ...calls } = Properties.DefinitionSubstitutions as Record<string, { Ref: string }>;
      const substitutions = Object.entries(calls);
      expect(substitutions.length).toBeGreaterThan(3);
      for (const [placeholder, { Ref }] of substitutions) {
        expect(versions, placeholder).toHaveProperty(Ref);
        const called = (versions[Ref]?.Properties.FunctionName as { Ref: string } | undefined)?.Ref ?? '';
        const { FunctionName } = controlPlane.ofType('AWS::Lambda::Function')[called]?.Properties ?? {};
        expect(FunctionName).toBe(`sluice-${fileOf(placeholder)}`);
      }
    }
  });

  it('versions stay when the next one is published', () => {
    for (const version of Object.values(controlPlane.ofType('AWS::Lambda::Version'))) {
      expect(version).toMatchObject({ DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' });
    }
  });

  it('may call older versions of their functions too', () => {
    const policies = Object.values(controlPlane.ofType('AWS::IAM::Policy')).map(({ Properties }) => Properties);
    const calls = policies
      .filter(({ Roles }) => /^\[\{"Ref":"(Release|RollBack)Role/.test(JSON.stringify(Roles)))
      .flatMap(
        ({ PolicyDocument }) => (PolicyDocument as { Statement: { Action: string; Resource: unknown }[] }).Statement,
      )
      .filter(({ Action }) => Action === 'lambda:InvokeFunction');
    expect(calls).toHaveLength(2);
    for (const { Resource } of calls) {
      for (const resource of Resource as object[]) expect(JSON.stringify(resource)).toMatch(/":\*"\]\]\}$/);
    }
  });

  it('are standard, logged in full without the task tokens, and traced', () => {
    for (const { Properties } of machines()) {
      expect(Properties).toMatchObject({
        StateMachineType: 'STANDARD',
        LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: false },
        TracingConfiguration: { Enabled: true },
      });
    }
  });

  it('leave no placeholder without a function', () => {
    for (const { Properties } of machines()) {
      const used = placeholdersOf(String(Properties.DefinitionString));
      const others = String(Properties.DefinitionString).includes('${Partition}') ? ['Partition'] : [];
      expect(Object.keys(Properties.DefinitionSubstitutions as object).sort()).toEqual([...used, ...others].sort());
    }
  });

  it('are called what the functions think they are', () => {
    expect(
      machines()
        .map(({ Properties }) => Properties.StateMachineName)
        .sort(),
    ).toEqual(['sluice-release', 'sluice-roll-back']);
    expect(JSON.stringify(environmentOf(controlPlane, 'start').RELEASE_MACHINE_ARN)).toContain(
      ':stateMachine:sluice-release',
    );
    expect(JSON.stringify(environmentOf(controlPlane, 'start').ROLL_BACK_MACHINE_ARN)).toContain(
      ':stateMachine:sluice-roll-back',
    );
  });
});
