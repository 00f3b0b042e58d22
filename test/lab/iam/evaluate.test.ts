import { describe, expect, it } from 'vitest';
import { decisionOf, type PolicyStatement, type Request } from '../../../lab/iam/evaluate.ts';

const ARN = 'arn:aws:sns:eu-west-1:123456789012:news';
const allow: PolicyStatement = { Effect: 'Allow', Action: 'sns:Publish', Resource: ARN };
const ask: Request = { action: 'sns:Publish', resource: ARN };
const holds = (Condition: PolicyStatement['Condition'], context: Request['context']) =>
  decisionOf([{ ...allow, ...(Condition !== undefined && { Condition }) }], {
    ...ask,
    ...(context !== undefined && { context }),
  }) === 'allowed';

describe('IAM, as it documents itself', () => {
  it('denies what nobody allows', () => {
    expect(decisionOf([], ask)).toBe('not allowed');
    expect(decisionOf([allow], { ...ask, action: 'sns:Subscribe' })).toBe('not allowed');
    expect(decisionOf([allow], { ...ask, resource: `${ARN}x` })).toBe('not allowed');
    expect(decisionOf([allow], ask)).toBe('allowed');
  });

  it('an explicit deny wins over every allow, in any order', () => {
    const deny: PolicyStatement = { Effect: 'Deny', Action: 'sns:*', Resource: '*' };
    expect(decisionOf([allow, deny], ask)).toBe('explicitly denied');
    expect(decisionOf([deny, allow], ask)).toBe('explicitly denied');
    const insecure = { ...deny, Condition: { Bool: { 'aws:SecureTransport': 'false' } } };
    expect(decisionOf([allow, insecure], { ...ask, context: { 'aws:SecureTransport': 'true' } })).toBe('allowed');
    expect(decisionOf([allow, insecure], { ...ask, context: { 'aws:SecureTransport': 'false' } })).toBe(
      'explicitly denied',
    );
  });

  it('compares actions without case, and resources with', () => {
    expect(decisionOf([{ ...allow, Action: 'SNS:publish' }], ask)).toBe('allowed');
    expect(decisionOf([{ ...allow, Resource: ARN.toUpperCase() }], ask)).toBe('not allowed');
  });

  it.each([
    ['arn:aws:sns:eu-west-1:123456789012:*', true],
    ['arn:aws:sns:*:123456789012:news', true],
    ['arn:aws:sns:eu-west-?:123456789012:n?ws', true],
    ['arn:aws:sns:*:news', false], // a part is not skipped
    ['arn:aws:sns:eu-west-1:123456789012:new', false],
    ['*', true],
  ])('the resource %s', (Resource, matched) => {
    expect(decisionOf([{ ...allow, Resource }], ask)).toBe(matched ? 'allowed' : 'not allowed');
  });

  it('a * in the last part of an ARN goes over slashes and colons', () => {
    const resource = 'arn:aws:states:eu-west-1:123456789012:execution:sluice-release:shop-1-1';
    const Resource = 'arn:aws:states:eu-west-1:123456789012:execution:*';
    expect(decisionOf([{ Effect: 'Allow', Action: '*', Resource }], { action: 'states:StopExecution', resource })).toBe(
      'allowed',
    );
  });

  it('asks all operators and keys, and one of the values', () => {
    const both = { StringEquals: { 'aws:a': ['1', '2'] }, StringLike: { 'aws:b': 'x*' } };
    expect(holds(both, { 'aws:a': '2', 'aws:b': 'xyz' })).toBe(true);
    expect(holds(both, { 'aws:a': '3', 'aws:b': 'xyz' })).toBe(false);
    expect(holds(both, { 'aws:a': '1' })).toBe(false);
    expect(holds(both, { 'AWS:A': '1', 'aws:B': 'x' })).toBe(true); // keys without case
    expect(holds(both, { 'aws:a': '1', 'aws:b': 'X' })).toBe(false); // values with
  });

  it('an absent key fails what asks for a value, passes what refuses one, and what says IfExists', () => {
    expect(holds({ StringEquals: { 'aws:a': '1' } }, {})).toBe(false);
    expect(holds({ StringLike: { 'aws:a': '*' } }, {})).toBe(false);
    expect(holds({ StringNotEquals: { 'aws:a': '1' } }, {})).toBe(true);
    expect(holds({ StringLikeIfExists: { 'aws:a': '1' } }, {})).toBe(true);
    expect(holds({ StringLikeIfExists: { 'aws:a': '1' } }, { 'aws:a': '2' })).toBe(false);
    expect(holds({ Null: { 'aws:a': 'true' } }, {})).toBe(true);
    expect(holds({ Null: { 'aws:a': 'true' } }, { 'aws:a': '1' })).toBe(false);
    expect(holds({ Null: { 'aws:a': false } }, { 'aws:a': '1' })).toBe(true);
  });

  it('of several values ForAllValues asks each, also of none, and ForAnyValue asks one', () => {
    const all = { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } };
    expect(holds(all, { 'aws:TagKeys': ['a', 'b'] })).toBe(true);
    expect(holds(all, { 'aws:TagKeys': ['a', 'c'] })).toBe(false);
    expect(holds(all, {})).toBe(true);
    const any = { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a', 'b'] } };
    expect(holds(any, { 'aws:TagKeys': ['a', 'c'] })).toBe(true);
    expect(holds(any, {})).toBe(false);
    expect(() => holds({ StringEquals: { 'aws:TagKeys': 'a' } }, { 'aws:TagKeys': ['a', 'b'] })).toThrow(/2 values/);
  });

  it('a service, a role and its account are who asks', () => {
    const role = 'arn:aws:iam::123456789012:role/sluice-close-eu-west-1';
    const of = (Principal: PolicyStatement['Principal'], principal: Request['principal']) =>
      decisionOf([{ ...allow, ...(Principal !== undefined && { Principal }) }], {
        ...ask,
        ...(principal !== undefined && { principal }),
      });
    expect(of({ Service: 'cloudwatch.amazonaws.com' }, { service: 'cloudwatch.amazonaws.com' })).toBe('allowed');
    expect(of({ Service: 'cloudwatch.amazonaws.com' }, { service: 'events.amazonaws.com' })).toBe('not allowed');
    expect(of({ Service: 'cloudwatch.amazonaws.com' }, { role })).toBe('not allowed');
    expect(of({ AWS: 'arn:aws:iam::123456789012:root' }, { role })).toBe('allowed');
    expect(of({ AWS: 'arn:aws:iam::999999999999:root' }, { role })).toBe('not allowed');
    expect(of({ AWS: [role] }, { role })).toBe('allowed');
  });

  it('what it does not know is an error, never an allow: also where nothing else matches', () => {
    expect(() => holds({ NumericLessThan: { 'aws:a': '1' } }, {})).toThrow(/NumericLessThan is not implemented/);
    expect(() => holds({ 'ForAllValues:toString': { 'aws:a': '1' } }, {})).toThrow(/not implemented/);
    const other = { ...allow, Action: 's3:GetObject', Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } };
    expect(() => decisionOf([other], ask)).toThrow(/IpAddress is not implemented/);
    expect(() => decisionOf([{ ...allow, NotAction: 'x' } as PolicyStatement], ask)).toThrow(/NotAction/);
    expect(() =>
      decisionOf([{ ...allow, Resource: `arn:aws:sns:eu-west-1:123456789012:$\{aws:username}` }], ask),
    ).toThrow(/variables/);
    expect(() =>
      decisionOf([{ ...allow, Principal: { Federated: 'x' } }], { ...ask, principal: { service: 'x' } }),
    ).toThrow(/Federated/);
    expect(() => decisionOf([{ ...allow, Principal: { AWS: 'x' } }], ask)).toThrow(/who asks/);
  });
});
