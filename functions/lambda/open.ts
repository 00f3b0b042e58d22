import { openCloudWatchAlarms } from '../../adapters/alarms/cloudwatch-alarms.ts';
import type { Env } from '../../adapters/aws-client-config.ts';
import { systemClock } from '../../adapters/clock.ts';
import type { Cluster } from '../../adapters/cluster/cluster.ts';
import { clusterNames } from '../../adapters/cluster/eks/cluster-names.ts';
import { openDynamoDbDeployedVersions } from '../../adapters/deployed/dynamodb-deployed-versions.ts';
import { machineArnsOf, openStepFunctionsExecutions } from '../../adapters/executions/step-functions-executions.ts';
import { openHttpHooks } from '../../adapters/hooks/open-hooks.ts';
import { openImageRegistries } from '../../adapters/images/open-registries.ts';
import { openDynamoDbLedger } from '../../adapters/ledger/dynamodb-ledger.ts';
import { openMeter } from '../../adapters/log/embedded-meter.ts';
import { openLog } from '../../adapters/log/lambda-log.ts';
import { openMetricSources } from '../../adapters/metrics/run-registry.ts';
import type { Notifier } from '../../adapters/notifier/notifier.ts';
import { destinationsOf } from '../../adapters/outbound/destinations.ts';
import { openRouters } from '../../adapters/router/run-registry.ts';
import { isStayAwake } from '../../adapters/sleepers/sleepers.ts';
import { openDynamoDbWorkloads } from '../../adapters/workloads/dynamodb-workloads.ts';
import type { NotifyDeps } from '../../application/notify.ts';
import type { SharedDeps } from '../../application/shared-deps.ts';
import { lazy } from '../../domain/lazy.ts';
import type { EcrPlace } from '../../domain/repository.ts';
import { DEFAULT_PROPAGATION_SECONDS } from '../../domain/windows/windows.ts';
import { environmentError } from './environment-error.ts';
import type { LambdaHandler } from './handler.ts';

/*
 * How a Lambda opens what it needs, from its environment. One opener each, so that a function's bundle holds only what
 * it asks for; the cluster's is in open-cluster.ts, out of reach of the way back.
 */

/** What is opened of the environment when it is first asked for, and kept. @throws EnvironmentError each time, where it cannot be */
export const openedOnce = <Opened>(open: (env: Env) => Opened | Promise<Opened>): (() => Promise<Opened>) =>
  lazy(async () => {
    try {
      return await open(process.env);
    } catch (error) {
      throw environmentError(error);
    }
  });

/** Opened at the first call of a cold start; importing a function opens nothing. One that is only to stay awake opens nothing either. */
export function lazily<Output>(
  open: (env: Env) => LambdaHandler<Output> | Promise<LambdaHandler<Output>>,
): LambdaHandler<Output | undefined> {
  const opened = openedOnce(open);
  return async (event, context) => (isStayAwake(event) ? undefined : (await opened())(event, context));
}

export const openShared = (env: Env): SharedDeps => ({ clock: systemClock, log: openLog(env), meter: openMeter(env) });

/** @throws Error where SLUICE_TOPIC_ARN is not set */
export const openNotify = (env: Env): NotifyDeps => ({
  notifier: snsWhenTold(env),
  topicArn: wanted(env, 'SLUICE_TOPIC_ARN'),
});

/** SNS' client is loaded when there is something to tell: most calls have nothing. */
function snsWhenTold(env: Env): Notifier {
  const opened = lazy(async () => (await import('../../adapters/notifier/sns-notifier.ts')).openSnsNotifier(env));
  return { notify: async notice => (await opened()).notify(notice) };
}

export const openLedger = (env: Env) => openDynamoDbLedger(env, systemClock, openLog(env));
export const openWorkloads = openDynamoDbWorkloads;
export const openDeployedVersions = openDynamoDbDeployedVersions;
/** Router and targets. @param cluster of a function that reaches it */
export const openRouting = (env: Env, cluster?: Cluster) => openRouters(env, cluster);
export const openMetrics = (env: Env) => openMetricSources(env, destinationsOf(env));
export const openAlarms = openCloudWatchAlarms;
export const openImages = openImageRegistries;
export const openExecutions = openStepFunctionsExecutions;
/** What the two machines are called in events. */
export const machineArns = machineArnsOf;
/** The account and the region that this function is in, as the ARN of its machine says them. */
export function ownPlace(env: Env): EcrPlace {
  const [, , , region = '', account = ''] = machineArnsOf(env).release.split(':');
  return { account, region };
}
export const openHooks = openHttpHooks;

/** @throws Error where CLUSTER_NAMES is not set */
export const namesOfClusters = clusterNames;

/** SLUICE_PROPAGATION_SECONDS; the design's allowance where it is not set. */
export function propagationSeconds(env: Env): number {
  const text = env.SLUICE_PROPAGATION_SECONDS;
  if (text === undefined) return DEFAULT_PROPAGATION_SECONDS;
  const seconds = Number(text);
  if (!Number.isFinite(seconds) || seconds < 0) {
    throw new Error(`SLUICE_PROPAGATION_SECONDS is ${JSON.stringify(text)}; expected a number of seconds, 0 or more`);
  }
  return seconds;
}

/** @throws Error where SLUICE_CONTROL_PLANE is not set */
export const controlPlaneName = (env: Env): string => wanted(env, 'SLUICE_CONTROL_PLANE');

function wanted(env: Env, name: string): string {
  const value = env[name];
  if (value === undefined || value === '') throw new Error(`${name} is not set`);
  return value;
}
