import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as actions from 'aws-cdk-lib/aws-cloudwatch-actions';
import type * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import type * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { AnyFunctionName } from './functions/catalogue.ts';
import type { SluiceFunction } from './functions/sluice-function.ts';

export interface AlarmSources {
  readonly name: string;
  readonly functions: ReadonlyMap<AnyFunctionName, SluiceFunction>;
  readonly release: sfn.IStateMachine;
  readonly rollBack: sfn.IStateMachine;
  readonly table: dynamodb.ITable;
  readonly deadLetters: sqs.IQueue;
  readonly notices: sns.ITopic;
  readonly notify: sns.ITopic;
  /** What an alarm's description puts before `<alarm>.md`. */
  readonly runbooks: string;
}

interface AlarmSpec {
  metric: cloudwatch.IMetric;
  /** The alarm rings at this, or above. */
  threshold: number;
  means: string;
}

/** Functions that call a person; application/page.ts names their metric. */
const PAGING = ['reconcile', 'execution-ended', 'look', 'retire-stable'] as const satisfies AnyFunctionName[];
const PAGES_METRIC = 'page';

const FIVE_MINUTES = Duration.minutes(5);
const sum = (...metrics: cloudwatch.IMetric[]) =>
  new cloudwatch.MathExpression({
    expression: metrics.map((_, index) => `FILL(m${index}, 0)`).join(' + '),
    usingMetrics: Object.fromEntries(metrics.map((metric, index) => [`m${index}`, metric])),
    period: FIVE_MINUTES,
  });

/** Every alarm by its name, which is also its runbook's: docs/runbooks/<name>.md. */
function alarmSpecs(sources: AlarmSources): Record<string, AlarmSpec> {
  const { release, rollBack, table, deadLetters, notices } = sources;
  const period = { period: FIVE_MINUTES };
  const of = (name: AnyFunctionName) => {
    const found = sources.functions.get(name);
    if (found === undefined) throw new Error(`there is no function ${name} for an alarm`);
    return found.function;
  };
  return {
    'release-failed': {
      // not "aborted": a release that goes back has its execution stopped, which is Sluice working
      metric: sum(release.metricFailed(period), release.metricTimedOut(period)),
      threshold: 1,
      means: 'an execution of the release machine ended without closing its release or sending it back',
    },
    'roll-back-failed': {
      metric: sum(rollBack.metricFailed(period), rollBack.metricTimedOut(period), rollBack.metricAborted(period)),
      threshold: 1,
      means: 'an execution of the roll-back machine ended before the release was closed',
    },
    'restore-traffic-failing': {
      // one task tries six times within about half a minute: three are more than one refusal by a stale attempt
      metric: sum(of('restore-traffic').metricErrors(period), of('restore-traffic-in-cluster').metricErrors(period)),
      threshold: 3,
      means: 'the call that sends traffic back to stable fails again and again',
    },
    'start-roll-back-failing': {
      // six tries here too; an execution that was followed by the next fails once, and that is ordinary
      metric: of('start-roll-back').metricErrors(period),
      threshold: 3,
      means: 'a release that should go back cannot start its roll back',
    },
    'way-back-throttled': {
      metric: sum(
        of('restore-traffic').metricThrottles(period),
        of('restore-traffic-in-cluster').metricThrottles(period),
        of('verify-traffic').metricThrottles(period),
        of('verify-traffic-in-cluster').metricThrottles(period),
        of('start-roll-back').metricThrottles(period),
      ),
      threshold: 1,
      means: 'Lambda has no room left to run a function of the way back',
    },
    'ledger-throttled': {
      metric: sum(
        table.metric('ReadThrottleEvents', { ...period, statistic: 'Sum' }),
        table.metric('WriteThrottleEvents', { ...period, statistic: 'Sum' }),
      ),
      threshold: 1,
      means: 'DynamoDB refuses reads or writes of the ledger',
    },
    'reconcile-failing': {
      // once a minute: two may fail while something is throttled
      metric: of('reconcile').metricErrors(period),
      threshold: 3,
      means: 'nobody looks for what events did not announce: dead executions, passed deadlines, pushes',
    },
    'person-called': {
      // from whichever function called: none is too many, and one is enough
      metric: sum(
        ...PAGING.map(name => {
          const dimensionsMap = { service: 'sluice', function: of(name).functionName };
          return new cloudwatch.Metric({
            namespace: 'Sluice',
            metricName: PAGES_METRIC,
            dimensionsMap,
            statistic: 'Sum',
            ...period,
          });
        }),
      ),
      threshold: 1,
      means: 'a release waits for something that does not come by itself',
    },
    'cluster-away': {
      // a release that waits for its pods asks every 10 s or slower, six tries each: a minute without any answer
      metric: of('read-slot').metricErrors(period),
      threshold: 12,
      means: 'the Kubernetes API has not answered for a minute or more while a release waited for its pods',
    },
    'dead-letters': {
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ ...period, statistic: 'Maximum' }),
      threshold: 1,
      means: "a call that nobody waits for failed every time: an event's, or CloudFormation's for a rule or a workload",
    },
    'notices-undelivered': {
      metric: notices.metricNumberOfNotificationsFailed(period),
      threshold: 1,
      means: 'people were not told what a release did',
    },
  };
}

/** The alarms of a control plane. Where there is no data there is no release, and nothing is wrong. */
export function addAlarms(scope: Construct, sources: AlarmSources): void {
  const action = new actions.SnsAction(sources.notify);
  for (const [name, { metric, threshold, means }] of Object.entries(alarmSpecs(sources))) {
    const alarm = new cloudwatch.Alarm(scope, `Alarm-${name}`, {
      alarmName: `${sources.name}-${name}`,
      alarmDescription: `Sluice: ${means}. What to do: ${sources.runbooks}${name}.md`,
      metric,
      threshold,
      evaluationPeriods: 1,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }
}
