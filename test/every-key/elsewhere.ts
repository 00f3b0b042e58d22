/**
 * Keys whose effect does not show in a release of the simulator or in a judge's verdicts: what a source is asked, what another
 * value is refused for, and statistics of Kayenta's judge. Each names the test that shows it; that the test is there is tested.
 */
export interface Shown {
  file: string;
  /** Of its title. */
  test: string;
}
const shown = (file: string, test: string): Shown => ({ file: `test/${file}`, test });

const SOURCE = 'adapters/metrics/metric-source.contract.ts';
const CHECKS = 'adapters/metrics/cloudwatch/cloudwatch-checks.test.ts';
const PROMETHEUS = 'adapters/metrics/prometheus/prometheus-source.test.ts';
const JSON_SOURCE = 'adapters/metrics/json/json-source.test.ts';
const BOUNDS = 'domain/statistics/kayenta/bounds.test.ts';
const MANN_WHITNEY = 'domain/judges/mann-whitney/judge.test.ts';
const KEYS = 'domain/plan/plan-keys.test.ts';
const WORKLOAD = 'domain/workload-file.test.ts';
const SHARED = 'domain/slot/own-resources.test.ts';

export const PLAN_ELSEWHERE: Record<string, Shown> = {
  apiVersion: shown(KEYS, "'apiVersion', 'sluice/v1'"),
  kind: shown(KEYS, "'kind', 'Plan'"),
  'notify[].kind': shown(KEYS, "'notify[0].kind', 'sns'"),
  goBackThrough: shown('domain/routers/selector/plan.test.ts', 'that wants to go back without the cluster'),
  'canaryHealth.lostReplicas': shown('domain/release/canary-pods.test.ts', 'lostReplicasSeconds: 300'),
  'detect.gross': shown(
    'domain/release/next-move-hold.test.ts',
    'goes on after the hold where a gross fault would have been seen',
  ),
  'promoteEarly.after': shown('domain/release/next-move.test.ts', 'afterSeconds: 120'),
  'metrics[].source': shown(SOURCE, 'counts as failed what was answered 5xx'),
  'metrics[].source.kind': shown('adapters/metrics/composite-source.test.ts', 'it('),
  'metrics[].source.bad': shown(SOURCE, 'counts answers 4xx, and only those, where the plan says so'),
  'metrics[].source.bad.slowerThan': shown(SOURCE, 'counts answers slower than each threshold'),
  'metrics[].source.value': shown(SOURCE, 'reads a percentile in seconds'),
  'metrics[].source.value.percentile': shown(SOURCE, 'reads a percentile in seconds'),
  'metrics[].source.metric': shown(CHECKS, 'is a value of each version by the dimensions'),
  'metrics[].source.metric.namespace': shown(CHECKS, 'is a value of each version by the dimensions'),
  'metrics[].source.metric.name': shown(CHECKS, 'is a value of each version by the dimensions'),
  'metrics[].source.metric.dimensions': shown(CHECKS, 'is a value of each version by the dimensions'),
  'metrics[].source.metric.stat': shown(CHECKS, 'is a value of each version by the dimensions'),
  'metrics[].source.alarm': shown(CHECKS, 'that is not there has no data, with its name'),
  'metrics[].source.requests': shown(PROMETHEUS, 'counts between the scrapes nearest to the ends'),
  'metrics[].source.histogram': shown(PROMETHEUS, 'counts above the nearest bound of a histogram'),
  'metrics[].source.slowerThan': shown(PROMETHEUS, 'counts above the nearest bound of a histogram'),
  'metrics[].source.query': shown(PROMETHEUS, 'reads the result of any query for the canary'),
  'metrics[].source.series': shown(PROMETHEUS, 'refuses several series where one is needed'),
  'metrics[].source.url': shown(JSON_SOURCE, 'asks once a look with the variables and headers of the plan'),
  'metrics[].source.jsonPath': shown(JSON_SOURCE, 'reads the value that the path names'),
  'metrics[].source.headers': shown(JSON_SOURCE, 'asks once a look with the variables and headers of the plan'),
  'metrics[].judge.width': shown(CHECKS, 'is read beside its band'),
  'metrics[].judge.tolerance': shown(BOUNDS, 'a shift that only reaches the tolerance passes'),
  'metrics[].judge.confidence': shown('domain/statistics/kayenta/wilcoxon.test.ts', 'confidence'),
  'metrics[].judge.nanStrategy': shown('domain/statistics/kayenta/classify.test.ts', 'nanStrategy'),
  'metrics[].judge.outliers': shown(BOUNDS, 'leaves outliers out only where the plan says so'),
  'metrics[].judge.outlierFactor': shown(BOUNDS, 'leaves outliers out only where the plan says so'),
  'metrics[].judge.effectSize': shown(BOUNDS, 'effectSize: Partial'),
  'metrics[].judge.effectSize.measure': shown(BOUNDS, "effectSizeOf('meanRatio'"),
  'metrics[].judge.effectSize.allowedIncrease': shown(BOUNDS, 'allowedIncrease'),
  'metrics[].judge.effectSize.allowedDecrease': shown(BOUNDS, 'allowedDecrease: -99'),
  'metrics[].judge.effectSize.criticalIncrease': shown(BOUNDS, 'criticalIncrease'),
  'metrics[].judge.effectSize.criticalDecrease': shown(BOUNDS, 'criticalDecrease: -99'),
  'metrics[].judge.critical': shown(MANN_WHITNEY, 'and a critical one decides alone'),
  'metrics[].judge.groups': shown(MANN_WHITNEY, 'by group'),
  'steps[].analysis.metrics': shown('domain/judges/judge-release.test.ts', 'metricsOfThisStep'),
};

export const WORKLOAD_ELSEWHERE: Record<string, Shown> = {
  'router.service': shown('adapters/router/selector/release.test.ts', 'the Service selects the new slot'),
  apiVersion: shown(WORKLOAD, 'apiVersion'),
  kind: shown(WORKLOAD, "'kind'"),
  'repositories[].registry': shown(
    'adapters/images/ecr-registry.test.ts',
    'of another account and region is asked there',
  ),
  'repositories[].credentials': shown(
    'adapters/images/distribution-registry.test.ts',
    'is verified with a token for which the credentials are given',
  ),
  'repositories[].verify': shown(
    'adapters/images/distribution-registry.test.ts',
    'is as the caller gave it, and nobody is asked, where the workload says so',
  ),
  'router.protocolVersion': shown('domain/routers/alb/plan.test.ts', 'says of gRPC what fails inside a 200'),
  'router.loadBalancerSecurityGroup': shown('domain/routers/alb/plan.test.ts', 'lets its security group in to %s'),
  'router.healthCheckPort': shown('domain/routers/alb/plan.test.ts', 'and the one where pods are checked'),
  'router.kind': shown(WORKLOAD, 'a router of the kind %s is not available yet'),
  name: shown(SHARED, 'take a slot of the other for a template'),
  cluster: shown(SHARED, 'have a Deployment of one name in two clusters'),
  'cluster.name': shown(SHARED, 'have a Deployment of one name in two clusters'),
  'cluster.namespace': shown(SHARED, 'have a Deployment of one name in two namespaces'),
  deployment: shown(SHARED, 'have one Deployment'),
  otherServices: shown('domain/slot/selected-pods.test.ts', 'that may select both slots'),
  sources: shown(PROMETHEUS, 'is unreachable where the workload names none'),
  'sources.prometheus': shown(PROMETHEUS, 'is unreachable where the workload names none'),
  'sources.prometheus.url': shown(PROMETHEUS, 'is not asked on this computer'),
  'sources.prometheus.sigv4': shown(PROMETHEUS, 'is unreachable where there is nothing to sign with'),
  backgroundWork: shown('domain/plan/caveats-of-steps.test.ts', 'backgroundWork: safe. Queue consumers'),
};
