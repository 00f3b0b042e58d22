import { describe, expect, it } from 'vitest';
import { approval, at, bake, hook, imageOf, type Line, readied, shifted, shop, weight } from '../support/story.ts';
import { road } from './road.ts';
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
    world.targets.draining.stickinessSeconds = 600;
    world.cluster.putAutoscaler(shop, 'blue', 2);
    world.wait(5);
    // Act
    const move = await world.run('admit', road);
    // Assess
    const admission = (await active(world))?.admission;
    expect(move).toMatchObject({ kind: 'admitted', because: `revision ${admission?.revision}`, looks: 0 });
    expect(admission).toEqual({
      stable: 'blue',
      canary: 'green',
      revision: expect.stringMatching(/^[0-9a-f]{12}$/),
      stableRevision: 'old',
      stableReplicas: 4,
      stableMinimum: 2,
      deadlineEpochMs: at(5 + 7_200),
      propagationSeconds: 30,
      deregistrationDelaySeconds: 0,
      stickinessSeconds: 600,
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
    [
      'there is no healthy target to go back to',
      world => (world.targets.counts.blue.healthy = 0),
      /none of the targets of blue/,
    ],
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
    expect(await world.kinds()).toEqual(['requested', 'runClaimed']);
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

describe("the canary's slot", () => {
  it('is written from the template with the image by its digest, intent first', async () => {
    const world = await started();
    await world.run('admit', road);
    expect(await world.run('write-canary', road)).toMatchObject({ kind: 'advance' });
    const revision = (await active(world))?.admission?.revision;
    expect(world.cluster.written(shop, 'green')).toEqual({ revision, images: { app: imageOf('2').uri }, template });
    expect((await world.facts()).slice(-2)).toEqual([
      { kind: 'canaryIntended', slot: 'green', revision },
      { kind: 'canaryWritten', slot: 'green', revision },
    ]);
  });

  it('is written after a crash between the intent and the deed', async () => {
    const world = await started();
    await world.run('admit', road);
    world.cluster.setReachable(true);
    world.cluster.own(shop, 'green', 'argocd-controller', 'spec.template');
    await expect(world.run('write-canary', road)).rejects.toMatchObject(named('FieldOwnedError', /argocd-controller/));
    expect((await active(world))?.canaryWritten).toBe(false);
  });

  it('is not written where the template has changed since admission: that is not what was asked for', async () => {
    const world = await started();
    await world.run('admit', road);
    const containers = [
      { name: 'app', image: 'shop:latest', env: [{ name: 'A', value: 'b' }], ports: [{ containerPort: 8080 }] },
    ];
    world.cluster.putTemplate(shop, { ...template, podTemplate: { spec: { containers } } });
    await expect(world.run('write-canary', road)).rejects.toMatchObject(
      named('TemplateChangedError', /after admission$/),
    );
    expect(world.cluster.written(shop, 'green')).toBeUndefined();
    expect(await world.kinds()).not.toContain('canaryIntended');
  });

  it('is sized for the next weight, with headroom, and stable cannot shrink from now on', async () => {
    const world = await openWorld({ steps: [weight(50), weight(100)] });
    await world.admitted();
    await world.canary(0);
    world.cluster.putAutoscaler(shop, 'green', 1);
    expect(await world.run('size-canary', road)).toMatchObject({
      kind: 'lookAgain',
      asks: 'cluster',
      because: 'green gets 3 replicas for 50 %',
    });
    expect(await world.cluster.readSlot(shop, 'green')).toMatchObject({ desired: 3, autoscalerMinimum: 3 });
    expect((await world.facts()).at(-1)).toEqual({ kind: 'sizeIntended', slot: 'green', replicas: 3, weight: 50 });
  });

  it.each([
    ["raises the minimum of stable's autoscaler to the replicas it had", 2, 4],
    ['leaves a minimum that is higher already', 6, 6],
  ])('%s', async (_, stableMinimum, minimum) => {
    const world = await openWorld();
    world.cluster.putAutoscaler(shop, 'blue', stableMinimum);
    await world.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
    await world.run('admit', road);
    await world.run('write-canary', road);
    await world.run('size-canary', road);
    expect(await world.cluster.readSlot(shop, 'blue')).toMatchObject({ autoscalerMinimum: minimum, desired: 4 });
  });

  it('never shrinks on the way', async () => {
    const world = await openWorld({ steps: [weight(10), weight(20), weight(100)] });
    await world.admitted(...readied(0, 10, 4), ...shifted(20, { from: 0, to: 10 }));
    await world.canary(4);
    await world.run('size-canary', road);
    expect(await world.cluster.readSlot(shop, 'green')).toMatchObject({ desired: 4 });
  });

  it('is asked for at the cluster, and only news is written down', async () => {
    const world = await openWorld();
    await world.admitted([1, { kind: 'sizeIntended', slot: 'green', replicas: 2, weight: 10 }]);
    await world.canary(2);
    world.cluster.breakImage(imageOf('2').uri, 'container app: CrashLoopBackOff');
    expect(await world.run('read-slot', road)).toMatchObject({
      kind: 'lookAgain',
      because: 'container app: CrashLoopBackOff',
      asks: 'cluster',
    });
    await world.run('read-slot', road);
    expect((await world.facts()).filter(fact => fact.kind === 'slotSeen')).toEqual([
      {
        kind: 'slotSeen',
        slot: 'green',
        desired: 2,
        available: 0,
        ready: false,
        problem: 'container app: CrashLoopBackOff',
      },
    ]);
  });
});

describe('the next step', () => {
  it('is named with what it is about, and begins when it is named', async () => {
    const world = await openWorld();
    await world.admitted(...readied(0, 10), ...shifted(20, { from: 0, to: 10 }));
    world.wait(25);
    expect(await world.run('next-step', { ...road, move: { looks: 7 } })).toEqual({
      kind: 'pause',
      seconds: 1,
      because: 'step 2 of 3: pause',
      asks: 'nobody',
      looks: 7,
    });
    expect((await active(world))?.stepStartedAtEpochMs).toBe(at(25));
    world.wait(30);
    await world.run('next-step', road);
    expect((await active(world))?.stepStartedAtEpochMs).toBe(at(25));
  });

  it.each<[string, Parameters<typeof openWorld>[0]]>([
    ['a bake', { steps: [bake(300), weight(100)] }],
    ['a hook', { steps: [hook(), weight(100)] }],
    ['an approval', { steps: [approval(), weight(100)] }],
  ])('that is %s begins when the canary is ready for it, not when its pods are asked for', async (_, plan) => {
    const world = await openWorld(plan);
    await world.admitted();
    expect(await world.run('next-step', road)).toMatchObject({ kind: 'sizeCanary', asks: 'cluster' });
    expect((await active(world))?.stepStartedAtEpochMs).toBeUndefined();
    await world.tell(...readied(400, 100, 4));
    world.wait(401);
    await world.run('next-step', road);
    expect((await active(world))?.stepStartedAtEpochMs).toBe(at(401));
  });

  it('that is a weight begins with its pods', async () => {
    const world = await openWorld();
    await world.admitted();
    await world.run('next-step', road);
    expect(await world.kinds()).toContain('stepStarted');
  });

  it('asks a person where an approval is next', async () => {
    const world = await openWorld({ steps: [weight(10), approval(), weight(100)] });
    await world.admitted(...readied(0, 10), ...shifted(20, { from: 0, to: 10 }));
    expect(await world.run('next-step', road)).toMatchObject({ kind: 'openApproval', asks: 'person' });
  });

  it('after the last is the soak, and then the end of stable', async () => {
    const world = await openWorld({ steps: [weight(100)] });
    await world.admitted(...readied(0, 100, 4), ...shifted(20, { from: 0, to: 100 }));
    expect(await world.run('next-step', road)).toMatchObject({ kind: 'soak' });
    await world.run('soak', road);
    expect(await world.run('next-step', road)).toMatchObject({ kind: 'pause' });
    await world.tell([30, { kind: 'soakDone', because: 'good' }]);
    expect(await world.run('next-step', road)).toMatchObject({ kind: 'retireStable' });
    expect(await world.kinds()).not.toContain('stepStarted');
  });
});

describe('the preview', () => {
  const preview = { header: { name: 'x-sluice-preview', value: 'canary' } };
  const canarySeen = (world: World) => world.router.rules.get('arn:rule/shop-preview')?.groups;

  it('shows the canary to its header, and to nobody else', async () => {
    const world = await openWorld({ preview });
    await world.admitted(...readied(0, 10));
    expect(await world.run('open-preview', road)).toMatchObject({
      kind: 'advance',
      because: 'x-sluice-preview shows green',
    });
    expect(canarySeen(world)).toEqual([{ arn: 'arn:tg/shop-green', weight: 1 }]);
    expect(await world.router.readDial(shop)).toEqual({ blue: 100, green: 0 });
    expect((await world.kinds()).slice(-2)).toEqual(['previewIntended', 'previewOpened']);
  });

  it('is opened after a crash between the intent and the deed, with one intent', async () => {
    const world = await openWorld({ preview });
    await world.admitted(...readied(0, 10), [1, { kind: 'previewIntended', slot: 'green' }]);
    await world.run('open-preview', road);
    expect((await world.kinds()).filter(kind => kind === 'previewIntended')).toHaveLength(1);
    expect(canarySeen(world)).toEqual([{ arn: 'arn:tg/shop-green', weight: 1 }]);
  });

  it('is none where the plan has none', async () => {
    const world = await openWorld();
    await world.admitted(...readied(0, 10));
    expect(await world.run('open-preview', road)).toMatchObject({
      kind: 'advance',
      because: 'no preview is to be opened',
    });
    expect(canarySeen(world)).toEqual([{ arn: 'arn:tg/shop-blue', weight: 1 }]);
  });

  it('through a rule that asks for another header is a fault that nobody cures by trying again', async () => {
    const world = await openWorld({ preview: { header: { name: 'x-other', value: '1' } } });
    await world.admitted(...readied(0, 10));
    await expect(world.run('open-preview', road)).rejects.toMatchObject(named('RouterRuleError', /x-other/));
  });
});

describe("an approval's pause", () => {
  const at10 = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 })];
  const opened: Line = [22, { kind: 'approvalOpened', name: 'go-live' }];
  const waiting = async (...story: Line[]) => {
    const world = await openWorld({
      steps: [weight(10), approval(), weight(100)],
      notify: [{ kind: 'sns', on: ['approvalNeeded'] }],
    });
    await world.admitted(...at10, ...story);
    return { world, token: world.executions.openToken('release', 'shop-1-1') };
  };

  it('begins with telling those who may end it', async () => {
    const { world } = await waiting();
    expect(await world.run('open-approval', road)).toMatchObject({
      kind: 'lookAgain',
      asks: 'person',
      because: 'go-live waits for leads',
    });
    expect(notices(world)).toEqual([['shop-1: approvalNeeded', 'arn:topic/control-plane']]);
  });

  it('keeps its token where an approval finds it; the next pause has its own', async () => {
    const { world } = await waiting(opened);
    await world.run('await-approval', { ...road, taskToken: 'first' });
    await world.run('await-approval', { ...road, taskToken: 'second' });
    expect(await world.ledger.readToken('shop-1')).toBe('second');
    expect(world.executions.answers).toEqual([]);
  });

  it('ends at once where the approval was given while it began', async () => {
    const { world, token } = await waiting(opened, [23, { kind: 'approved', name: 'go-live', groups: ['leads'] }]);
    await world.run('await-approval', { ...road, taskToken: token });
    expect(world.executions.answers).toEqual([{ taskToken: token, output: {} }]);
  });

  it('without a token is bad input', async () => {
    const { world } = await waiting(opened);
    await expect(world.run('await-approval', road)).rejects.toMatchObject(named('BadInputError', /taskToken/));
  });

  it('is none where the step is another', async () => {
    const world = await openWorld();
    await world.admitted(...at10);
    expect(await world.run('open-approval', road)).toMatchObject({ because: 'this step is no approval' });
    expect(await world.run('call-hook', road)).toMatchObject({ because: 'this step is no hook' });
    expect(await world.kinds()).not.toContain('approvalOpened');
  });
});
