import { beforeAll, describe, expect, it } from 'vitest';
import {
  listed,
  nagFindings,
  type Statement,
  SYNTH_TIMEOUT_MS,
  type Synthesised,
  statementsOf,
  synthControlPlane,
  synthExample,
} from './synthesised.ts';

let controlPlane: Synthesised;
let example: Synthesised;
beforeAll(() => {
  controlPlane = synthControlPlane({ nag: true, inVpc: false });
  example = synthExample({ nag: true });
}, SYNTH_TIMEOUT_MS);

/** Every action that may act on more than one named thing, and what its resource must look like. Reasons: WILDCARDS. */
const WIDE: Record<string, RegExp> = {
  'elasticloadbalancing:DescribeRules': /^"\*"$/,
  'elasticloadbalancing:DescribeTargetHealth': /^"\*"$/,
  'elasticloadbalancing:DescribeTargetGroupAttributes': /^"\*"$/,
  'elasticloadbalancing:DescribeTargetGroups': /^"\*"$/,
  'elasticloadbalancing:DescribeTags': /^"\*"$/,
  'elasticloadbalancing:AddTags': /:listener-rule\/app\/\*"/,
  'elasticloadbalancing:CreateRule': /:listener\/app\/\*"/,
  'elasticloadbalancing:ModifyRule': /:listener-rule\/app\/\*"/,
  'elasticloadbalancing:SetRulePriorities': /:listener-rule\/app\/\*"/,
  'elasticloadbalancing:DeleteRule': /:listener-rule\/app\/\*"/,
  'elasticloadbalancing:DeregisterTargets': /:targetgroup\/\*"/,
  'cognito-idp:DescribeUserPoolClient': /:userpool\/\*"/,
  'secretsmanager:GetSecretValue': /:secret:\*"/,
  'ecr:DescribeImages': /:repository\/\*"/,
  'ecr:DescribeRepositories': /:repository\/\*"/,
  'ecr:BatchGetImage': /:repository\/\*"/,
  'sns:Publish': /:sns:.*:\*"/,
  'aps:QueryMetrics': /:aps:\*:.*:workspace\/\*"/,
  'eks:DescribeAccessEntry': /:access-entry\/prod\/role\/".+"\/sluice-\*"/,
  'eks:DeleteAccessEntry': /:access-entry\/prod\/role\/".+"\/sluice-\*"/,
  'eks:TagResource': /:access-entry\/prod\/role\/".+"\/sluice-\*"/,
  'cloudwatch:GetMetricData': /^"\*"$/,
  'cloudwatch:DescribeAlarms': /^"\*"$/,
  'cloudwatch:DescribeAlarmHistory': /^"\*"$/,
  'xray:PutTraceSegments': /^"\*"$/,
  'xray:PutTelemetryRecords': /^"\*"$/,
  'xray:GetSamplingRules': /^"\*"$/,
  'xray:GetSamplingTargets': /^"\*"$/,
  'states:DescribeExecution': /:execution:sluice-(release|roll-back):\*/,
  'states:StopExecution': /:execution:sluice-release:\*/,
  'lambda:InvokeFunction': /"Fn::GetAtt":\["\w+Function\w+","Arn"\]\},":\*"/,
};
/** What may change or read what is in one thing of many, and so only where a tag says whose it is. */
const BY_TAG = /^(elasticloadbalancing:(?!Describe)|ecr:BatchGetImage|sns:Publish|aps:|cognito-idp:|secretsmanager:)/;
/** CloudWatch Logs' delivery for state machines. */
const LOG_DELIVERY =
  /^logs:(\w+LogDelivery|ListLogDeliveries|PutResourcePolicy|DescribeResourcePolicies|DescribeLogGroups)$/;

const isWide = (resource: unknown) => JSON.stringify(resource).includes('*');
const resourcesOf = ({ Resource }: Statement): unknown[] => (Array.isArray(Resource) ? Resource : [Resource]);

it('no permission is wider than what is listed with a reason', () => {
  const wide = [...statementsOf(controlPlane), ...statementsOf(example)].filter(
    ({ where, statement }) =>
      !where.startsWith('Key') && resourcesOf(statement).some(isWide) && statement.Effect === 'Allow',
  );
  expect(wide.length).toBeGreaterThan(20);
  for (const { where, statement } of wide) {
    for (const action of listed(statement.Action)) {
      if (LOG_DELIVERY.test(action)) continue;
      for (const resource of resourcesOf(statement).filter(isWide)) {
        expect(JSON.stringify(resource), `${where}: ${action}`).toMatch(WIDE[action] ?? /^not listed$/);
        if (!BY_TAG.test(action)) continue;
        expect(JSON.stringify(statement.Condition), `${where}: ${action}`).toMatch(
          /"String(Equals|Like)":\{"aws:(Resource|Request)Tag\/sluice:(owner":"sluice\/\*|control-plane":"sluice)"/,
        );
      }
    }
  }
});

it('nobody may do everything that a service can', () => {
  for (const { where, statement } of [...statementsOf(controlPlane), ...statementsOf(example)]) {
    if (where.startsWith('Key') || statement.Effect === 'Deny') continue; // a key's own policy hands it to the account's IAM
    for (const action of listed(statement.Action)) {
      expect(action, where).toMatch(/^[a-z0-9-]+:\w+$|^kms:(GenerateDataKey|ReEncrypt)\*$|^sns:\w+$/i);
    }
  }
});

describe('a function touches only its part of the table', () => {
  const onTable = () =>
    statementsOf(controlPlane).filter(({ statement }) =>
      listed(statement.Action).some(action => action.startsWith('dynamodb:')),
    );

  it('by the beginning of the partition key', () => {
    expect(onTable().length).toBeGreaterThan(20);
    for (const { where, statement } of onTable()) {
      expect(JSON.stringify(statement.Condition), where).toMatch(
        /LeadingKeys":(\["workload#\*","windows#\*"(,"open")?\]|(\[)?"token#\*"\]?|"workloads"|\["workloads"(,"claims")?\]|\["claims"\]|"open"|\["open"\]|"deployed"|\["deployed"\])/,
      );
    }
  });

  it('who keeps the token of an approval can write nothing else', () => {
    const mine = onTable().filter(({ where }) => /^awaitapproval/i.test(where));
    const writes = mine.filter(({ statement }) => listed(statement.Action).some(action => /Put/.test(action)));
    expect(writes.map(({ statement }) => JSON.stringify(statement.Condition))).toEqual([
      expect.stringMatching(/LeadingKeys":(\["token#\*"\]|"token#\*")\}/),
    ]);
  });

  it('nobody deletes from a ledger, only the reconciler from the list of open releases, and only the custom resource writes the list of workloads', () => {
    for (const { where, statement } of onTable()) {
      const actions = listed(statement.Action);
      const writes = actions.some(action => /Delete|Put|Update|Batch/.test(action));
      const workloads = /"(workloads|claims)"/.test(JSON.stringify(statement.Condition));
      if (actions.some(action => /Delete/.test(action)) && !workloads) {
        expect(where).toMatch(/^reconcile/i);
        expect(JSON.stringify(statement.Condition)).toMatch(/LeadingKeys":(\["open"\]|"open")\}/);
        expect(actions).toEqual(['dynamodb:DeleteItem']);
        continue;
      }
      if (workloads && writes) expect(where).toMatch(/registeredworkload/i);
      if (!workloads) expect(actions.join(), where).not.toMatch(/Delete|Update|Batch/);
    }
  });
});

it.each(['control plane', 'workload'])(
  'cdk-nag has nothing against the %s that was not answered with a reason',
  which => {
    expect(nagFindings((which === 'workload' ? example : controlPlane).stack)).toEqual([]);
  },
);

it('every suppression says why', () => {
  const all = [controlPlane, example].flatMap(({ template }) =>
    Object.values(
      template.toJSON().Resources as Record<
        string,
        { Metadata?: { cdk_nag?: { rules_to_suppress: { reason: string }[] } } }
      >,
    ),
  );
  const reasons = all.flatMap(({ Metadata }) => Metadata?.cdk_nag?.rules_to_suppress ?? []).map(({ reason }) => reason);
  expect(reasons.length).toBeGreaterThan(20);
  for (const reason of reasons) expect(reason.length).toBeGreaterThan(40);
});
