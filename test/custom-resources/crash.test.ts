import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import * as cluster from '../../functions/custom-resources/cluster.ts';
import * as deployedVersion from '../../functions/custom-resources/deployed-version.ts';
import * as listenerRule from '../../functions/custom-resources/listener-rule.ts';
import * as registeredWorkload from '../../functions/custom-resources/registered-workload.ts';
import { checkout } from '../adapters/router/alb/rules.contract.ts';
import { crashAfter } from '../functions/crash-after.ts';
import { blueArn, greenArn } from '../lab/aws/memory-load-balancer.ts';
import { openCloudFormationLab, PLAN } from './cloud-formation-lab.ts';

/*
 * Lambda calls again what did not answer: a process that dies after any effect of a custom resource, and is called again,
 * leaves what one call leaves, and the answer that CloudFormation gets is that of one call.
 */

type Lab = Awaited<ReturnType<typeof openCloudFormationLab>>;
const labs: Lab[] = [];
const openLab = async () => {
  const lab = await openCloudFormationLab();
  labs.push(lab);
  return lab;
};
afterEach(async () => {
  for (const lab of labs.splice(0)) await lab.close();
});

const HANDLERS: Record<string, (deps: Lab['deps'], event: unknown) => Promise<unknown>> = {
  cluster: (deps, event) => cluster.makeHandler(deps)(event),
  'deployed-version': (deps, event) => deployedVersion.makeHandler(deps)(event),
  'listener-rule': (deps, event) => listenerRule.makeHandler(deps)(event),
  'registered-workload': (deps, event) => registeredWorkload.makeHandler(deps)(event),
};
const rule = (lab: Lab, host: string, priority: number) => ({
  Workload: 'checkout',
  ListenerArn: lab.loadBalancer.listenerArn,
  Priority: String(priority),
  Conditions: JSON.stringify([{ Field: 'host-header', HostHeaderConfig: { Values: [host] } }]),
  Blue: blueArn,
  Green: greenArn,
  Carries: 'dial',
});
const { name, deployment, container, repositories, router } = checkout;
const FILE = {
  apiVersion: 'sluice/v1',
  kind: 'Workload',
  name,
  cluster: checkout.cluster,
  deployment,
  container,
  repositories,
  router,
};
const item = (soak: string) => ({ Workload: JSON.stringify(FILE), Plan: JSON.stringify({ ...PLAN, soak }) });

const entry = (name: string) => ({ principalArn: `arn:aws:iam::123456789012:role/sluice-${name}`, group: 'sluice' });
const prod = (...names: string[]) => ({
  Name: 'prod',
  Network: 'public',
  AccessEntries: JSON.stringify(names.map(entry)),
});

interface Row {
  handler: string;
  what: string;
  /** What was there before. */
  prepare?: (lab: Lab) => Promise<string>;
  request: (lab: Lab, physicalId: string | undefined) => object;
}
const made = (handler: string, properties: (lab: Lab) => object) => async (lab: Lab) => {
  const answer = await HANDLERS[handler]?.(lab.deps, lab.request('Create', properties(lab)));
  return (answer as { PhysicalResourceId: string }).PhysicalResourceId;
};
const ofRule = made('listener-rule', lab => rule(lab, 'shop.example.com', 20));
const ofItem = made('registered-workload', () => item('15m'));

const ofCluster = made('cluster', () => prod('admit', 'soak'));

const ROWS: Row[] = [
  { handler: 'cluster', what: 'create', request: lab => lab.request('Create', prod('admit', 'soak')) },
  {
    handler: 'cluster',
    what: 'update',
    prepare: ofCluster,
    request: (lab, id) => lab.request('Update', prod('soak', 'write-canary'), id),
  },
  {
    handler: 'cluster',
    what: 'delete',
    prepare: ofCluster,
    request: (lab, id) => lab.request('Delete', prod('admit', 'soak'), id),
  },
  {
    handler: 'listener-rule',
    what: 'create',
    request: lab => lab.request('Create', rule(lab, 'shop.example.com', 20)),
  },
  {
    handler: 'listener-rule',
    what: 'update of conditions and priority',
    prepare: ofRule,
    request: (lab, id) => lab.request('Update', rule(lab, 'www.example.com', 30), id),
  },
  {
    handler: 'listener-rule',
    what: 'delete',
    prepare: ofRule,
    request: (lab, id) => lab.request('Delete', rule(lab, 'shop.example.com', 20), id),
  },
  {
    handler: 'deployed-version',
    what: 'settle',
    request: lab => lab.request('Create', { Step: 'settle', Sluice: '0.2.0', Ledger: '7' }),
  },
  { handler: 'registered-workload', what: 'create', request: lab => lab.request('Create', item('15m')) },
  {
    handler: 'registered-workload',
    what: 'update',
    prepare: ofItem,
    request: (lab, id) => lab.request('Update', item('20m'), id),
  },
  {
    handler: 'registered-workload',
    what: 'delete',
    prepare: ofItem,
    request: (lab, id) => lab.request('Delete', item('15m'), id),
  },
];

async function fakesOf(lab: Lab) {
  const rules = lab.loadBalancer.rules().map(({ arn: _, ...rest }) => rest);
  const workloads = await lab.deps.workloads.readAll();
  const { answer } = lab.answers.at(-1) ?? {};
  const entries = [...(lab.eks.entries.get('prod')?.values() ?? [])];
  return { rules, workloads, entries, Status: answer?.Status };
}

/** Runs a row in a process that dies after its nth effect; its answer to CloudFormation then arrives nowhere either. */
async function run({ handler, request }: Row, lab: Lab, physicalId: string | undefined, diesAfter: number) {
  const { deps, effects } = crashAfter(lab.deps, diesAfter);
  const event = request(lab, physicalId);
  const dead = Number.isFinite(diesAfter) ? { ...event, ResponseURL: 'http://127.0.0.1:1/nobody' } : event;
  const done = HANDLERS[handler]?.(deps, dead);
  if (Number.isFinite(diesAfter)) await expect(done).rejects.toThrow();
  else await done;
  return effects;
}

it('every custom resource has rows here', () => {
  const files = readdirSync(new URL('../../functions/custom-resources', import.meta.url));
  const handlers = files.map(file => file.replace(/\.ts$/, ''));
  expect([...new Set(ROWS.map(row => row.handler))].sort()).toEqual(handlers.sort());
});

describe.each(ROWS)('$handler, $what', row => {
  it('dies after each of its effects: called again, all is as after one call', async () => {
    // Prepare
    const once = await openLab();
    const effects = await run(row, once, await row.prepare?.(once), Number.POSITIVE_INFINITY);
    expect(effects.length).toBeGreaterThan(0);
    for (let after = 1; after <= effects.length; after += 1) {
      const crashed = await openLab();
      const id = await row.prepare?.(crashed);
      // Act
      const done = await run(row, crashed, id, after);
      await run(row, crashed, id, Number.POSITIVE_INFINITY);
      // Assess
      expect(done).toEqual(effects.slice(0, after));
      expect(await fakesOf(crashed)).toEqual(await fakesOf(once));
    }
  });
});
