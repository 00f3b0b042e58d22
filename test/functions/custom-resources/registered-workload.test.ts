import { afterEach, beforeEach, expect, it } from 'vitest';
import { fakeRouter } from '../../../adapters/router/fake-router.ts';
import { makeHandler } from '../../../functions/custom-resources/registered-workload.ts';
import { checkout } from '../../adapters/router/alb/rules.contract.ts';
import { groupTags, openCloudFormation, PLAN, ruleTags } from './cloud-formation.ts';

/** The rules and the groups of checkout are its own. */
async function openRegistry() {
  const cloudFormation = await openCloudFormation();
  const own = fakeRouter(checkout);
  const { rules, targetGroups, previewRule = '' } = checkout.router;
  for (const arn of [...rules, previewRule]) own.tags[arn] = ruleTags();
  for (const slot of ['blue', 'green'] as const) own.tags[targetGroups[slot]] = groupTags(slot);
  return { ...cloudFormation, router: own, deps: { ...cloudFormation.deps, router: own } };
}

let lab: Awaited<ReturnType<typeof openRegistry>>;
beforeEach(async () => {
  lab = await openRegistry();
});
afterEach(() => lab.close());

const { name, cluster, deployment, container, repositories, router } = checkout;
const FILE = { apiVersion: 'sluice/v1', kind: 'Workload', name, cluster, deployment, container, repositories, router };
const properties = (workload: object = {}, plan: object = {}) => ({
  Workload: JSON.stringify({ ...FILE, ...workload }),
  Plan: JSON.stringify({ ...PLAN, ...plan }),
});
const call = (type: string, props: object, physicalId?: string) =>
  makeHandler(lab.deps)(lab.request(type, props, physicalId));

it('a workload is registered with its plan, as functions read them', async () => {
  const { Status, PhysicalResourceId } = await call('Create', properties());
  expect({ Status, PhysicalResourceId }).toEqual({ Status: 'SUCCESS', PhysicalResourceId: 'checkout' });
  const { workload, plan } = await lab.deps.workloads.read('checkout');
  expect(workload).toEqual(checkout);
  expect(plan).toMatchObject({ workload: 'checkout', deadlineSeconds: 7200, soakSeconds: 900 });
});

it('a new plan takes the place of the old one, also during a release, which has its own copy', async () => {
  await call('Create', properties());
  await lab.beginRelease();
  expect((await call('Update', properties({}, { soak: '20m' }), 'checkout')).Status).toBe('SUCCESS');
  expect((await lab.deps.workloads.read('checkout')).plan.soakSeconds).toBe(1200);
});

it('remembers since when it is ours, whatever changes later: what was pushed before starts nothing by itself', async () => {
  await call('Create', properties());
  const { registeredAtEpochMs } = await lab.deps.workloads.read('checkout');
  expect(registeredAtEpochMs).toEqual(expect.any(Number));
  const later = { ...lab.deps, clock: { now: () => lab.deps.clock.now() + 3_600_000 } };
  await makeHandler(later)(lab.request('Update', properties({}, { soak: '20m' }), 'checkout'));
  expect((await lab.deps.workloads.read('checkout')).registeredAtEpochMs).toBe(registeredAtEpochMs);
});

it.each([
  ['plan', properties({}, { soaks: '5m' }), /the plan of checkout: soaks/],
  ['workload', properties({ container: 'App!' }), /the workload: container/],
])('a mistake in the %s fails the deployment, with its place, and nothing is registered', async (_, props, reason) => {
  const { Status, Reason } = await call('Create', props);
  expect(Status).toBe('FAILED');
  expect(Reason).toMatch(reason);
  expect(await lab.deps.workloads.list()).toEqual([]);
});

it('a workload of a cluster that is not the control plane’s is refused, with what was found and expected', async () => {
  const elsewhere = properties({ cluster: { ...cluster, name: 'staging' } });

  const { Status, Reason } = await call('Create', elsewhere);

  expect(Status).toBe('FAILED');
  expect(Reason).toContain(
    `workload checkout: cluster.name: found staging; expected ${cluster.name}: control plane sluice serves no other`,
  );
  expect(Reason).toContain('one in another network takes a control plane of its own');
  expect(await lab.deps.workloads.list()).toEqual([]);
  expect(await lab.deps.workloads.readClaims('checkout')).toEqual([]);
});

it('a workload is registered in each cluster of its control plane, and forgotten when its cluster is no longer one', async () => {
  const more = { ...lab.deps, clusters: [cluster.name, 'staging'] };
  const elsewhere = properties({ cluster: { ...cluster, name: 'staging' } });

  expect((await makeHandler(more)(lab.request('Create', elsewhere))).Status).toBe('SUCCESS');
  expect((await call('Delete', elsewhere, 'checkout')).Status).toBe('SUCCESS');

  expect(await lab.deps.workloads.list()).toEqual([]);
});

it('two constructs of one stack cannot have one name', async () => {
  await call('Create', properties());
  const { blue } = router.targetGroups;
  const other = { router: { ...router, targetGroups: { blue, green: `${blue}0` } } };
  const { Status, Reason } = await call('Create', properties(other));
  expect(Status).toBe('FAILED');
  expect(Reason).toMatch(/checkout is registered already/);
});

it('a try whose answer was lost finds its own item', async () => {
  await call('Create', properties());
  expect((await call('Create', properties())).Status).toBe('SUCCESS');
});

it('is forgotten with its stack, but not during a release', async () => {
  await call('Create', properties());
  await lab.beginRelease();
  expect((await call('Delete', properties(), 'checkout')).Reason).toContain('checkout-1 is in progress');
  expect(await lab.deps.workloads.list()).toEqual(['checkout']);
});

it('is forgotten with its stack', async () => {
  await call('Create', properties());
  expect((await call('Delete', properties(), 'checkout')).Status).toBe('SUCCESS');
  expect(await lab.deps.workloads.list()).toEqual([]);
});
