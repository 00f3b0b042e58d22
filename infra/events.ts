import { Duration } from 'aws-cdk-lib';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { AnyFunctionName } from './functions/catalogue.ts';
import type { SluiceFunction } from './functions/sluice-function.ts';
import type { ControlPlaneNames } from './names.ts';

export interface EventsProps {
  readonly name: string;
  readonly names: ControlPlaneNames;
  readonly functions: ReadonlyMap<AnyFunctionName, SluiceFunction>;
  readonly deadLetters: sqs.IQueue;
}

/**
 * How long EventBridge tries to hand over an event. What is older says nothing that the reconciler has not seen by then:
 * the rule of the schedule is run every minute, and an event that is lost is found by it.
 */
const MOST_AGE = Duration.hours(1);
/** Once a minute: a roll back that nobody executes, or a release past its deadline, waits no longer for its rescue. */
const RECONCILE_EVERY = Duration.minutes(1);

/** The event handlers, and the schedule below them. */
export function addEvents(scope: Construct, props: EventsProps): void {
  const rule = (id: string, file: AnyFunctionName, description: string, pattern: events.EventPattern) => {
    const made = new events.Rule(scope, id, { ruleName: `${props.name}-${file}`, description, eventPattern: pattern });
    made.addTarget(target(props, file, 20));
  };
  rule('ImagePushed', 'image-pushed', 'Sluice: a pushed image starts a release', {
    source: ['aws.ecr'],
    detailType: ['ECR Image Action'],
    // untagged: the children of an index
    detail: { 'action-type': ['PUSH'], result: ['SUCCESS'], 'image-tag': events.Match.exists() },
  });
  rule('ExecutionEnded', 'execution-ended', 'Sluice: an execution that ended badly leaves no release behind', {
    source: ['aws.states'],
    detailType: ['Step Functions Execution Status Change'],
    detail: {
      stateMachineArn: [props.names.machineArn('release'), props.names.machineArn('roll-back')],
      status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
    },
  });
  rule('AlarmChanged', 'alarm-changed', 'Sluice: an alarm of a workload takes its release back', {
    source: ['aws.cloudwatch'],
    detailType: ['CloudWatch Alarm State Change'],
    detail: { state: { value: ['ALARM', 'OK'] } }, // OK ends an override
  });
  new events.Rule(scope, 'Reconcile', {
    ruleName: `${props.name}-reconcile`,
    description: 'Sluice: finds what no event announced and what nobody executes',
    schedule: events.Schedule.rate(RECONCILE_EVERY),
    targets: [target(props, 'reconcile', 0)], // the next one comes in a minute
  });
}

function target({ functions, deadLetters }: EventsProps, file: AnyFunctionName, retryAttempts: number) {
  const found = functions.get(file);
  if (found === undefined) throw new Error(`there is no function ${file} for an event`);
  return new targets.LambdaFunction(found.function, {
    deadLetterQueue: deadLetters,
    retryAttempts,
    maxEventAge: MOST_AGE,
  });
}
