import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import {
  type AnyFunctionName,
  CUSTOM_RESOURCE_NAMES,
  FUNCTION_NAMES,
  type Need,
  needsOf,
} from '../infra/functions/catalogue.ts';
import { WILDCARDS } from '../infra/functions/permissions.ts';

/** What a need is for, and what it gives: infra/functions/permissions.ts in words. */
const MEANING: Record<Need, [why: string, gives: string]> = {
  readLedger: ['reads what has happened', 'dynamodb:GetItem, Query on `workload#*` and `windows#*` of the one table'],
  appendLedger: [
    'appends what it does, on the condition that nobody else did first',
    'dynamodb:GetItem, Query, PutItem on `workload#*`, `windows#*` and `open` of the one table',
  ],
  keepToken: [
    'keeps the task token of an approval that waits, or the address of a hook that runs',
    'dynamodb:PutItem on `token#*`',
  ],
  readToken: ['finds the task token of an approval, or the address of a hook', 'dynamodb:GetItem on `token#*`'],
  sweepOpen: ['takes workloads at rest out of the list of open releases', 'dynamodb:DeleteItem on `open`'],
  readWorkloads: ['knows the workloads and their plans', 'dynamodb:GetItem, Query on `workloads`'],
  keepVersion: [
    'knows which version of Sluice was deployed last',
    'dynamodb:GetItem, PutItem on `deployed` of the one table',
  ],
  registerWorkloads: [
    'keeps the list of workloads, and of what each has for itself',
    'dynamodb:PutItem, DeleteItem on `workloads` and `claims`; GetItem, Query on `claims`',
  ],
  readDial: [
    'reads the traffic weights from the load balancer',
    'elasticloadbalancing:DescribeRules on * (no permission by resource)',
  ],
  turnDial: [
    'changes the traffic weights',
    "elasticloadbalancing:ModifyRule on rules whose owner is a workload of this control plane (tag `sluice:owner`); cognito-idp:DescribeUserPoolClient on user pools with the tag `sluice:control-plane`, which ELB asks for where a rule's log-in is one's",
  ],
  readTargets: [
    'looks whether targets are ready, before and after a shift',
    'elasticloadbalancing:DescribeTargetHealth, DescribeTargetGroupAttributes on * (no permission by resource)',
  ],
  readTags: [
    'reads whose rules, listeners and target groups are',
    'elasticloadbalancing:DescribeTags on * (no permission by resource)',
  ],
  readGroups: [
    'reads what the target groups are',
    'elasticloadbalancing:DescribeTargetGroups on * (no permission by resource)',
  ],
  cutConnections: [
    'ends long connections to a canary that went back',
    'elasticloadbalancing:DeregisterTargets on target groups whose owner is a workload of this control plane (tag `sluice:owner`)',
  ],
  readMetrics: [
    'reads the metrics that are judged',
    'cloudwatch:GetMetricData, DescribeAlarms, DescribeAlarmHistory on * (no permission by resource); aps:QueryMetrics on workspaces with the tag `sluice:control-plane`',
  ],
  readAlarms: ['asks the alarms that the workload names', 'cloudwatch:DescribeAlarms on * (composite alarms need it)'],
  readImages: [
    'resolves a tag to a digest, its push time and its parts',
    'ecr:DescribeImages, DescribeRepositories on the repositories of this account; BatchGetImage on those with the tag `sluice:control-plane`',
  ],
  tell: [
    'tells people',
    "sns:Publish on the notices topic, and on a plan's own with the tag `sluice:control-plane`; kms on the notices topic's key",
  ],
  readCluster: [
    'reads the template and the slots',
    'eks:DescribeCluster on the clusters of the control plane, each by its ARN; in them an access entry in the group `sluice-readers`, RBAC by namespace',
  ],
  writeCluster: [
    'reads and writes the slots',
    'eks:DescribeCluster on the clusters of the control plane, each by its ARN; in them an access entry in the group `sluice`, RBAC by namespace',
  ],
  keepAwake: [
    'calls the functions in a VPC once an hour, which do nothing then, so that Lambda leaves them their network interfaces',
    'lambda:InvokeFunction on those functions, each by the version that is called; nothing where none is in a VPC',
  ],
  findCluster: [
    'asks where the clusters are, and how they let somebody in',
    'eks:DescribeCluster on the clusters of the control plane, each by its ARN',
  ],
  keepAccess: [
    "lets the control plane's own functions into its clusters",
    "eks:CreateAccessEntry (of its own roles, in Sluice's two groups alone) and ListAccessEntries on the clusters of the control plane; DescribeAccessEntry, DeleteAccessEntry, TagResource on the entries of its own roles there",
  ],
  startRelease: [
    'starts a release',
    'states:StartExecution on the release machine, DescribeExecution on its executions',
  ],
  stopRelease: ['stops a release that is rolling back', "states:StopExecution on the release machine's executions"],
  startRollBack: [
    'starts a roll back',
    'states:StartExecution on the roll-back machine, DescribeExecution on its executions',
  ],
  answerTaskToken: ['ends the pause of an approval', 'states:SendTaskSuccess on the release machine'],
  readSecrets: [
    "reads an OIDC client's secret, to hand it to the load balancer once, or the credentials of a registry that is not ECR",
    'secretsmanager:GetSecretValue on secrets with the tag `sluice:control-plane`',
  ],
  makeRules: [
    "makes and keeps a workload's listener rules, and never moves traffic",
    "elasticloadbalancing:CreateRule on listeners, as an owner of this control plane; AddTags in that call alone, Sluice's three tags; ModifyRule, SetRulePriorities, DeleteRule on rules whose owner is a workload of this control plane; cognito-idp:DescribeUserPoolClient as those that turn weights",
  ],
};

const read = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** A function that does in the cluster what the one without this does outside of it. */
const TWIN = /-in-cluster$/;

/** The first sentence of the comment above the use case that a function calls: what it is for, in its author's words. */
function purposeOf(name: AnyFunctionName): string {
  const imported = /import \{([^}]+)\} from '[./]+\/(application\/[\w-]+\/([\w-]+)\.ts)'/g;
  const [, names = '', path = ''] =
    [...read(`functions/${name}.ts`).matchAll(imported)].find(
      ([, , , file]) => file === basename(name).replace(TWIN, ''),
    ) ?? [];
  const useCase = names
    .split(',')
    .find(one => !/^\s*(type .*|parse\w+|\w+Schema|)\s*$/.test(one))
    ?.trim();
  const above = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*export (?:async )?(?:function|const) ${useCase}\\b`);
  const comment = path === '' ? undefined : above.exec(read(path))?.[1];
  if (comment === undefined) throw new Error(`functions/${name}.ts: no comment above its use case says what it is for`);
  const text = comment.replaceAll(/\s*\n\s*\* ?/g, ' ').trim();
  const purpose = /^.*?[.:](?= |$)/.exec(text)?.[0].replace(/:$/, '.') ?? text;
  return TWIN.test(name) ? `${purpose} For routers whose traffic weights are in the cluster.` : purpose;
}

/** docs/roles.md: every role and why it may do what it may. */
export function rolesReference(): string {
  const row = (name: AnyFunctionName) => {
    const needs = needsOf(name).map(need => `${MEANING[need][0]} (\`${need}\`)`);
    return `| \`${name}\` | ${purposeOf(name)} | ${needs.join('; ')} |`;
  };
  const needs = Object.entries(MEANING).map(([need, [, gives]]) => `| \`${need}\` | ${gives} |`);
  const wildcards = Object.entries(WILDCARDS).map(([what, why]) => `| ${what} | ${why} |`);
  return [
    '# Every role, and why',
    '',
    'Generated by `npm run generate` from infra/functions/ and the handlers; a test fails where it is out of date. Each function has a role of its own, and each may also write its own log group and traces. A security view of all this: [security.md](security.md).',
    '',
    '| function | what it is for | may |',
    '|---|---|---|',
    ...[...FUNCTION_NAMES, ...CUSTOM_RESOURCE_NAMES].map(row),
    '',
    '## What that gives',
    '',
    '| need | IAM |',
    '|---|---|',
    ...needs,
    '',
    'The two machines may invoke their own functions (every version of each, so that a deployment takes nothing from a running release), write their logs and traces. EventBridge may invoke the three event handlers and the reconciler, from its rules alone.',
    '',
    '## Every wildcard, and why',
    '',
    '| where | why |',
    '|---|---|',
    ...wildcards,
    '',
  ].join('\n');
}
