import { describe, expect, it } from 'vitest';
import { FAKE_LISTENER } from '../../adapters/router/fake-router.ts';
import { at, planOf, shop } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes, template } from './fakes.ts';
import { road } from './handler-cases.ts';

const started = async (plan: Parameters<typeof openFakes>[0] = {}) => {
  const fakes = await openFakes(plan);
  await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
  return fakes;
};
const active = async (fakes: Fakes) => (await fakes.ledger.read('shop')).active;
const notices = (fakes: Fakes) => fakes.notifier.notices.map(({ subject, topicArn }) => [subject, topicArn]);

describe('admission', () => {
  const notify = [{ kind: 'sns' as const, on: ['started' as const], topicArn: 'arn:topic/team' }];

  it('freezes the ground of the release with its way back, and tells who wants to know', async () => {
    // Prepare
    const fakes = await started({ notify });
    fakes.targets.draining.clientsSeconds = 600;
    fakes.cluster.putAutoscaler(shop, 'blue', 2);
    fakes.wait(5);
    // Act
    const move = await fakes.run('admit', road);
    // Assess
    const admission = (await active(fakes))?.admission;
    expect(move).toMatchObject({ kind: 'admitted', because: `revision ${admission?.revision}`, events: 28 });
    const { steps, soakSeconds } = planOf({ notify });
    expect(admission).toEqual({
      walks: { steps, soakSeconds },
      stable: 'blue',
      canary: 'green',
      revision: expect.stringMatching(/^[0-9a-f]{12}$/),
      stableRevision: 'old',
      stableReplicas: 4,
      stableMinimum: 2,
      deadlineEpochMs: at(5 + 7_200),
      propagationSeconds: 30,
      draining: { connectionsSeconds: 0, clientsSeconds: 600 },
      wayBack: await fakes.router.planWayBack(shop, 'blue'),
    });
    expect(notices(fakes)).toEqual([['shop-1: started', 'arn:topic/team']]);
  });

  it('refuses a release of a cluster that is not the control plane’s, before it asks that cluster anything', async () => {
    // Prepare: registered by a control plane that has other clusters now
    const fakes = await openFakes();
    const elsewhere = { ...shop, cluster: { ...shop.cluster, name: 'staging' } };
    await fakes.workloads.register({ workload: elsewhere, plan: planOf() });
    await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    fakes.cluster.readTemplate = () => Promise.reject(new Error('the cluster was asked'));
    // Act
    const move = await fakes.run('admit', road);
    // Assess
    const because = expect.stringContaining(
      'workload shop: cluster.name: found staging; expected prod: control plane sluice serves no other',
    );
    expect(move).toMatchObject({ kind: 'refused', because });
    expect((await active(fakes))?.admission).toBeUndefined();
  });

  it('does not fail because nobody can be told', async () => {
    const fakes = await started({ notify });
    fakes.notifier.breakWith('throttled');
    expect(await fakes.run('admit', road)).toMatchObject({ kind: 'admitted' });
    expect(fakes.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'nobody was told', release: 'shop-1' }),
    );
  });

  it.each<[string, (fakes: Fakes) => unknown, RegExp]>([
    ['there is no healthy target to go back to', fakes => (fakes.targets.counts.blue.healthy = 0), /no target of blue/],
    [
      'the rule is not there',
      fakes => fakes.router.rules.delete('arn:rule/shop'),
      /^rule arn:rule\/shop is not there$/,
    ],
    [
      'the rule has three groups',
      fakes => fakes.router.rules.get('arn:rule/shop')?.groups.push({ arn: 'arn:tg/other', weight: 0 }),
      /arn:tg\/other/,
    ],
    [
      'a controller in the cluster owns the listener',
      fakes => (fakes.router.tags[FAKE_LISTENER] = { 'elbv2.k8s.aws/cluster': 'prod' }),
      /^listener arn:listener\/fake belongs to a load balancer controller .+tag elbv2\.k8s\.aws\/cluster: prod/,
    ],
    [
      'another control plane has the rule',
      fakes => (fakes.router.tags['arn:rule/shop'] = { 'sluice:owner': 'staging/shop' }),
      /^rule arn:rule\/shop belongs to staging\/shop .+, and this is sluice\/shop$/,
    ],
    [
      'a target group registers instances',
      fakes => (fakes.router.groups.green.targetType = 'instance'),
      /^target group .+ has targets of type instance/,
    ],
    [
      "the team's Deployment is not there",
      fakes => fakes.cluster.removeTemplate(shop),
      /^there is no Deployment shop$/,
    ],
  ])('refuses before anything moved where %s, and says it again', async (_, breakIt, because) => {
    const fakes = await started();
    breakIt(fakes);
    expect(await fakes.run('admit', road)).toMatchObject({ kind: 'refused', because: expect.stringMatching(because) });
    expect(await fakes.run('admit', road)).toMatchObject({ kind: 'refused', because: expect.stringMatching(because) });
    expect(await fakes.kinds()).toEqual(['requested', 'runClaimed', 'refused']);
  });

  it.each<[string, (fakes: Fakes) => void, string]>([
    ['the load balancer', fakes => fakes.router.failNext(1), 'RouterUnreachableError'],
    ['the cluster', fakes => fakes.cluster.setReachable(false), 'ClusterUnreachableError'],
    ['the targets', fakes => fakes.targets.failNext(1), 'TargetsUnreachableError'],
  ])('is tried again where %s does not answer: that is no reason to refuse', async (_, breakIt, name) => {
    const fakes = await started();
    breakIt(fakes);
    await expect(fakes.run('admit', road)).rejects.toMatchObject(named(name));
    const kinds = await fakes.kinds();
    expect(kinds.filter(kind => kind !== 'clusterFailed')).toEqual(['requested', 'runClaimed']);
  });

  it('is not done again by the next run: it finds itself admitted', async () => {
    const fakes = await started();
    await fakes.run('admit', road);
    await fakes.tell([9, { kind: 'runClaimed', run: 2 }]);
    expect(await fakes.run('admit', { ...road, run: 2 })).toMatchObject({
      kind: 'admitted',
      because: 'was admitted before',
    });
  });
});

describe('what selects pods in the namespace', () => {
  const metrics = { name: 'metrics', selector: { 'sluice.dev/workload': 'shop' } };

  it('is refused before anything is written where it would bring requests past the dial', async () => {
    const fakes = await started();
    fakes.cluster.putSelectors(shop, { services: [metrics] });
    expect(await fakes.run('admit', road)).toMatchObject({
      kind: 'refused',
      because: expect.stringMatching(/^Service metrics \(sluice\.dev\/workload=shop\) selects pods of blue, and what/),
    });
    expect(fakes.cluster.written(shop, 'green')).toBeUndefined();
  });

  it('is asked of an undo by the labels that its pods have, whatever they would have now', async () => {
    // Prepare: green was written when its pods kept `app`
    const fakes = await openFakes();
    await fakes.tell(
      [0, { kind: 'requested', images: {}, plan: planOf(), workload: shop, undoOf: 'shop-0' }],
      [0, { kind: 'runClaimed', run: 1 }],
    );
    const labelled = { ...template, podTemplate: { ...template.podTemplate, metadata: { labels: { app: 'shop' } } } };
    await fakes.cluster.writeSlot(shop, 'green', { revision: 'older', images: {}, template: labelled }, 0);
    fakes.cluster.putSelectors(shop, { services: [{ name: 'web', selector: { app: 'shop' } }] });

    // Act, Assess
    expect(await fakes.run('admit', road)).toMatchObject({
      kind: 'refused',
      because: expect.stringMatching(/^Service web \(app=shop\) selects pods of green/),
    });
  });
});
