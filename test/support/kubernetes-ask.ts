import { Agent, request } from 'node:https';

/** A plain request to a Kubernetes API as one user, with none of the adapter's code. */
export interface Asker {
  /** The answer whatever its code. */
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
  /** The answer's body. @throws Error any code but 2xx */
  must(method: string, path: string, options?: AskOptions): Promise<JsonBody>;
  /** Server-side apply, the object's own path found from its kind. @throws Error as `must` */
  apply(object: ApplyObject, by?: { manager?: string; force?: boolean }): Promise<JsonBody>;
  close(): void;
}
export interface AskOptions {
  body?: unknown;
  /** application/json where absent. */
  type?: string;
}
/** What the server says, read by who knows what it asked. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into objects of many kinds
export type JsonBody = any;
export interface Answer {
  code: number;
  body: JsonBody;
}
export interface ApplyObject {
  apiVersion: string;
  kind: string;
  metadata: { name: string; namespace?: string };
  [field: string]: unknown;
}

export const APPLY_PATCH = 'application/apply-patch+yaml';
export const MERGE_PATCH = 'application/merge-patch+json';
export const STRATEGIC_PATCH = 'application/strategic-merge-patch+json';

/** `Deployment` in `apps/v1` -> `/apis/apps/v1/namespaces/shop/deployments/checkout`: the plural by an s, of a y by ies. */
export function pathOf({ apiVersion, kind, metadata }: ApplyObject): string {
  const plural = `${kind.toLowerCase().replace(/y$/, 'ie')}s`;
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const namespace = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  return `${root}${namespace}/${plural}/${metadata.name}`;
}

/** @param ca PEM */
export function openAsker(server: { endpoint: string; ca: string; token: string }): Asker {
  const agent = new Agent({ ca: server.ca, keepAlive: true });
  const ask: Asker['ask'] = (method, path, { body, type = 'application/json' } = {}) =>
    new Promise((resolve, reject) => {
      const sent = body === undefined ? '' : JSON.stringify(body);
      const headers = {
        authorization: `Bearer ${server.token}`,
        'user-agent': 'test',
        // the length: node says it by itself for a DELETE without a body only
        ...(sent === '' ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(sent) }),
      };
      const call = request(`${server.endpoint}${path}`, { agent, method, headers }, response => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.once('error', reject).once('end', () => {
          const text = Buffer.concat(chunks).toString();
          const isJson = response.headers['content-type']?.startsWith('application/json') === true;
          resolve({ code: response.statusCode ?? 0, body: isJson ? JSON.parse(text) : text });
        });
      });
      call.once('error', reject);
      call.end(sent);
    });
  const must: Asker['must'] = async (method, path, options) => {
    const { code, body } = await ask(method, path, options);
    if (code >= 200 && code < 300) return body;
    throw new Error(`${method} ${path}: ${code} ${body.message ?? body}`);
  };
  return {
    ask,
    must,
    apply: (object, { manager = 'kubectl', force = false } = {}) =>
      must('PATCH', `${pathOf(object)}?fieldManager=${manager}&force=${force}`, { body: object, type: APPLY_PATCH }),
    close: () => agent.destroy(),
  };
}
