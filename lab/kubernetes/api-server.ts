import { timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { parse as parseYaml } from 'yaml';
import { ApiError, invalid, notFound } from './api-error.ts';
import type { Certificates } from './certificates.ts';
import { discover } from './discovery.ts';
import type { Resource } from './resources.ts';
import { apiVersionOf, at, RESOURCES, resourceName } from './resources.ts';
import type { JsonObject } from './schema.ts';
import { isObject } from './schema.ts';
import { matchesLabels } from './selector.ts';
import type { Store, Target } from './store.ts';

export interface ApiServer {
  /** `https://127.0.0.1:<port>` */
  readonly endpoint: string;
  close(): Promise<void>;
}

export interface ApiServerOptions {
  store: Store;
  certificates: Certificates;
  /** The bearer token that every request must carry. */
  token: string;
  /** Text of a pod's log, for `pods/log`. */
  podLog(target: Target): string | undefined;
  /** Ends a pod as kubectl delete does; the pod's object goes when its process has gone. */
  deletePod(target: Target): void;
}

/** What a request is for: `/apis/apps/v1/namespaces/shop/deployments/checkout/scale`. */
interface Route {
  resource: Resource;
  namespace?: string;
  name?: string;
  subresource?: string;
}

/** The Kubernetes API over TLS, on 127.0.0.1 at a free port. Speaks enough for the product's adapter and kubectl. */
export async function openApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { store, certificates, token } = options;
  const expected = Buffer.from(`Bearer ${token}`);
  const isAllowed = (request: IncomingMessage): boolean => {
    const given = Buffer.from(request.headers.authorization ?? '');
    return given.length === expected.length && timingSafeEqual(given, expected);
  };
  const answer = async (request: IncomingMessage): Promise<{ code: number; body: unknown }> => {
    if (!isAllowed(request)) throw new ApiError(401, 'Unauthorized', 'Unauthorized');
    const url = new URL(request.url ?? '/', 'https://lab');
    const found = request.method === 'GET' ? discover(url.pathname) : undefined;
    if (found !== undefined) return { code: 200, body: found };
    const route = routeOf(url.pathname);
    if (route === undefined) return { code: 404, body: '404 page not found\n' }; // no Status, as Kubernetes does
    return serve(options, request, url.searchParams, route);
  };
  const server = createServer({ cert: certificates.cert, key: certificates.key }, (request, response) => {
    void answer(request)
      .catch((error: unknown) => {
        const refusal = error instanceof ApiError ? error : new ApiError(500, 'InternalError', String(error));
        return { code: refusal.code, body: refusal.toStatus() };
      })
      .then(({ code, body }) => {
        const text = typeof body === 'string';
        response.writeHead(code, { 'content-type': text ? 'text/plain' : 'application/json' });
        response.end(text ? body : JSON.stringify(body));
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };

  async function serve(
    { podLog, deletePod }: ApiServerOptions,
    request: IncomingMessage,
    query: URLSearchParams,
    { resource, namespace, name, subresource }: Route,
  ): Promise<{ code: number; body: unknown }> {
    const refuse = (): never => {
      throw new ApiError(405, 'MethodNotAllowed', `the lab does not serve ${request.method} ${request.url}`);
    };
    const manager =
      query.get('fieldManager') ?? (request.headers['user-agent'] ?? 'unknown').split('/')[0] ?? 'unknown';
    if (name === undefined) {
      if (request.method === 'GET' && query.get('watch') === null) {
        const labels = query.get('labelSelector') ?? '';
        const items = store
          .list(resource, namespace)
          .filter(object => matchesLabels(labels, at(object, 'metadata', 'labels')));
        const metadata = { resourceVersion: store.version() };
        return {
          code: 200,
          body: { kind: `${resource.kind}List`, apiVersion: apiVersionOf(resource), metadata, items },
        };
      }
      if (request.method === 'POST' && namespace !== undefined) {
        return { code: 201, body: store.create(resource, namespace, await readBody(request), manager) };
      }
      return refuse();
    }
    const target = { namespace: namespace ?? 'default', name };
    if (subresource === 'scale') return { code: 200, body: await scale(resource, target, request, query, manager) };
    if (subresource === 'log') {
      const log = podLog(target);
      if (log === undefined) throw notFound(resourceName(resource), name);
      return { code: 200, body: log };
    }
    switch (request.method) {
      case 'GET': {
        const object = store.get(resource, target.namespace, name);
        if (object === undefined) throw notFound(resourceName(resource), name);
        return { code: 200, body: object };
      }
      case 'PUT':
        return { code: 200, body: store.replace(resource, target, await readBody(request), manager) };
      case 'PATCH': {
        const body = await readBody(request);
        const type = (request.headers['content-type'] ?? '').split(';')[0];
        if (type === 'application/apply-patch+yaml') {
          if (!query.has('fieldManager')) {
            throw invalid(
              'PatchOptions.meta.k8s.io',
              '',
              'fieldManager',
              'Required value: is required for apply patch',
            );
          }
          const force = query.get('force') === 'true';
          const written = store.apply(resource, target, body, { manager, force });
          return { code: written.created ? 201 : 200, body: written.object };
        }
        if (type !== 'application/merge-patch+json' && type !== 'application/strategic-merge-patch+json') {
          throw new ApiError(415, 'UnsupportedMediaType', `the lab does not serve patches of type ${type}`);
        }
        const strategic = type.startsWith('application/strategic');
        return { code: 200, body: store.patch(resource, target, body, manager, { strategic }) };
      }
      case 'DELETE': {
        if (resource.kind !== 'Pod') return { code: 200, body: store.remove(resource, target) };
        const pod = store.get(resource, target.namespace, name);
        if (pod === undefined) throw notFound(resourceName(resource), name);
        deletePod(target);
        return { code: 200, body: pod };
      }
      default:
        return refuse();
    }
  }

  /** autoscaling/v1 Scale of a Deployment: what the HPA and `kubectl scale` write. */
  async function scale(
    resource: Resource,
    target: Target,
    request: IncomingMessage,
    query: URLSearchParams,
    manager: string,
  ): Promise<JsonObject> {
    if (request.method === 'PUT' || request.method === 'PATCH') {
      const replicas = at(await readBody(request), 'spec', 'replicas');
      if (typeof replicas !== 'number') throw new ApiError(400, 'BadRequest', 'spec.replicas must be a number');
      const by = query.get('fieldManager') ?? manager;
      store.patch(resource, target, { spec: { replicas } }, by, { subresource: 'scale' });
    }
    const object = store.get(resource, target.namespace, target.name);
    if (object === undefined) throw notFound(resourceName(resource), target.name);
    const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata as JsonObject;
    return {
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: { name, namespace, uid, resourceVersion, creationTimestamp } as JsonObject,
      spec: { replicas: at(object, 'spec', 'replicas') ?? 0 },
      status: { replicas: at(object, 'status', 'replicas') ?? 0 },
    };
  }
}

function routeOf(path: string): Route | undefined {
  const parts = path.split('/').filter(Boolean).map(decodeURIComponent);
  const core = parts[0] === 'api';
  const [group, version, ...rest] = core ? ['', ...parts.slice(1)] : parts.slice(1);
  const [namespace, plural, name, subresource] = rest[0] === 'namespaces' ? rest.slice(1) : [undefined, ...rest];
  const resource = RESOURCES.find(r => r.group === group && r.version === version && r.plural === plural);
  if (resource === undefined || (subresource !== undefined && !resource.subresources.includes(subresource))) {
    return undefined;
  }
  return {
    resource,
    ...(namespace !== undefined ? { namespace } : {}),
    ...(name !== undefined ? { name } : {}),
    ...(subresource !== undefined ? { subresource } : {}),
  };
}

async function readBody(request: IncomingMessage): Promise<JsonObject> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  let body: unknown;
  try {
    body = text.startsWith('{') ? JSON.parse(text) : parseYaml(text);
  } catch (cause) {
    throw new ApiError(400, 'BadRequest', `the body is neither JSON nor YAML: ${String(cause)}`);
  }
  if (!isObject(body as JsonObject)) throw new ApiError(400, 'BadRequest', 'the body is not an object');
  return body as JsonObject;
}
