import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { NotFoundError } from '../../domain/errors.ts';
import { listenerArn, loadBalancerArn } from '../aws/elbv2-arns.ts';
import type { LabClock } from '../clock.ts';
import { authenticated } from './authenticate.ts';
import { answerItself, forward, writeOwn } from './forward.ts';
import { openListeners } from './listeners.ts';
import { MinuteMetrics } from './minute-metrics.ts';
import type { LoadBalancer, Rule, TargetGroupSpec } from './model.ts';
import { byPriority, type CompiledRule, compileRule, groupByWeight } from './rules.ts';
import { stickyCookie, stickyGroup } from './stickiness.ts';
import { type Target, TargetGroup } from './target-group.ts';
import { forwardUpgrade, isWebSocket } from './upgrade.ts';

/**
 * How long an idle client connection is kept: far above any client's own time-out, so that the client is always the one
 * that closes, and no request is ever sent into a connection that is just being closed.
 */
const CLIENT_KEEP_ALIVE_MS = 3_600_000;

export interface LoadBalancerOptions {
  clock: LabClock;
  /** 0 (included) to 1 (not included); decides between target groups. */
  random: () => number;
  /** 0, the default, takes a free one. */
  port?: number;
  /** Wall clock, as an ALB's idle_timeout.timeout_seconds (60 s by default there and here). */
  idleTimeoutMs?: number;
  /** Gives the ARNs of the load balancer and its listener. */
  name?: string;
}

/** A rule forwards to a target group that is not there. */
class TargetGroupNotThereError extends NotFoundError {
  override readonly name = 'TargetGroupNotThereError';
}

/** Opens the data plane on 127.0.0.1. Without a rule that matches it answers 503. */
export async function openLoadBalancer(options: LoadBalancerOptions): Promise<LoadBalancer> {
  const { clock, random, name = 'sluice-lab', idleTimeoutMs = 60_000 } = options;
  const metrics = new MinuteMetrics(clock.now);
  const groups = new Map<string, TargetGroup>();
  const changes: ReturnType<LoadBalancer['changes']> = [];
  const upgraded = new Set<Duplex>();
  let rules: CompiledRule[] = [];
  let dropsDue = 0;

  const groupOf = (arn: string): TargetGroup => {
    const group = groups.get(arn);
    if (group === undefined) throw new TargetGroupNotThereError(`no target group ${arn}`);
    return group;
  };
  const setRules = (next: Rule[]) => {
    rules = next.toSorted(byPriority).map(compileRule);
    const inUse = new Set(
      next.flatMap(rule => ('targetGroups' in rule.action ? rule.action.targetGroups : [])).map(group => group.arn),
    );
    for (const [arn, group] of groups) group.setInUse(inUse.has(arn));
  };

  /** Which target gets this request, or what the load balancer answers itself. */
  const route = (request: IncomingMessage): Route => {
    const head = {
      host: request.headers.host ?? '',
      url: request.url ?? '/',
      headers: request.headers,
      method: request.method ?? 'GET',
      source: request.socket.remoteAddress ?? '',
    };
    const rule = rules.find(candidate => candidate.matches(head))?.rule;
    if (rule === undefined) return { kind: 'own', status: 503 };
    const nowEpochMs = clock.now();
    const admitted =
      rule.authenticate === undefined
        ? { kind: 'admitted' as const }
        : authenticated(rule.authenticate, request.headers.cookie, nowEpochMs);
    if (admitted.kind === 'refused') return { kind: 'fixed', status: admitted.status };
    if (admitted.kind === 'sentToLogIn') return { kind: 'fixed', status: 302, location: admitted.location };
    const { action } = rule;
    if ('fixedStatus' in action) return { kind: 'fixed', status: action.fixedStatus };
    const sticky = stickyGroup(action, request.headers.cookie, nowEpochMs);
    const arn = sticky ?? groupByWeight(action, random());
    const group = arn === undefined ? undefined : groups.get(arn);
    if (arn === undefined || group === undefined) return { kind: 'own', status: 503 };
    const target = group.next();
    if (target === undefined) return { kind: 'own', status: 503, groupName: group.spec.name };
    const durationMs = action.stickiness.durationSeconds * 1000;
    const setCookie =
      action.stickiness.enabled && sticky === undefined
        ? stickyCookie({ arn, endsAtEpochMs: nowEpochMs + durationMs, wallSeconds: clock.wallMs(durationMs) / 1000 })
        : undefined;
    return { kind: 'target', group, target, setCookie, identity: admitted.identity };
  };

  const server = createServer({
    keepAliveTimeout: CLIENT_KEEP_ALIVE_MS,
    // a slow upload is the idle time-out's business, not a total's
    requestTimeout: 0,
    shouldUpgradeCallback: isWebSocket,
  });
  server.on('request', (request, response) => {
    if (dropsDue > 0) {
      dropsDue -= 1;
      request.socket.destroy();
      return;
    }
    const chosen = route(request);
    if (chosen.kind === 'own') answerItself(response, { ...chosen, metrics });
    else if (chosen.kind === 'fixed') writeOwn(response, chosen);
    else forward(request, response, { ...chosen, metrics, idleTimeoutMs, listenerPort });
  });
  server.on('upgrade', (request, socket, head) => {
    upgraded.add(socket);
    socket.once('close', () => upgraded.delete(socket));
    const chosen = route(request);
    if (chosen.kind === 'target') return forwardUpgrade(request, socket, head, { ...chosen, metrics, listenerPort });
    if (chosen.kind === 'own') metrics.ownAnswer(503);
    socket.end(`HTTP/1.1 ${chosen.status} Not Forwarded\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
  });
  const sockets = await openListeners(server, options.port ?? 0);
  const listenerPort = sockets.port;

  return {
    arn: loadBalancerArn(name),
    listenerArn: listenerArn(name),
    url: `http://127.0.0.1:${listenerPort}`,
    metrics,
    putTargetGroup(spec: TargetGroupSpec) {
      const known = groups.get(spec.arn);
      if (known === undefined) groups.set(spec.arn, new TargetGroup(spec, clock));
      else known.spec = spec;
    },
    putRule(rule: Rule) {
      if ('targetGroups' in rule.action) for (const { arn } of rule.action.targetGroups) groupOf(arn);
      const others = rules.map(compiled => compiled.rule).filter(other => other.arn !== rule.arn);
      const before = rules.find(compiled => compiled.rule.arn === rule.arn)?.rule.action;
      if (JSON.stringify(before) !== JSON.stringify(rule.action))
        changes.push({ atWallEpochMs: Date.now(), ruleArn: rule.arn, action: rule.action });
      setRules([...others, rule]);
    },
    removeRule(arn) {
      setRules(rules.map(compiled => compiled.rule).filter(rule => rule.arn !== arn));
    },
    targetGroups: () => [...groups.values()].map(group => group.spec),
    rules: () => rules.map(compiled => compiled.rule),
    register: (arn, target) => groupOf(arn).register(target),
    deregister: (arn, target) => groupOf(arn).deregister(target),
    health: arn => groupOf(arn).health(),
    changes: () => [...changes],
    dropNext(count = 1) {
      dropsDue += count;
    },
    async close() {
      for (const group of groups.values()) group.close();
      const closed = sockets.close();
      server.closeAllConnections();
      for (const socket of upgraded) socket.destroy();
      await closed;
    },
  };
}

type Route =
  | { kind: 'own'; status: 503; groupName?: string }
  | { kind: 'fixed'; status: number; location?: string }
  | { kind: 'target'; group: TargetGroup; target: Target; setCookie: string | undefined; identity: string | undefined };
