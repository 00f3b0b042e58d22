import * as iam from 'aws-cdk-lib/aws-iam';
import { KUBERNETES_GROUPS } from '../../domain/kubernetes-groups.ts';
import { CARRIES_TAG, OWNER_TAG, STACK_TAG } from '../../domain/routers/alb/ownership.ts';
import { SOURCE_PLANS } from '../../domain/sources/plan-registry.ts';
import type { Permission } from '../../domain/sources/source-plan-kind.ts';
import { SHARED_TAG } from '../../domain/tags/shared-tag.ts';
import type { ControlPlaneNames } from '../names.ts';
import type { Need } from './catalogue.ts';

/*
 * What a role may do is the same whatever workloads there are: a workload's stack adds nothing to it, so that two stacks
 * cannot overwrite each other's rights and a role does not fill up. Whose a resource is stands in its tags, and IAM asks for
 * them (decision 46).
 */

/**
 * Why a statement's resource has a `*` in it. Every such resource of the templates is in this list, by its action; a test
 * fails for one that is not, and cdk-nag's findings are suppressed with these words.
 */
export const WILDCARDS = {
  'elasticloadbalancing:Describe*':
    'ELB has no permission by resource for DescribeRules, DescribeTargetHealth, DescribeTargetGroupAttributes, DescribeTargetGroups and DescribeTags; they read and change nothing',
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
  'own rules':
    "a workload's stack adds nothing to a role: any rule of an Application Load Balancer whose tag names this control plane as its owner",
  'own groups':
    "a workload's stack adds nothing to a role: any target group whose tag names this control plane as its owner",
  'new rules':
    'a listener is named by a workload, whose stack adds nothing to a role: any listener of an Application Load Balancer, but only for a rule that the same call tags as one of this control plane',
  'user pools':
    "a user pool is named by a rule's log-in, whose stack adds nothing to a role: any user pool of this account and region whose tag gives it to this control plane",
  'rule tags':
    'a rule is tagged by the call that makes it, before anybody knows its ARN: any rule of an Application Load Balancer, but in that call alone, and only as one of this control plane',
  repositories:
    'a repository is named by a workload, whose stack adds nothing to a role: what images there are is read of any repository of this account, and what is in one only where a tag gives it to this control plane',
  'repositories of others':
    'a repository is named by a workload, whose stack adds nothing to a role: any repository of the accounts that registryAccounts names, and of those what their own repository policies allow',
  secrets:
    'a secret is named by a workload, whose stack adds nothing to a role: any secret of this account and region whose tag gives it to this control plane',
  topics:
    'a topic is named by a plan, whose stack adds nothing to a role: any topic of this account and region whose tag gives it to this control plane',
  'access entries':
    "the ARN of an access entry ends with its role's name and an id that EKS chooses when it is made: those of this control plane's roles in its own clusters",
  'kms data keys': 'a data key is asked for by two actions that the grant writes as GenerateDataKey*, for this one key',
} as const;

const LEDGER = ['workload#*', 'windows#*'];
/** Task tokens are capabilities: apart from the log, which more functions read and append to. */
const TOKENS = ['token#*'];
/** Which workloads have an open release. Whoever appends marks it. */
const OPEN = ['open'];
const WORKLOADS = ['workloads'];
/** Which version of Sluice was deployed last. */
const DEPLOYED = ['deployed'];
/** What each of them has for itself. */
const CLAIMS = ['claims'];

/** Items of the one table, by the beginning of their partition key: the ledger and the list of workloads stay apart. */
const onTable = (names: ControlPlaneNames, actions: string[], partitions: string[]) =>
  new iam.PolicyStatement({
    actions: actions.map(action => `dynamodb:${action}`),
    resources: [names.tableArn],
    conditions: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': partitions } },
  });

const allow = (actions: string[], resources: string[], conditions?: Record<string, Record<string, unknown>>) =>
  new iam.PolicyStatement({ actions, resources, ...(conditions !== undefined && { conditions }) });

/** A resource whose owner is a workload of this control plane; one without the tag is nobody's, and not allowed. */
const owned = ({ controlPlane }: ControlPlaneNames) => ({
  StringLike: { [`aws:ResourceTag/${OWNER_TAG}`]: `${controlPlane}/*` },
});
/** A resource that its owner lets this control plane use. */
const shared = ({ controlPlane }: ControlPlaneNames) => ({
  StringEquals: { [`aws:ResourceTag/${SHARED_TAG}`]: controlPlane },
});

/** ELB asks as its caller whether the client of a user pool is there, each time that it is sent an action which names one. */
const asksCognito = (names: ControlPlaneNames) =>
  allow(['cognito-idp:DescribeUserPoolClient'], [names.userPoolArns], shared(names));

/** What the sources of metrics need, of which a plan may name each. */
export const METRICS: readonly Permission[] = SOURCE_PLANS.flatMap(({ permissions = [] }) => permissions);

const forMetrics = (names: ControlPlaneNames, { actions, on }: Permission): iam.PolicyStatement =>
  'all' in on ? allow([...actions], ['*']) : allow([...actions], [names.arnsOf(on.tagged)], shared(names));

/**
 * What a need means, for the whole control plane and all its workloads.
 * @param registryAccounts other accounts in whose ECR its workloads have repositories
 */
export function statementsFor(
  need: Need,
  names: ControlPlaneNames,
  registryAccounts: readonly string[],
): iam.PolicyStatement[] {
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
    case 'keepVersion':
      return [onTable(names, ['GetItem', 'PutItem'], DEPLOYED)];
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
    case 'turnDial':
      return [allow(['elasticloadbalancing:ModifyRule'], [names.ruleArns], owned(names)), asksCognito(names)];
    case 'cutConnections':
      return [allow(['elasticloadbalancing:DeregisterTargets'], [names.targetGroupArns], owned(names))];
    case 'makeRules': {
      const asOurs = { StringLike: { [`aws:RequestTag/${OWNER_TAG}`]: `${names.controlPlane}/*` } };
      return [
        allow(['elasticloadbalancing:CreateRule'], [names.listenerArns], asOurs),
        // of a rule that is there already nobody becomes the owner by this
        allow(['elasticloadbalancing:AddTags'], [names.ruleArns], {
          ...asOurs,
          StringEquals: { 'elasticloadbalancing:CreateAction': 'CreateRule' },
          'ForAllValues:StringEquals': { 'aws:TagKeys': [OWNER_TAG, STACK_TAG, CARRIES_TAG] },
        }),
        allow(
          ['ModifyRule', 'SetRulePriorities', 'DeleteRule'].map(action => `elasticloadbalancing:${action}`),
          [names.ruleArns],
          owned(names),
        ),
        asksCognito(names),
      ];
    }
    case 'readSecrets':
      return [allow(['secretsmanager:GetSecretValue'], [names.secretArns], shared(names))];
    case 'readImages':
      return [
        allow(['ecr:DescribeImages', 'ecr:DescribeRepositories'], [names.repositoryArns]),
        allow(['ecr:BatchGetImage'], [names.repositoryArns], shared(names)),
        ...(registryAccounts.length === 0
          ? []
          : [allow(['ecr:DescribeImages', 'ecr:BatchGetImage'], registryAccounts.map(names.repositoryArnsOf))]),
      ];
    case 'readMetrics':
      return METRICS.map(permission => forMetrics(names, permission));
    case 'readAlarms':
      return [allow(['cloudwatch:DescribeAlarms'], ['*'])];
    case 'tell':
      return [
        allow(['sns:Publish'], [names.noticesTopicArn]),
        // those that a plan names
        allow(['sns:Publish'], [names.topicArns], shared(names)),
      ];
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
    case 'findCluster':
      return [allow(['eks:DescribeCluster'], names.clusterArns)];
    case 'keepAccess':
      return keepAccess(names);
    case 'keepAwake':
      return []; // for the very versions that are called, and only where functions are in a VPC: infra/keep-awake.ts
    default:
      return need satisfies never;
  }
}

/** Lets nobody in but the control plane's own roles, and them as nothing but what RBAC binds. */
const keepAccess = (names: ControlPlaneNames): iam.PolicyStatement[] => [
  allow(['eks:ListAccessEntries'], names.clusterArns),
  new iam.PolicyStatement({
    actions: ['eks:CreateAccessEntry'],
    resources: names.clusterArns,
    conditions: {
      ArnLikeIfExists: { 'eks:principalArn': names.roleArns },
      StringEqualsIfExists: { 'eks:accessEntryType': 'STANDARD' },
      'ForAllValues:StringEquals': { 'eks:kubernetesGroups': Object.values(KUBERNETES_GROUPS) },
    },
  }),
  allow(['eks:DescribeAccessEntry', 'eks:DeleteAccessEntry', 'eks:TagResource'], names.accessEntryArns),
];
