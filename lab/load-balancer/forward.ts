import type { IncomingMessage, ServerResponse } from 'node:http';
import { BY_HEADER, BY_LOAD_BALANCER, GROUP_HEADER, requestHeaders, responseHeaders } from './headers.ts';
import type { MinuteMetrics, OwnAnswer } from './minute-metrics.ts';
import type { Target, TargetGroup } from './target-group.ts';
import { openUpstream } from './upstream.ts';

export interface ForwardTo {
  group: TargetGroup;
  target: Target;
  metrics: MinuteMetrics;
  /** Wall clock; no byte either way for so long ends the request. */
  idleTimeoutMs: number;
  listenerPort: number;
  setCookie: string | undefined;
  /** Of whoever has logged in, where the rule asks for that. */
  identity: string | undefined;
}

/**
 * Sends one request to one target on a connection of its own, once. Nothing is ever re-sent: a request that reached a
 * process that then died may have had its effect.
 */
export function forward(request: IncomingMessage, response: ServerResponse, to: ForwardTo): void {
  const { group, target, metrics } = to;
  const arn = group.spec.arn;
  const sentAtMs = performance.now();
  let timedOut = false;
  /** The outcome is counted: by the end of the answer, by the load balancer's own answer, or because the client left. */
  let counted = false;
  /** The answer's headers are here, and what they would count as once the rest is. */
  let begun: { status: number; seconds: number } | undefined;
  /** The whole answer is here: what happens to the target's connection from now on is nobody's loss. */
  let complete = false;
  let isCut = false;

  const { request: upstream, isConnected } = openUpstream(request, target, requestHeaders(request, to));
  const cut = () => {
    isCut = true;
    upstream.destroy(new Error('the deregistration delay is over'));
  };
  target.inFlight.add(cut);
  const answered = () => {
    if (counted || begun === undefined) return;
    counted = true;
    metrics.answered(arn, begun.status, begun.seconds);
  };
  const notAnswered = () => {
    if (counted) return;
    counted = true;
    metrics.notAnswered(arn, { connectionFailed: !isConnected() });
  };
  const failed = () => {
    if (complete) return;
    request.unpipe(upstream);
    request.resume();
    if (counted || begun !== undefined) {
      // The client has a part of the answer: it must see that the rest is missing. An answer that is not whole is none,
      // unless it was the load balancer that cut it, when the deregistration delay was over.
      if (isCut) answered();
      else notAnswered();
      response.destroy();
      return;
    }
    notAnswered();
    answerItself(response, { status: timedOut ? 504 : 502, metrics, groupName: group.spec.name });
  };

  upstream.setTimeout(to.idleTimeoutMs, () => {
    timedOut = true;
    upstream.destroy(new Error('idle time-out'));
  });
  upstream.once('response', answer => {
    if (counted) return;
    const status = answer.statusCode ?? 0;
    begun = { status, seconds: (performance.now() - sentAtMs) / 1000 };
    response.writeHead(status, answer.statusMessage ?? '', responseHeaders(answer, group.spec.name, to.setCookie));
    // an answer of unknown length may be a stream whose first bytes come late: its headers go out now
    if (answer.headers['content-length'] === undefined) response.flushHeaders();
    answer.once('end', () => {
      complete = answer.complete;
      if (complete) answered();
    });
    answer.once('error', failed);
    answer.pipe(response);
  });
  upstream.on('error', failed);
  upstream.once('close', () => target.inFlight.delete(cut));
  response.once('close', () => {
    if (response.writableFinished) return;
    // a client that leaves in the middle has had its answer: it is no fault of the target's
    if (begun !== undefined) answered();
    else notAnswered();
    upstream.destroy();
  });
  request.pipe(upstream);
}

/** An answer made by the load balancer, counted as such. @param groupName where a target group had been chosen */
export function answerItself(
  response: ServerResponse,
  { status, metrics, groupName }: { status: OwnAnswer; metrics: MinuteMetrics; groupName?: string },
): void {
  metrics.ownAnswer(status);
  writeOwn(response, { status, ...(groupName !== undefined && { groupName }) });
}

/** An answer made by the load balancer that is nobody's fault (fixed-response, a log-in), so not counted. */
export function writeOwn(
  response: ServerResponse,
  { status, groupName, location }: { status: number; groupName?: string; location?: string },
): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    [BY_HEADER]: BY_LOAD_BALANCER,
    ...(groupName === undefined ? {} : { [GROUP_HEADER]: groupName }),
    ...(location === undefined ? {} : { location }),
    'content-length': 0,
  });
  response.end();
}
