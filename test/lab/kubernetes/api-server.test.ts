import { Agent, request } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabKubernetes } from '../../../lab/kubernetes/kubernetes.ts';
import { deployment, openLab } from './cluster-in-lab.ts';

let kubernetes: LabKubernetes;
let agent: Agent;
beforeAll(async () => {
  ({ kubernetes } = await openLab({}));
  agent = new Agent({ ca: Buffer.from(kubernetes.env.CLUSTER_CA, 'base64'), keepAlive: true });
  kubernetes.apply(deployment('registry.example/app:none', 0));
});
afterAll(async () => {
  agent.destroy();
  await kubernetes.close();
});

interface Ask {
  method?: string;
  type?: string;
  body?: unknown;
  token?: string;
}
const ask = (path: string, { method = 'GET', type, body, token = kubernetes.env.CLUSTER_TOKEN }: Ask = {}) =>
  new Promise<{ code: number; body: Record<string, never> }>((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, ...(type === undefined ? {} : { 'content-type': type }) };
    const call = request(`${kubernetes.endpoint}${path}`, { agent, method, headers }, response => {
      let text = '';
      response.setEncoding('utf8').on('data', chunk => {
        text += chunk;
      });
      response.on('end', () => {
        const isJson = response.headers['content-type'] === 'application/json';
        resolve({ code: response.statusCode ?? 0, body: isJson ? JSON.parse(text) : text });
      });
    });
    call.once('error', reject);
    call.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
const APP = '/apis/apps/v1/namespaces/shop/deployments/app';
const APPLY = 'application/apply-patch+yaml';

describe('the API of the lab’s Kubernetes', () => {
  it('answers 401 to a wrong token, also on paths that are not there', async () => {
    expect(await ask(APP, { token: 'wrong' })).toMatchObject({
      code: 401,
      body: { kind: 'Status', reason: 'Unauthorized' },
    });
    expect(await ask('/nowhere', { token: '' })).toMatchObject({ code: 401 });
  });

  it('answers 404 as a Status for an object and in plain text for a path that are not there', async () => {
    expect(await ask(`${APP}-not`)).toMatchObject({
      code: 404,
      body: { reason: 'NotFound', message: 'deployments.apps "app-not" not found' },
    });
    expect(await ask('/apis/nowhere/v1/things')).toEqual({ code: 404, body: '404 page not found\n' });
  });

  it('scales through the subresource, raises the generation, and says who owns the field', async () => {
    // Act
    const scaled = await ask(`${APP}/scale?fieldManager=hpa`, {
      method: 'PATCH',
      type: 'application/merge-patch+json',
      body: { spec: { replicas: 2 } },
    });

    // Assess
    expect(scaled).toMatchObject({ code: 200, body: { kind: 'Scale', spec: { replicas: 2 } } });
    expect((await ask(APP)).body).toMatchObject({
      metadata: {
        generation: 2,
        managedFields: [
          { manager: 'kubectl', operation: 'Apply' },
          { manager: 'hpa', operation: 'Update', subresource: 'scale', fieldsV1: { 'f:spec': { 'f:replicas': {} } } },
        ],
      },
    });
  });

  it('answers 409 with the causes when a field is owned by another manager', async () => {
    const body = { apiVersion: 'apps/v1', kind: 'Deployment', spec: { selector: { matchLabels: { app: 'other' } } } };

    const refused = await ask(`${APP}?fieldManager=sluice`, { method: 'PATCH', type: APPLY, body });

    expect(refused).toMatchObject({
      code: 409,
      body: {
        reason: 'Conflict',
        message: 'Apply failed with 1 conflict: conflict with "kubectl": .spec.selector',
        details: { causes: [{ reason: 'FieldManagerConflict', field: '.spec.selector' }] },
      },
    });
  });

  it('takes YAML, and refuses what is not an object, an apply without a manager and an unknown kind of patch', async () => {
    const path = '/api/v1/namespaces/shop/configmaps/settings';
    const created = await ask(`${path}?fieldManager=me`, { method: 'PATCH', type: APPLY, body: 'data: {a: "1"}' });
    expect(created).toMatchObject({ code: 201, body: { kind: 'ConfigMap', data: { a: '1' } } });

    expect(await ask(`${path}?fieldManager=me`, { method: 'PATCH', type: APPLY, body: '- a' })).toMatchObject({
      code: 400,
    });
    expect(await ask(path, { method: 'PATCH', type: APPLY, body: {} })).toMatchObject({ code: 422 });
    expect(await ask(path, { method: 'PATCH', type: 'application/json-patch+json', body: {} })).toMatchObject({
      code: 415,
    });
  });

  it('refuses a Deployment whose selector does not match, a changed selector, and a binding without targetType', async () => {
    const wrong = deployment('x', 1);
    wrong.spec.selector = { matchLabels: { app: 'other' } };
    wrong.metadata.name = 'wrong';
    const binding = { spec: { serviceRef: { name: 'app', port: 80 }, targetGroupARN: 'tg' } };

    expect(await ask('/apis/apps/v1/namespaces/shop/deployments', { method: 'POST', body: wrong })).toMatchObject({
      code: 422,
    });
    expect(
      await ask(`${APP}?fieldManager=x&force=true`, {
        method: 'PATCH',
        type: APPLY,
        body: { spec: { selector: { matchLabels: { app: 'b' } }, template: { metadata: { labels: { app: 'b' } } } } },
      }),
    ).toMatchObject({ code: 422, body: { message: expect.stringContaining('immutable') } });
    expect(
      await ask('/apis/elbv2.k8s.aws/v1beta1/namespaces/shop/targetgroupbindings/app?fieldManager=x', {
        method: 'PATCH',
        type: APPLY,
        body: binding,
      }),
    ).toMatchObject({ code: 422, body: { message: expect.stringContaining('targetType') } });
  });

  it('lists by label selector and refuses a stale PUT', async () => {
    const pods = await ask('/api/v1/namespaces/shop/pods?labelSelector=app%3Dapp');
    expect(pods.body).toMatchObject({ kind: 'PodList', items: [{}, {}] });
    expect((await ask('/api/v1/namespaces/shop/pods?labelSelector=app%21%3Dapp')).body).toMatchObject({ items: [] });

    const stale = { ...deployment('x', 1), metadata: { name: 'app', namespace: 'shop', resourceVersion: '1' } };
    expect(await ask(APP, { method: 'PUT', body: stale })).toMatchObject({ code: 409, body: { reason: 'Conflict' } });
  });
});
