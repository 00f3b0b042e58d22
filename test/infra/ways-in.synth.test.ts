import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { KUBERNETES_GROUPS } from '../../domain/kubernetes-groups.ts';
import { PROJECT_ROOT } from '../../infra/bundling/bundle.ts';
import { CUSTOM_RESOURCE_NAMES, FUNCTION_NAMES } from '../../infra/functions/catalogue.ts';
import { fileOf, placeholdersOf } from '../../infra/state-machines.ts';
import {
  accessEntriesOf,
  listed,
  type Resource,
  SYNTH_TIMEOUT_MS,
  type Synthesised,
  statementsOf,
  synthControlPlane,
  synthExample,
} from './synthesised.ts';

/*
 * docs/security.md lists every function that anybody but Sluice's own machines can invoke. What it says is read here and
 * compared with the templates: who calls (permissions, rules, custom resources, state machines), and what the role may
 * change. A function that is added, or that gets another caller or another right, fails until it is listed.
 */

let controlPlane: Synthesised;
let example: Synthesised;
beforeAll(() => {
  controlPlane = synthControlPlane();
  example = synthExample();
}, SYNTH_TIMEOUT_MS);

type Caller = 'IAM' | 'EventBridge rule' | 'EventBridge schedule' | 'CloudFormation' | 'the machines';

interface Row {
  name: string;
  caller: string;
  changes: string[];
}

/** Rows of the tables under "Every function, and who can invoke it": function, called by, what it may change, and words. */
function rowsOf(markdown: string): Row[] {
  const [, section = ''] = markdown.split('## Every function, and who can invoke it');
  const [own = ''] = section.split('\n## ');
  return own
    .split('\n')
    .filter(line => line.startsWith('| `'))
    .map(line => line.split('|').map(cell => cell.trim()))
    .map(([, name = '', caller = '', changes = '', ...words]) => {
      if (words.filter(word => word.length > 7).length < 2) {
        throw new Error(`${name}: docs/security.md says neither what it is for nor who may call it`);
      }
      return {
        name: name.replaceAll('`', ''),
        caller,
        changes: [...changes.matchAll(/`([^`]+)`/g)].map(([, one = '']) => one),
      };
    });
}
const rows = () => rowsOf(readFileSync(join(PROJECT_ROOT, 'docs/security.md'), 'utf8'));

const nameOf = ({ Properties }: Resource | { Properties: Record<string, unknown> }): string =>
  String(Properties.FunctionName).replace(/^sluice-/, '');
const functions = () => Object.entries(controlPlane.ofType('AWS::Lambda::Function'));
const ofLogicalId = (id: string): string => {
  const found = functions().find(([logicalId]) => logicalId === id);
  if (found === undefined) throw new Error(`no function ${id}`);
  return nameOf(found[1]);
};
const flat = (file: string): string => file.split('/').at(-1) ?? file;

/** Everybody who can call, as the templates say it. */
function callersOf(): Map<string, Caller[]> {
  const callers = new Map<string, Caller[]>(functions().map(([, resource]) => [nameOf(resource), []]));
  const add = (name: string, caller: Caller) => callers.get(name)?.push(caller);
  for (const { Properties } of Object.values(controlPlane.ofType('AWS::Events::Rule'))) {
    const caller = Properties.ScheduleExpression === undefined ? 'EventBridge rule' : 'EventBridge schedule';
    for (const { Arn } of Properties.Targets as { Arn: { 'Fn::GetAtt': [string, string] } }[]) {
      add(ofLogicalId(Arn['Fn::GetAtt'][0]), caller);
    }
  }
  const tokens = JSON.stringify(
    Object.values(example.template.toJSON().Resources).map(one => (one as Resource).Properties?.ServiceToken ?? ''),
  );
  for (const name of callers.keys()) if (tokens.includes(`function:sluice-${name}"`)) add(name, 'CloudFormation');
  // the control plane's own custom resources name their function by its logical id
  const own = ['Custom::SluiceCluster', 'Custom::SluiceVersion'].flatMap(type =>
    Object.values(controlPlane.ofType(type)).map(({ Properties }) => Properties.ServiceToken),
  );
  for (const token of new Set((own as { 'Fn::GetAtt': [string, string] }[]).map(one => one['Fn::GetAtt'][0]))) {
    add(ofLogicalId(token), 'CloudFormation');
  }
  for (const machine of ['release', 'roll-back']) {
    const definition = readFileSync(join(PROJECT_ROOT, 'state-machines', `${machine}.asl.json`), 'utf8');
    for (const name of placeholdersOf(definition).map(fileOf)) {
      if (callers.get(name)?.includes('the machines') === false) add(name, 'the machines');
    }
  }
  // whatever nothing of Sluice calls is there for people and pipelines
  for (const [name, found] of callers) if (found.length === 0) add(name, 'IAM');
  return callers;
}

/** Read only, or about the function's own log, traces, network and keys. */
const CHANGES_NOTHING =
  /^([\w-]+:(Get|BatchGet|Describe|Query|List)\w*|aps:QueryMetrics|logs:\w+|xray:\w+|kms:\S+|ec2:\w+|sqs:\w+)$/;

/** The actions of its role, in both templates, that change something. */
function changesOf(name: string): string[] {
  const file = [...FUNCTION_NAMES, ...CUSTOM_RESOURCE_NAMES].find(one => flat(one) === name) ?? name;
  const role = Object.entries(controlPlane.ofType('AWS::IAM::Role')).find(([, { Properties }]) =>
    String(Properties.Description).includes(`functions/${file}.ts `),
  );
  if (role === undefined) throw new Error(`no role for ${file}`);
  const isOfRole = (stack: Synthesised, where: string): boolean => {
    const policy = stack.ofType('AWS::IAM::Policy')[where];
    const roles = JSON.stringify(policy?.Properties.Roles ?? []);
    return where === role[0] || roles.includes(`{"Ref":"${role[0]}"}`) || roles.includes(`"sluice-${name}-"`);
  };
  const actions = [controlPlane, example].flatMap(stack =>
    statementsOf(stack)
      .filter(({ where, statement }) => statement.Effect === 'Allow' && isOfRole(stack, where))
      .flatMap(({ statement }) => listed(statement.Action)),
  );
  const inCluster = accessEntriesOf(controlPlane).some(
    entry => entry.role === role[0] && entry.group !== KUBERNETES_GROUPS.readCluster,
  );
  const changing = actions.filter(action => !CHANGES_NOTHING.test(action) && action !== 'sts:AssumeRole');
  return [...new Set([...changing, ...(inCluster ? ['kubernetes'] : [])])].sort();
}

it('every function is listed once, with whoever can call it', () => {
  const found = Object.fromEntries(rows().map(({ name, caller }) => [name, caller]));
  expect(rows()).toHaveLength(functions().length);
  expect(found).toEqual(Object.fromEntries([...callersOf()].map(([name, callers]) => [name, callers.join(', ')])));
});

it('with all that it may change, and no more', () => {
  const found = Object.fromEntries(rows().map(({ name, changes }) => [name, changes.sort()]));
  expect(found).toEqual(Object.fromEntries(functions().map(([, one]) => [nameOf(one), changesOf(nameOf(one))])));
});

describe('there is no other way in', () => {
  it('EventBridge may invoke what its own rules call, and nobody else has a permission on a function', () => {
    const permissions = Object.values(controlPlane.ofType('AWS::Lambda::Permission'));
    expect(permissions).toHaveLength(Object.keys(controlPlane.ofType('AWS::Events::Rule')).length);
    for (const { Properties } of permissions) {
      expect(Properties.Principal).toBe('events.amazonaws.com');
      const [rule = ''] = (Properties.SourceArn as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'];
      const target = controlPlane.ofType('AWS::Events::Rule')[rule]?.Properties.Targets as { Arn: unknown }[];
      expect(target.map(({ Arn }) => Arn)).toEqual([Properties.FunctionName]);
    }
  });

  it('no template has an address, a queue or an API in front of a function', () => {
    const types = [controlPlane, example].flatMap(({ template }) =>
      Object.values(template.toJSON().Resources as Record<string, Resource>).map(({ Type }) => Type),
    );
    const others = types.filter(type =>
      /Lambda::(Url|EventSourceMapping|Alias|LayerVersionPermission)|ApiGateway|AppSync|Scheduler|Pipes|SNS::Subscription|IoT|Cognito|S3::Bucket|ElasticLoadBalancingV2::Listener/.test(
        type,
      ),
    );
    expect(others).toEqual([]);
  });

  it('no role of Sluice but those of the machines may invoke a function', () => {
    const invoking = [controlPlane, example].flatMap(stack =>
      statementsOf(stack).filter(({ statement }) =>
        listed(statement.Action).some(action => /^lambda:Invoke/.test(action)),
      ),
    );
    expect(invoking.map(({ where }) => where.replace(/Role.*$/, '')).sort()).toEqual(['Release', 'RollBack']);
  });
});
