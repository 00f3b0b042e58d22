import { labAccount, labRegion } from './asl/arns.ts';
import type { ExecutionDescription } from './asl/state-machine-host.ts';
import type { AlarmChange } from './aws/alarms-endpoint.ts';
import type { Push } from './aws/ecr-endpoint.ts';

/*
 * Events as EventBridge delivers them to a rule's target.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-eventbridge.html
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */

const envelope = (source: string, detailType: string, atEpochMs: number, resources: string[]) => ({
  version: '0',
  'detail-type': detailType,
  source,
  account: labAccount,
  time: new Date(atEpochMs).toISOString(),
  region: labRegion,
  resources,
});

export const pushEvent = ({ repository, tag, digest, atEpochMs }: Push): object => ({
  ...envelope('aws.ecr', 'ECR Image Action', atEpochMs, []),
  detail: {
    result: 'SUCCESS',
    'repository-name': repository,
    'image-digest': digest,
    'action-type': 'PUSH',
    ...(tag === undefined ? {} : { 'image-tag': tag }),
  },
});

export const executionEvent = (change: ExecutionDescription, nowEpochMs: number): object => ({
  ...envelope('aws.states', 'Step Functions Execution Status Change', nowEpochMs, [change.executionArn]),
  detail: {
    executionArn: change.executionArn,
    stateMachineArn: change.stateMachineArn,
    name: change.name,
    status: change.status,
    startDate: change.startedAtEpochMs,
    stopDate: change.stoppedAtEpochMs ?? null,
    input: change.input,
    output: change.output ?? null,
    error: change.error ?? null,
    cause: change.cause ?? null,
  },
});

export const alarmEvent = ({ name, arn, atEpochMs, state, previousState, reason }: AlarmChange): object => ({
  ...envelope('aws.cloudwatch', 'CloudWatch Alarm State Change', atEpochMs, [arn]),
  detail: {
    alarmName: name,
    configuration: {},
    state: { value: state, reason, timestamp: new Date(atEpochMs).toISOString().replace('Z', '+0000') },
    previousState: { value: previousState },
  },
});
