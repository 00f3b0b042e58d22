import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/*
 * A registry as the OCI distribution specification has it ("Pulling manifests") with the token flow of the distribution project
 * ("Token Authentication Specification"), on a port of this computer. It hands out manifests and nothing else.
 */

export interface ServerOptions {
  /** `open`: nobody has to say who they are. `token`: as GHCR, Docker Hub. `basic`: as Artifactory without tokens. */
  access: 'open' | 'token' | 'basic';
  /** Of the token: what is public is given to everybody, as Docker Hub does. */
  isPublic?: boolean;
  user?: { name: string; password: string };
}

export interface DistributionServer {
  host: string;
  /** @returns the digest of its manifest */
  push(name: string, manifest: object): string;
  /** What it was asked: `GET /v2/shop/manifests/sha256:… as basic`. */
  readonly asked: string[];
  /** From now on it answers every request so. */
  answerWith: { status: number; body?: string } | undefined;
  close(): Promise<void>;
}

export async function openDistributionServer({ access, isPublic = false, user }: ServerOptions) {
  const manifests = new Map<string, string>();
  const tokens = new Map<string, string>();
  const basic = user && `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}`;
  const isUser = ({ headers }: IncomingMessage) => basic !== undefined && headers.authorization === basic;

  const challenge = (name: string) =>
    access === 'basic'
      ? 'Basic realm="Artifactory Realm"'
      : `Bearer realm="http://${registry.host}/token",service="registry.example.com",scope="repository:${name}:pull"`;

  function mayRead(request: IncomingMessage, name: string): boolean {
    if (access === 'open') return true;
    if (access === 'basic') return isUser(request);
    const [, token = ''] = /^Bearer (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    return tokens.get(token) === `repository:${name}:pull`;
  }

  function giveToken(request: IncomingMessage, url: URL, response: ServerResponse) {
    const isAnonymous = request.headers.authorization === undefined;
    if (url.searchParams.get('service') !== 'registry.example.com') return end(response, 400, {});
    if (isAnonymous ? !isPublic : !isUser(request)) return end(response, 401, { errors: [{ code: 'UNAUTHORIZED' }] });
    const token = `token-${tokens.size + 1}`;
    tokens.set(token, url.searchParams.get('scope') ?? '');
    end(response, 200, { token });
  }

  function end(response: ServerResponse, status: number, body: object | string, headers: Record<string, string> = {}) {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://registry');
    const [scheme = 'nobody'] = (request.headers.authorization ?? 'nobody').split(' ');
    registry.asked.push(`${request.method} ${url.pathname} as ${scheme.toLowerCase()}`);
    const { answerWith } = registry;
    if (answerWith !== undefined) return end(response, answerWith.status, answerWith.body ?? '{}');
    if (url.pathname === '/token') return giveToken(request, url, response);
    const [, name, digest] = /^\/v2\/(.+)\/manifests\/([^/]+)$/.exec(url.pathname) ?? [];
    if (name === undefined) return end(response, 404, {});
    if (!mayRead(request, name)) {
      return end(response, 401, { errors: [{ code: 'UNAUTHORIZED' }] }, { 'www-authenticate': challenge(name) });
    }
    const text = manifests.get(`${name} ${digest}`);
    if (text === undefined) return end(response, 404, { errors: [{ code: 'MANIFEST_UNKNOWN' }] });
    const { mediaType } = JSON.parse(text);
    // one that is asked for other types only has none, as the specification has it
    if (!(request.headers.accept ?? '').includes(mediaType)) return end(response, 404, {});
    end(response, 200, text, { 'content-type': mediaType, 'docker-content-digest': digest ?? '' });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const registry: DistributionServer = {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    asked: [],
    answerWith: undefined,
    push(name, manifest) {
      const text = JSON.stringify(manifest);
      const digest = `sha256:${createHash('sha256').update(text).digest('hex')}`;
      manifests.set(`${name} ${digest}`, text);
      return digest;
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return registry;
}
