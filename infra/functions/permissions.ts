import * as iam from 'aws-cdk-lib/aws-iam';
import { CARRIES_TAG, OWNER_TAG, STACK_TAG } from '../../domain/routers/alb/ownership.ts';
import type { ControlPlaneNames } from '../names.ts';
import type { Need } from './catalogue.ts';

/**
 * Why a statement's resource has a `*` in it. Every such resource of the templates is in this list, by its action; a test
 * fails for one that is not, and cdk-nag's findings are suppressed with these words.
 */
export const WILDCARDS = {
  'elasticloadbalancing:Describe*':
    'ELB has no permission by resource for DescribeRules, DescribeTargetHealth, DescribeTargetGroupAttributes, DescribeTargetGroups and DescribeTags; they read and change nothing',
  'cloudwatch:GetMetricData': 'CloudWatch has no permission by resource for reading metrics',
  'cloudwatch:DescribeAlarms':
    'CloudWatch describes composite alarms only to those who may describe every alarm; it reads and changes nothing',
  'xray:Put*': 'X-Ray has no permission by resource for writing segments',
  'states executions':
    "an execution's ARN ends with its name, which holds the release's number: every execution of this one machine",
  'lambda versions':
    'a running release keeps the function versions that it began with: every version of this one function, so that a deployment of Sluice does not take the permission from under it',
  'logs delivery':
    'CloudWatch Logs has no permission by resource for the delivery of logs that a state machine sets up',
  'ec2 interfaces': 'Lambda makes its network interfaces in a VPC with this, and EC2 names them only afterwards',
  'listener rules':
    'the ARN of a rule ends with an id that ELB chooses when it is made: every rule of this one listener',
  'rule tags':
    'a rule is tagged by the call that makes it, before anybody knows its ARN: any rule of an Application Load Balancer, but only as one of this control plane, and never one that has another owner',
  'kms data keys': 'a data key is asked for by two actions that the grant writes as GenerateDataKey*, for this one key',
} as const;

const LEDGER = ['workload#*', 'windows#*'];
/** Task tokens are capabilities: apart from the log, which more functions read and append to. */
const TOKENS = ['token#*'];
/** Which workloads have an open release. Whoever appends marks it. */
const OPEN = ['open'];
const WORKLOADS = ['workloads'];
/** What each of them has for itself. */
const CLAIMS = ['claims'];

/** Items of the one table, by the beginning of their partition key: the ledger and the list of workloads stay apart. */
const onTable = (names: ControlPlaneNames, actions: string[], partitions: string[]) =>
  new iam.PolicyStatement({
    actions: actions.map(action => `dynamodb:${action}`),
    resources: [names.tableArn],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } },
  });

const allow = (actions: string[], resources: string[]) => new iam.PolicyStatement({ actions, resources });

/** What a need means, for the whole control plane. Needs that belong to one workload are empty here. */
export function statementsFor(need: Need, names: ControlPlaneNames): iam.PolicyStatement[] {
  const start = (machine: 'release' | 'roll-back') => [
    allow(['states:StartExecution'], [names.machineArn(machine)]),
    // a name that is taken is success only if that execution runs with the same input
    allow(['states:DescribeExecution'], [names.executionArns(machine)]),
  ];
  switch (need) {
    case 'readLedger':
      return [onTable(names, ['GetItem', 'Query'], LEDGER)];
    case 'appendLedger':
      return [onTable(names, ['GetItem', 'Query', 'PutItem'], [...LEDGER, ...OPEN])];
    case 'keepToken':
      return [onTable(names, ['PutItem'], TOKENS)];
    case 'readToken':
      return [onTable(names, ['GetItem'], TOKENS)];
    case 'sweepOpen':
      return [onTable(names, ['DeleteItem'], OPEN)];
    case 'readWorkloads':
      return [onTable(names, ['GetItem', 'Query'], WORKLOADS)];
    case 'registerWorkloads':
      return [
        onTable(names, ['PutItem', 'DeleteItem'], [...WORKLOADS, ...CLAIMS]),
        onTable(names, ['GetItem', 'Query'], CLAIMS),
      ];
    case 'readDial':
      return [allow(['elasticloadbalancing:DescribeRules'], ['*'])];
    case 'readTargets':
      return [
        allow(
          ['elasticloadbalancing:DescribeTargetHealth', 'elasticloadbalancing:DescribeTargetGroupAttributes'],
          ['*'],
        ),
      ];
    case 'readTags':
      return [allow(['elasticloadbalancing:DescribeTags'], ['*'])];
    case 'readGroups':
      return [allow(['elasticloadbalancing:DescribeTargetGroups'], ['*'])];
    case 'tagRules': {
      const ours = `${names.controlPlane}/*`;
      return [
        new iam.PolicyStatement({
          actions: ['elasticloadbalancing:AddTags'],
          resources: [names.ruleArns],
          conditions: {
            StringLike: { [`aws:RequestTag/${OWNER_TAG}`]: ours },
            StringLikeIfExists: { [`aws:ResourceTag/${OWNER_TAG}`]: ours },
            'ForAllValues:StringEquals': { 'aws:TagKeys': [OWNER_TAG, STACK_TAG, CARRIES_TAG] },
          },
        }),
      ];
    }
    case 'readMetrics':
      return [allow(['cloudwatch:GetMetricData'], ['*'])];
    case 'readAlarms':
      return [allow(['cloudwatch:DescribeAlarms'], ['*'])];
    case 'tell':
      return [allow(['sns:Publish'], [names.noticesTopicArn])];
    case 'startRelease':
      return start('release');
    case 'startRollBack':
      return start('roll-back');
    case 'stopRelease':
      return [allow(['states:StopExecution'], [names.executionArns('release')])];
    case 'answerTaskToken':
      return [allow(['states:SendTaskSuccess'], [names.machineArn('release')])];
    case 'readCluster':
    case 'writeCluster':
    case 'turnDial':
    case 'cutConnections':
    case 'readImages':
    case 'makeRules':
      return [];
    default:
      return need satisfies never;
  }
}
