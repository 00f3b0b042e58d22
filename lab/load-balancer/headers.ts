import type { IncomingMessage } from 'node:http';

/** A lab aid: which target group an answer came for. */
export const GROUP_HEADER = 'x-lab-target-group';
/** A lab aid: the answer was made by the load balancer. */
export const BY_HEADER = 'x-lab-by';
export const BY_LOAD_BALANCER = 'load-balancer';

const IDENTITY_HEADER = 'x-amzn-oidc-identity';

/** Headers that belong to one connection (RFC 9110, 7.6.1), so never go on to the next. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Raw headers (name, value, name, value, ...) without those of the connection and without `drop` (lower case). */
function endToEnd(message: IncomingMessage, drop: ReadonlySet<string>): string[] {
  const connection = message.headers.connection;
  const named = connection === undefined ? [] : connection.split(',').map(name => name.trim().toLowerCase());
  const kept: string[] = [];
  const raw = message.rawHeaders;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] ?? '';
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || named.includes(lower) || drop.has(lower)) continue;
    kept.push(name, raw[at + 1] ?? '');
  }
  return kept;
}

// `expect` is answered by the listener itself
const REPLACED_IN_REQUEST = new Set([
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-port',
  'expect',
  // who has logged in is said by the load balancer alone
  IDENTITY_HEADER,
]);
const REPLACED_IN_RESPONSE = new Set([GROUP_HEADER, BY_HEADER]);

/** The headers for the target, with X-Forwarded-*, and the body framed as the client framed it. */
export function requestHeaders(
  request: IncomingMessage,
  { listenerPort, identity }: { listenerPort: number; identity: string | undefined },
): string[] {
  const headers = endToEnd(request, REPLACED_IN_REQUEST);
  const before = request.headers['x-forwarded-for'];
  const client = request.socket.remoteAddress ?? 'unknown';
  headers.push(
    'X-Forwarded-For',
    before === undefined ? client : `${before}, ${client}`,
    'X-Forwarded-Proto',
    'http',
    'X-Forwarded-Port',
    String(listenerPort),
  );
  if (identity !== undefined) headers.push(IDENTITY_HEADER, identity);
  if (request.headers['transfer-encoding'] !== undefined) headers.push('Transfer-Encoding', 'chunked');
  else if (request.headers['content-length'] === undefined && !['GET', 'HEAD'].includes(request.method ?? ''))
    // without it node would announce a chunked body for a POST that has none
    headers.push('Content-Length', '0');
  return headers;
}

/** The headers for the client of an answer that came from a target. */
export function responseHeaders(answer: IncomingMessage, groupName: string, setCookie: string | undefined): string[] {
  const headers = endToEnd(answer, REPLACED_IN_RESPONSE);
  headers.push(GROUP_HEADER, groupName);
  if (setCookie !== undefined) headers.push('Set-Cookie', setCookie);
  return headers;
}
