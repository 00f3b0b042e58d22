import { App, NestedStack, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { beforeAll, describe, expect, it } from 'vitest';
import { SluiceControlPlane, type SluiceControlPlaneProps } from '../../infra/control-plane.ts';
import { SluiceLedger } from '../../infra/ledger.ts';
import { type Resource, SYNTH_TIMEOUT_MS, type Synthesised, synthControlPlane, synthExample } from './synthesised.ts';

/*
 * What a deployment leaves behind when it fails, and whether the next one meets it. A name that is kept and taken is a second
 * try that fails for another reason than the first.
 */

const noCode = () => lambda.Code.fromInline('// not under test');
const make = (scope: Stack, more: Partial<SluiceControlPlaneProps> = {}) =>
  new SluiceControlPlane(scope, 'Sluice', {
    clusters: [{ name: 'prod' }],
    network: { kind: 'public' },
    code: noCode,
    ...more,
  });
const resourcesOf = (stack: Stack) => Template.fromStack(stack).toJSON().Resources as Record<string, Resource>;
const stacksOf = (app: App) => app.node.findAll().filter((one): one is Stack => Stack.isStack(one));
const tableOf = (stack: Stack) => Object.values(resourcesOf(stack)).find(({ Type }) => Type === 'AWS::DynamoDB::Table');

let controlPlane: Synthesised;
let all: Synthesised[];
beforeAll(() => {
  controlPlane = synthControlPlane({ inVpc: true });
  all = [controlPlane, synthExample()];
}, SYNTH_TIMEOUT_MS);

describe('a deployment that fails, and is tried again', () => {
  it('meets nothing that the first try made and kept: what is kept goes where the operation that made it is rolled back', () => {
    const kept = all.flatMap(({ template }) =>
      Object.entries(template.toJSON().Resources as Record<string, Resource>).filter(
        ([, { DeletionPolicy = 'Delete' }]) => DeletionPolicy !== 'Delete',
      ),
    );
    const types = new Set(kept.map(([, { Type }]) => Type));
    expect([...types].sort()).toEqual([
      'AWS::ElasticLoadBalancingV2::TargetGroup',
      'AWS::Lambda::Version',
      'AWS::Logs::LogGroup',
    ]);
    for (const [id, { DeletionPolicy, UpdateReplacePolicy }] of kept) {
      expect({ DeletionPolicy, UpdateReplacePolicy }, id).toEqual({
        DeletionPolicy: 'RetainExceptOnCreate',
        UpdateReplacePolicy: 'Retain',
      });
    }
  });

  it('keeps every log group and every version when a later deployment leaves it out', () => {
    for (const type of ['AWS::Logs::LogGroup', 'AWS::Lambda::Version']) {
      const found = Object.values(controlPlane.ofType(type));
      expect(found.length, type).toBeGreaterThan(20);
      for (const { DeletionPolicy } of found) expect(DeletionPolicy).toBe('RetainExceptOnCreate');
    }
  });

  it('never meets the table: it is alone in a stack that is deployed first, and nothing but its name leads there', () => {
    const { stack } = controlPlane;
    const [ledger, ...more] = stack.dependencies;
    if (ledger === undefined) throw new Error('the control plane waits for no stack');
    expect(more).toEqual([]);
    expect(ledger.stackName).toBe('SluiceLedger');
    const resources = Object.values(resourcesOf(ledger));
    expect(resources.map(({ Type }) => Type)).toEqual(['AWS::DynamoDB::Table']);
    expect(resources[0]).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    expect(JSON.stringify(controlPlane.template.toJSON())).not.toContain('Fn::ImportValue');
  });
});

describe('the ledger', () => {
  it('has the name of its control plane, in the account and region of the stack beside it', () => {
    const app = new App();
    const env = { account: '123456789012', region: 'eu-west-1' };
    make(new Stack(app, 'Delivery', { env }), { name: 'shop' });
    const ledger = stacksOf(app).find(({ stackName }) => stackName === 'DeliveryLedger');
    if (ledger === undefined) throw new Error('no ledger');
    expect(ledger.environment).toBe('aws://123456789012/eu-west-1');
    expect(tableOf(ledger)?.Properties.TableName).toBe('shop');
  });

  it('may be in a stack of one’s own, or in that of the control plane', () => {
    const app = new App();
    const own = new Stack(app, 'Audit');
    const delivery = new Stack(app, 'Delivery');
    make(delivery, { ledger: new SluiceLedger(own, 'Ledger') });
    expect(stacksOf(app).map(({ stackName }) => stackName)).toEqual(['Audit', 'Delivery']);
    expect(delivery.dependencies).toEqual([own]);
    const one = new Stack(new App(), 'One');
    make(one, { ledger: new SluiceLedger(one, 'Ledger') });
    expect(tableOf(one)).toBeDefined();
  });

  it('of a control plane in a nested stack is beside its parent, with which it does not fail', () => {
    const app = new App();
    const parent = new Stack(app, 'Platform');
    make(new NestedStack(parent, 'Nested'));
    const ledger = stacksOf(app).find(({ stackName }) => stackName === 'PlatformLedger');
    expect(parent.dependencies).toEqual([ledger]);
  });

  it('of another control plane is refused, with both names', () => {
    const app = new App();
    const ledger = new SluiceLedger(new Stack(app, 'Audit'), 'Ledger', { name: 'shop' });
    expect(() => make(new Stack(app, 'Delivery'), { ledger })).toThrow(
      'the ledger is that of the control plane shop, and this one is sluice',
    );
    expect(() => new SluiceLedger(new Stack(app, 'B'), 'Ledger', { name: 'Shop!' })).toThrow(/must match/);
  });
});
