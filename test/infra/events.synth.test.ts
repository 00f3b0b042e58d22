import { beforeAll, expect, it } from 'vitest';
import { type Resource, SYNTH_TIMEOUT_MS, type Synthesised, synthControlPlane } from './synthesised.ts';

let controlPlane: Synthesised;
beforeAll(() => {
  controlPlane = synthControlPlane();
}, SYNTH_TIMEOUT_MS);

interface Target {
  Arn: { 'Fn::GetAtt': [string, string] };
  DeadLetterConfig?: object;
  RetryPolicy?: { MaximumRetryAttempts: number; MaximumEventAgeInSeconds: number };
}
const rules = (): [name: string, rule: Resource][] =>
  Object.values(controlPlane.ofType('AWS::Events::Rule')).map(rule => [
    String(rule.Properties.Name).replace(/^sluice-/, ''),
    rule,
  ]);
const patternOf = (name: string) => rules().find(([found]) => found === name)?.[1].Properties.EventPattern;
const functionOf = (name: string) =>
  Object.values(controlPlane.ofType('AWS::Lambda::Function')).find(
    ({ Properties }) => Properties.FunctionName === `sluice-${name}`,
  )?.Properties;

it('every event handler has its rule, which calls it and nothing else', () => {
  expect(
    rules()
      .map(([name]) => name)
      .sort(),
  ).toEqual(['alarm-changed', 'execution-ended', 'image-pushed', 'reconcile']);
  for (const [name, { Properties }] of rules()) {
    const [target, ...more] = Properties.Targets as Target[];
    const called = controlPlane.ofType('AWS::Lambda::Function')[target?.Arn['Fn::GetAtt'][0] ?? ''];
    expect(called?.Properties.FunctionName).toBe(`sluice-${name}`);
    expect(more).toEqual([]);
  }
});

it('what cannot be handed over is tried for an hour, then a dead letter; a schedule is not made up for', () => {
  for (const [name, { Properties }] of rules()) {
    const [target] = Properties.Targets as Target[];
    expect(target?.DeadLetterConfig, name).toBeDefined();
    expect(target?.RetryPolicy, name).toEqual({
      MaximumEventAgeInSeconds: 3600,
      MaximumRetryAttempts: name === 'reconcile' ? 0 : 20,
    });
  }
});

it('only pushes that succeeded and have a tag start releases', () => {
  expect(patternOf('image-pushed')).toEqual({
    source: ['aws.ecr'],
    'detail-type': ['ECR Image Action'],
    detail: { 'action-type': ['PUSH'], result: ['SUCCESS'], 'image-tag': [{ exists: true }] },
  });
});

it('executions of both machines are heard of where they end badly, and of no other machine', () => {
  expect(patternOf('execution-ended')).toMatchObject({
    detail: { status: ['FAILED', 'TIMED_OUT', 'ABORTED'], stateMachineArn: [expect.anything(), expect.anything()] },
  });
  expect(JSON.stringify(patternOf('execution-ended'))).toMatch(
    /stateMachine:sluice-release.*stateMachine:sluice-roll-back/,
  );
});

it('alarms are heard of where they begin to ring', () => {
  expect(patternOf('alarm-changed')).toMatchObject({
    detail: { state: { value: ['ALARM', 'OK'] } },
  });
});

it('the reconciler comes every minute, ends before the next, and is not repeated by Lambda', () => {
  const [, rule] = rules().find(([name]) => name === 'reconcile') ?? [];
  expect(rule?.Properties.ScheduleExpression).toBe('rate(1 minute)');
  expect(functionOf('reconcile')?.Timeout).toBeLessThan(60);
  const [config] = Object.values(controlPlane.ofType('AWS::Lambda::EventInvokeConfig'));
  expect(config?.Properties).toMatchObject({ MaximumRetryAttempts: 0 });
});
