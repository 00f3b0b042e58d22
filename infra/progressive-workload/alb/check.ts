import type { Duration } from 'aws-cdk-lib';
import type { AlbRouterProps, TargetGroupProps } from './props.ts';

/** ELB's cookies last a second to a week. */
const A_WEEK_SECONDS = 604_800;

/** What ELB would refuse, or do otherwise than it reads, is found at synthesis. @throws Error names the property */
export function checkAlb(props: AlbRouterProps, { hasPreview }: { hasPreview: boolean }): void {
  checkRules(props, hasPreview);
  checkGroups(props);
  const { podStickiness, stickiness, crossZone } = props;
  within('stickiness', stickiness, [1, A_WEEK_SECONDS]);
  if (podStickiness === undefined) return;
  within('podStickiness.duration', podStickiness.duration, [1, A_WEEK_SECONDS]);
  if (stickiness === undefined) {
    throw new Error(
      'podStickiness needs stickiness: a rule with two groups of which one is sticky must keep clients on their slot',
    );
  }
  if (crossZone === false)
    throw new Error('podStickiness with crossZone: false; a load balancer keeps no client on its pod then');
}

function checkRules(props: AlbRouterProps, hasPreview: boolean): void {
  const { adopt, priority, previewPriority } = props;
  if (adopt !== undefined) {
    const kept = (
      ['priority', 'previewPriority', 'conditions', 'previewSourceIps', 'authenticate', 'stickiness'] as const
    ).find(key => props[key] !== undefined);
    if (kept !== undefined) throw new Error(`${kept} with adopt: whoever keeps the rule keeps that of it`);
    if (hasPreview && adopt.previewRuleArn === undefined) {
      throw new Error('adopt: no previewRuleArn, and the plan has a preview');
    }
    return;
  }
  if (props.conditions === undefined)
    throw new Error('conditions: at least one, or adopt with the ARN of a rule that is there');
  for (const given of [priority, ...(hasPreview ? [previewPriority] : [])]) {
    if (given !== undefined && Number.isInteger(given) && given >= 1 && given <= 50_000) continue;
    throw new Error(`a priority is a whole number from 1 to 50000, not ${given}`);
  }
  if (hasPreview && (previewPriority ?? 0) >= (priority ?? 0)) {
    throw new Error(`previewPriority ${previewPriority} must be smaller than priority ${priority}: or nobody sees it`);
  }
}

function checkGroups(props: TargetGroupProps): void {
  const { protocolVersion = 'HTTP1', slowStart, algorithm = 'roundRobin', deregistrationDelay, healthCheck } = props;
  within('slowStart', slowStart, [30, 900]);
  within('deregistrationDelay', deregistrationDelay, [0, 3600]);
  if (slowStart !== undefined && algorithm !== 'roundRobin') {
    throw new Error(`slowStart with algorithm ${algorithm}; a load balancer knows it with roundRobin alone`);
  }
  const { path, interval, timeout, healthyThreshold, unhealthyThreshold, healthyCodes, port } = healthCheck;
  within('healthCheck.interval', interval, [5, 300]);
  within('healthCheck.timeout', timeout, [2, 120]);
  if ((timeout?.toSeconds() ?? 5) >= (interval?.toSeconds() ?? 10)) {
    throw new Error('healthCheck.timeout must be shorter than healthCheck.interval');
  }
  for (const [what, count] of Object.entries({ healthyThreshold, unhealthyThreshold })) {
    if (count === undefined || (Number.isInteger(count) && count >= 2 && count <= 10)) continue;
    throw new Error(`healthCheck.${what}: ${count}; expected a whole number from 2 to 10`);
  }
  if (port !== undefined && !(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
    throw new Error(`healthCheck.port: ${port}; expected a port from 1 to 65535`);
  }
  if (!path.startsWith('/')) throw new Error(`healthCheck.path: '${path}'; expected a path that begins with /`);
  if (healthyCodes === undefined) return;
  const [least, most] = protocolVersion === 'GRPC' ? [0, 99] : [200, 499];
  const codes = healthyCodes.split(/[,-]/).map(Number);
  const isRead = /^\d+(?:-\d+|(?:,\d+)*)$/.test(healthyCodes) && codes.every(code => code >= least && code <= most);
  if (isRead) return;
  throw new Error(
    `healthCheck.healthyCodes: '${healthyCodes}'; expected codes from ${least} to ${most}, as a list or a range`,
  );
}

function within(what: string, given: Duration | undefined, [least, most]: [number, number]): void {
  if (given === undefined) return;
  const seconds = given.toSeconds();
  if (seconds >= least && seconds <= most) return;
  throw new Error(`${what}: ${seconds} s; expected ${least} s to ${most} s`);
}
