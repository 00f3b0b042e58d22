import { type CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { ECRClient } from '@aws-sdk/client-ecr';
import {
  DescribeRulesCommand,
  type ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';

/** What every check has: a rule of a real load balancer with two target groups, each with healthy targets. */
export interface SmokeLoadBalancer {
  elb: ElasticLoadBalancingV2Client;
  cloudWatch: CloudWatchClient;
  /** Somebody who is limited by tags as docs/only-aws.md says; absent: the question of tags is not asked. */
  elbByTag?: ElasticLoadBalancingV2Client;
  /** A repository of ECR with a tagged image, to which a tag is put and taken away again; absent: it is not asked about. */
  images?: { ecr: ECRClient; repositoryName: string };
  /** How long a slow answer takes, in milliseconds: shorter than any time-out on its way. @default 20_000 */
  slowMs?: number;
  /** Of the load balancer, e.g. `http://name.eu-west-1.elb.amazonaws.com`. */
  url: string;
  /** Host header that the rule asks for; absent: it asks for none. */
  host?: string;
  ruleArn: string;
  /** ARNs; their targets answer `GET /` with `blue` and `green`. */
  targetGroups: Record<'blue' | 'green', string>;
  /** The last part of the load balancer's ARN: `app/name/id`. */
  loadBalancer: string;
  now(): number;
  pause(ms: number): Promise<unknown>;
  say(line: string): void;
}

export interface Answer {
  status: number;
  body: string;
  cookies: string[];
}

/** One request on a connection of its own, so that no pool decides where it goes. */
export async function ask(alb: SmokeLoadBalancer, path: string, cookies: string[] = []): Promise<Answer> {
  const { request } = await import(alb.url.startsWith('https') ? 'node:https' : 'node:http');
  const headers = {
    ...(alb.host !== undefined && { host: alb.host }),
    ...(cookies.length > 0 && { cookie: cookies.join('; ') }),
  };
  return new Promise((resolve, reject) => {
    const sent = request(
      new URL(path, alb.url),
      { agent: false, headers },
      (response: import('node:http').IncomingMessage) => {
        let body = '';
        response.setEncoding('utf8').on('data', chunk => (body += chunk));
        response.on('end', () => {
          const set = response.headers['set-cookie'] ?? [];
          resolve({ status: response.statusCode ?? 0, body, cookies: set.map(text => text.split(';')[0] ?? '') });
        });
      },
    );
    sent.on('error', reject).end();
  });
}

/** Sets the rule's forward action: weights by group (a group that is absent leaves the rule), and its stickiness. */
export async function forward(
  alb: SmokeLoadBalancer,
  weights: Partial<Record<'blue' | 'green', number>>,
  stickinessSeconds = 0,
): Promise<void> {
  const groups = Object.entries(weights).map(([slot, Weight]) => ({
    TargetGroupArn: alb.targetGroups[slot as 'blue' | 'green'],
    Weight,
  }));
  const sticky = {
    Enabled: stickinessSeconds > 0,
    ...(stickinessSeconds > 0 && { DurationSeconds: stickinessSeconds }),
  };
  const ForwardConfig = { TargetGroups: groups, TargetGroupStickinessConfig: sticky };
  await alb.elb.send(new ModifyRuleCommand({ RuleArn: alb.ruleArn, Actions: [{ Type: 'forward', ForwardConfig }] }));
}

/** The rule's actions as they are, to be put back at the end. */
export async function actionsNow(alb: SmokeLoadBalancer) {
  const { Rules: rules = [] } = await alb.elb.send(new DescribeRulesCommand({ RuleArns: [alb.ruleArn] }));
  return rules[0]?.Actions ?? [];
}

/** Sum of a count over some minutes; undefined where nothing is published. @param slot absent: of the load balancer itself   @param stat the Sum, or a count such as TC(0.3:) */
export async function countOf(
  alb: SmokeLoadBalancer,
  metric: string,
  span: { fromEpochMs: number; toEpochMs: number },
  slot?: 'blue' | 'green',
  stat = 'Sum',
): Promise<number | undefined> {
  const group = slot === undefined ? [] : [{ Name: 'TargetGroup', Value: alb.targetGroups[slot].split(':').at(-1) }];
  const query: MetricDataQuery = {
    Id: 'count',
    MetricStat: {
      Metric: {
        Namespace: 'AWS/ApplicationELB',
        MetricName: metric,
        Dimensions: [{ Name: 'LoadBalancer', Value: alb.loadBalancer }, ...group],
      },
      Period: 60,
      Stat: stat,
    },
  };
  const { MetricDataResults: results = [] } = await alb.cloudWatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: [query],
      StartTime: new Date(span.fromEpochMs),
      EndTime: new Date(span.toEpochMs),
    }),
  );
  const values = results[0]?.Values ?? [];
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0);
}
