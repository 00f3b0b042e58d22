import { describe, expect, it } from 'vitest';
import { FAKE_LISTENER } from '../../adapters/router/fake-router.ts';
import { at, planOf, shop } from '../support/story.ts';
import { road } from './scenes.ts';
import { named, openWorld, template, type World } from './world.ts';

const started = async (plan: Parameters<typeof openWorld>[0] = {}) => {
  const world = await openWorld(plan);
  await world.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
  return world;
};
const active = async (world: World) => (await world.ledger.read('shop')).active;
const notices = (world: World) => world.notifier.notices.map(({ subject, topicArn }) => [subject, topicArn]);

describe('admission', () => {
  const notify = [{ kind: 'sns' as const, on: ['started' as const], topicArn: 'arn:topic/team' }];

  it('freezes the ground of the release with its way back, and tells who wants to know', async () => {
    // Prepare
    const world = await started({ notify });
    world.targets.draining.clientsSeconds = 600;
    world.cluster.putAutoscaler(shop, 'blue', 2);
    world.wait(5);
    // Act
    const move = await world.run('admit', road);
    // Assess
    const admission = (await active(world))?.admission;
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
      wayBack: await world.router.planWayBack(shop, 'blue'),
    });
    expect(notices(world)).toEqual([['shop-1: started', 'arn:topic/team']]);
  });

  it('does not fail because nobody can be told', async () => {
    const world = await started({ notify });
    world.notifier.breakWith('throttled');
    expect(await world.run('admit', road)).toMatchObject({ kind: 'admitted' });
    expect(world.lines).toContainEqual(
      expect.objectContaining({ level: 'error', message: 'nobody was told', release: 'shop-1' }),
    );
  });

  it.each<[string, (world: World) => unknown, RegExp]>([
    ['there is no healthy target to go back to', world => (world.targets.counts.blue.healthy = 0), /no target of blue/],
    [
      'the rule is not there',
      world => world.router.rules.delete('arn:rule/shop'),
      /^rule arn:rule\/shop is not there$/,
    ],
    [
      'the rule has three groups',
      world => world.router.rules.get('arn:rule/shop')?.groups.push({ arn: 'arn:tg/other', weight: 0 }),
      /arn:tg\/other/,
    ],
    [
      'a controller in the cluster owns the listener',
      world => (world.router.tags[FAKE_LISTENER] = { 'elbv2.k8s.aws/cluster': 'prod' }),
      /^listener arn:listener\/fake belongs to a load balancer controller .+tag elbv2\.k8s\.aws\/cluster: prod/,
    ],
    [
      'another control plane has the rule',
      world => (world.router.tags['arn:rule/shop'] = { 'sluice:owner': 'staging/shop' }),
      /^rule arn:rule\/shop belongs to staging\/shop .+, and this is sluice\/shop$/,
    ],
    [
      'a target group registers instances',
      world => (world.router.groups.green.targetType = 'instance'),
      /^target group .+ has targets of type instance/,
    ],
    [
      "the team's Deployment is not there",
      world => world.cluster.removeTemplate(shop),
      /^there is no Deployment shop$/,
    ],
  ])('refuses before anything moved where %s, and says it again', async (_, breakIt, because) => {
    const world = await started();
    breakIt(world);
    expect(await world.run('admit', road)).toMatchObject({ kind: 'refused', because: expect.stringMatching(because) });
    expect(await world.run('admit', road)).toMatchObject({ kind: 'refused', because: expect.stringMatching(because) });
    expect(await world.kinds()).toEqual(['requested', 'runClaimed', 'refused']);
  });

  it.each<[string, (world: World) => void, string]>([
    ['the load balancer', world => world.router.failNext(1), 'RouterUnreachableError'],
    ['the cluster', world => world.cluster.setReachable(false), 'ClusterUnreachableError'],
    ['the targets', world => world.targets.failNext(1), 'TargetsUnreachableError'],
  ])('is tried again where %s does not answer: that is no reason to refuse', async (_, breakIt, name) => {
    const world = await started();
    breakIt(world);
    await expect(world.run('admit', road)).rejects.toMatchObject(named(name));
    const kinds = await world.kinds();
    expect(kinds.filter(kind => kind !== 'clusterFailed')).toEqual(['requested', 'runClaimed']);
  });

  it('is not done again by the next run: it finds itself admitted', async () => {
    const world = await started();
    await world.run('admit', road);
    await world.tell([9, { kind: 'runClaimed', run: 2 }]);
    expect(await world.run('admit', { ...road, run: 2 })).toMatchObject({
      kind: 'admitted',
      because: 'was admitted before',
    });
  });
});

describe('what selects pods in the namespace', () => {
  const metrics = { name: 'metrics', selector: { 'sluice.dev/workload': 'shop' } };

  it('is refused before anything is written where it would bring requests past the dial', async () => {
    const world = await started();
    world.cluster.putSelectors(shop, { services: [metrics] });
    expect(await world.run('admit', road)).toMatchObject({
      kind: 'refused',
      because: expect.stringMatching(/^Service metrics \(sluice\.dev\/workload=shop\) selects pods of blue, and what/),
    });
    expect(world.cluster.written(shop, 'green')).toBeUndefined();
  });

  it('is asked of an undo by the labels that its pods have, whatever they would have now', async () => {
    // Prepare: green was written when its pods kept `app`
    const world = await openWorld();
    await world.tell(
      [0, { kind: 'requested', images: {}, plan: planOf(), workload: shop, undoOf: 'shop-0' }],
      [0, { kind: 'runClaimed', run: 1 }],
    );
    const labelled = { ...template, podTemplate: { ...template.podTemplate, metadata: { labels: { app: 'shop' } } } };
    await world.cluster.writeSlot(shop, 'green', { revision: 'older', images: {}, template: labelled }, 0);
    world.cluster.putSelectors(shop, { services: [{ name: 'web', selector: { app: 'shop' } }] });

    // Act, Assess
    expect(await world.run('admit', road)).toMatchObject({
      kind: 'refused',
      because: expect.stringMatching(/^Service web \(app=shop\) selects pods of green/),
    });
  });
});
