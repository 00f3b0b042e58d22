import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ForwardTo } from './forward.ts';
import { requestHeaders, responseHeaders } from './headers.ts';
import { openUpstream } from './upstream.ts';

/** Only WebSockets are passed on; any other upgrade (h2c of some clients) is served as the plain request that it also is. */
export const isWebSocket = (request: IncomingMessage): boolean =>
  request.headers.upgrade?.toLowerCase() === 'websocket';

/**
 * Passes a WebSocket to one target, and whatever follows both ways. An upgrade counts in RequestCount and in none of
 * the HTTPCode_Target_*: 101 has no class there.
 */
export function forwardUpgrade(
  request: IncomingMessage,
  client: Duplex,
  head: Buffer,
  to: Omit<ForwardTo, 'setCookie' | 'idleTimeoutMs'>,
): void {
  const { group, target, metrics } = to;
  const headers = [...requestHeaders(request, to), 'Connection', 'Upgrade', 'Upgrade', 'websocket'];
  const { request: upstream, isConnected } = openUpstream(request, target, headers);
  let cut = () => {
    upstream.destroy();
    client.destroy();
  };
  const cutNow = () => cut();
  target.inFlight.add(cutNow);
  const refuse = (statusLine: string) => {
    client.end(`HTTP/1.1 ${statusLine}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    target.inFlight.delete(cutNow);
  };
  upstream.once('upgrade', (answer, server, serverHead) => {
    metrics.notAnswered(group.spec.arn, { connectionFailed: false });
    const answered = responseHeaders(answer, group.spec.name, undefined);
    const lines = [
      `HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
    ];
    for (let at = 0; at < answered.length; at += 2) lines.push(`${answered[at]}: ${answered[at + 1]}`);
    client.write(`${lines.join('\r\n')}\r\n\r\n`);
    if (serverHead.length > 0) client.write(serverHead);
    if (head.length > 0) server.write(head);
    server.pipe(client).pipe(server);
    cut = () => {
      server.destroy();
      client.destroy();
      target.inFlight.delete(cutNow);
    };
    for (const end of [server, client]) end.on('error', cut).once('close', cut);
  });
  upstream.once('response', answer => {
    // the target declined to upgrade: its answer is what the client gets, without a body
    metrics.answered(group.spec.arn, answer.statusCode ?? 0, 0);
    answer.resume();
    refuse(`${answer.statusCode} ${answer.statusMessage}`);
  });
  upstream.once('error', () => {
    upstream.on('error', cutNow);
    metrics.notAnswered(group.spec.arn, { connectionFailed: !isConnected() });
    metrics.ownAnswer(502);
    refuse('502 Bad Gateway');
  });
  client.on('error', cutNow);
  upstream.end();
}
