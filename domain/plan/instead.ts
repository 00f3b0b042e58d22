import { JUDGE_PLANS } from '../judges/plan-registry.ts';

/** What other tools have and a plan has not, by place and word: what to use instead today. */
export type Instead = Readonly<Record<string, Readonly<Record<string, string>>>>;

const answers = (words: string, instead: string): Record<string, string> =>
  Object.fromEntries(words.split(' ').map(word => [word, instead]));

const viaJson = (name: string) =>
  `json, with an https endpoint of yours that asks ${name} (it keeps the key) and answers with a number`;
const VIA_PROMETHEUS = "prometheus: it has the same API, and the workload's sources.prometheus names its address";
const viaLambda = (name: string) => `sns, with a Lambda of yours on its topic that posts to ${name}`;

export const PLAN_INSTEAD: Instead = {
  'metrics[].source.kind': {
    datadog: viaJson('Datadog'),
    ...answers('newrelic newRelic new-relic', viaJson('New Relic')),
    dynatrace: viaJson('Dynatrace'),
    splunk: viaJson('Splunk'),
    honeycomb: viaJson('Honeycomb'),
    wavefront: viaJson('Wavefront'),
    signalfx: viaJson('SignalFx'),
    graphite: viaJson('Graphite'),
    ...answers('influxdb influx', viaJson('InfluxDB')),
    skywalking: viaJson('SkyWalking'),
    ...answers('elasticsearch elastic opensearch', viaJson('it')),
    ...answers('loki keptn stackdriver gcp azuremonitor atlas', viaJson('it')),
    ...answers('thanos mimir cortex victoriametrics victoriaMetrics amp aps grafana', VIA_PROMETHEUS),
    ...answers('istio linkerd envoy nginx', 'prometheus, with a query of the metrics that it exports there'),
    ...answers('otel opentelemetry xray', 'prometheus or cloudwatch, wherever its collector writes'),
    ...answers('web http https rest url api webhook', 'json: { kind: json, url, jsonPath }'),
    ...answers('job script', 'a step: - hook, whose refusal rolls back'),
    ...answers('kayenta spinnaker', 'cloudwatch or prometheus, with the judge mannWhitney'),
    ...answers('alb elb elbv2 aws', "cloudwatch: it has the load balancer's metrics"),
    alarm: 'cloudwatch, with alarm: NAME and the judge alarm',
  },
  'notify[].kind': {
    slack: `${viaLambda('Slack')}, or with the e-mail address of a channel`,
    ...answers(
      'msteams teams microsoftteams ms-teams',
      `${viaLambda('Teams')}, or with the e-mail address of a channel`,
    ),
    ...answers('discord telegram rocket mattermost googlechat chime webex', viaLambda('it')),
    ...answers('chatbot amazonq', viaLambda('the chat')),
    ...answers('email mail smtp ses', 'sns, with the e-mail address subscribed to its topic'),
    sms: 'sns, with the phone number subscribed to its topic',
    ...answers('pagerduty opsgenie victorops', 'sns, with the https address that it gives you subscribed to the topic'),
    ...answers('webhook http https alertmanager', 'sns, with your https address subscribed to its topic'),
    ...answers('sqs lambda eventbridge kinesis', 'sns, with it subscribed to the topic'),
    ...answers('github gitlab jira', viaLambda('it')),
  },
  'metrics[].judge.kind': Object.assign(
    {},
    ...JUDGE_PLANS.flatMap(({ calledElsewhere = {} }) =>
      Object.entries(calledElsewhere).map(([words, instead]) => answers(words, instead)),
    ),
  ),
};
