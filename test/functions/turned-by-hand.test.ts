import { describe, expect, it } from 'vitest';
import { LedgerUnreachableError } from '../../adapters/ledger/errors.ts';
import { parseWayBack } from '../../adapters/router/alb/way-back.ts';
import { dialFor } from '../../domain/dial.ts';
import { bake, type Line, readied, shifted, shop, weight } from '../support/story.ts';
import { admittedWith, backInput, goingBack, road } from './scenes.ts';
import { openWorld, type World } from './world.ts';

/*
 * What people do to a rule in the middle of a release: one group alone, a maintenance page, a rule that names the live group
 * only. "Not known" is never taken for "none".
 */

const RULE = 'arn:rule/shop';
const [BLUE, GREEN] = ['arn:tg/shop-blue', 'arn:tg/shop-green'];
const groups = (world: World, arn = RULE) => world.router.rules.get(arn)?.groups;
const write = (world: World, ...written: [arn: string, weight: number][]) => {
  const rule = world.router.rules.get(RULE);
  if (rule !== undefined) rule.groups = written.map(([arn, weight]) => ({ arn, weight }));
};
const blue = (world: World, counts: object) => Object.assign(world.targets.counts.blue, { healthy: 0, ...counts });
const restore = async (world: World) => world.run('restore-traffic', await backInput(world));

/** Somebody forwarded to green alone, and the release goes back: nobody checks blue's targets. */
async function canaryAlone(counts: object = { unused: 4 }) {
  const world = await goingBack();
  write(world, [GREEN, 1]);
  blue(world, counts);
  return world;
}

describe('the way back from a rule that forwards to the canary alone', () => {
  it("puts stable's group beside it, and moves the requests when a target of it is healthy", async () => {
    const world = await canaryAlone();
    expect(await restore(world)).toMatchObject({
      kind: 'lookAgain',
      seconds: 5,
      because: expect.stringMatching(/not checked yet/),
    });
    expect(groups(world)).toEqual([
      { arn: BLUE, weight: 0 },
      { arn: GREEN, weight: 1 },
    ]);
    blue(world, { initial: 4, unused: 0 });
    expect(await restore(world)).toMatchObject({ kind: 'lookAgain' });
    blue(world, { healthy: 4, initial: 0 });
    expect(await restore(world)).toMatchObject({ kind: 'advance', because: 'all requests go to blue' });
    expect(groups(world)).toEqual([{ arn: BLUE, weight: 1 }]);
  });

  it('moves them after a minute where nobody can say how its targets are', async () => {
    const world = await canaryAlone();
    await restore(world);
    world.wait(169);
    expect(await restore(world)).toMatchObject({ kind: 'lookAgain' });
    world.wait(170); // it began to go back at 110
    expect(await restore(world)).toMatchObject({ kind: 'advance' });
  });

  it('moves them at once where the canary answers nobody: what may be fine is better', async () => {
    const world = await canaryAlone();
    world.targets.counts.green.healthy = 0;
    expect(await restore(world)).toMatchObject({ kind: 'advance' });
  });

  it('moves them at once where the ledger cannot say since when it goes back', async () => {
    const world = await canaryAlone();
    const input = await backInput(world);
    world.ledger.read = async () => {
      throw new LedgerUnreachableError('the table did not answer');
    };
    expect(await world.run('restore-traffic', input)).toMatchObject({ kind: 'advance' });
  });

  it.each([
    ['are unhealthy', { unhealthy: 4 }],
    ['are unhealthy, and one is new', { unhealthy: 3, initial: 1 }],
    ['are leaving', { draining: 4 }],
    ['are none', {}],
  ])('leaves them where its targets %s', async (_, counts) => {
    const world = await canaryAlone(counts);
    expect(await restore(world)).toMatchObject({
      kind: 'lookAgain',
      seconds: 10,
      because: expect.stringMatching(/no target of blue/),
    });
    expect(groups(world)).toEqual([{ arn: GREEN, weight: 1 }]);
  });
});

describe('a maintenance page in place of the forward', () => {
  const baking: Line[] = [
    ...readied(0, 10),
    ...shifted(20, { from: 0, to: 10 }),
    [30, { kind: 'stepStarted', index: 1 }],
  ];
  async function paged(...more: Line[]) {
    const world = await openWorld({ metrics: [], steps: [weight(10), bake(9_000), weight(100)] });
    await world.admitted(...baking, ...more);
    await world.canary(1);
    write(world);
    return world;
  }
  const SAID = /changed outside Sluice: rule arn:rule\/shop/;

  it('holds the release and says so, and lets it go on when the forward is there again', async () => {
    const world = await paged();
    world.wait(100);
    expect(await world.run('look', road)).toMatchObject({ kind: 'lookAgain', because: expect.stringMatching(SAID) });
    expect((await world.facts()).at(-1)).toMatchObject({
      kind: 'held',
      fault: true,
      because: expect.stringMatching(SAID),
    });
    write(world, [BLUE, 90], [GREEN, 10]);
    await world.run('look', road);
    expect((await world.kinds()).at(-1)).toBe('resumed');
  });

  it('takes the release back when it stays for as long as the plan holds', async () => {
    const world = await paged();
    world.wait(100);
    await world.run('look', road);
    world.wait(700);
    expect(await world.run('look', road)).toMatchObject({
      kind: 'rollBack',
      reason: 'fault',
      because: expect.stringMatching(SAID),
    });
  });

  it('is not turned over by a shift, and its release is not retired behind it', async () => {
    const world = await openWorld();
    await world.admitted(...readied(0, 10));
    await world.canary(1);
    write(world);
    world.wait(20);
    expect(await world.run('shift-traffic', road)).toMatchObject({
      kind: 'lookAgain',
      because: expect.stringMatching(SAID),
    });
    expect(await world.run('retire-stable', road)).toMatchObject({
      kind: 'lookAgain',
      because: expect.stringMatching(/blue keeps its pods/),
    });
    expect(groups(world)).toEqual([]);
  });

  it('stays while a release goes back, which waits for it and goes on by itself', async () => {
    const world = await goingBack();
    const input = await backInput(world);
    write(world);
    expect(await world.run('restore-traffic', input)).toMatchObject({
      kind: 'lookAgain',
      seconds: 10,
      because: `rule ${RULE} answers by itself (fixed-response): goes back to blue when the rule forwards again`,
    });
    expect(groups(world)).toEqual([]);
    expect(groups(world, 'arn:rule/shop-preview')).toEqual([{ arn: BLUE, weight: 1 }]);
    expect(await world.kinds()).not.toContain('dialRestored');
    write(world, [BLUE, 90], [GREEN, 10]);
    expect(await restore(world)).toMatchObject({ kind: 'advance' });
    expect(groups(world)).toEqual([{ arn: BLUE, weight: 1 }]);
  });

  it('put there after the traffic went back keeps the pods of the canary until it is away', async () => {
    const world = await goingBack();
    const input = await backInput(world);
    await restore(world);
    write(world);
    expect(await world.run('verify-traffic', input)).toMatchObject({ kind: 'restoreAgain' });
    expect(await world.run('retire-canary', input)).toMatchObject({ kind: 'restoreAgain' });
    expect(await world.cluster.readSlot(shop, 'green')).toMatchObject({ desired: 4 });
  });

  it('is shown by the status, which shows all the rest as well', async () => {
    const world = await paged();
    expect(await world.run('status', { workload: 'shop' })).toMatchObject({
      dial: { unreadable: expect.stringContaining(RULE) },
      state: { active: { releaseId: 'shop-1' } },
    });
  });

  it('keeps a first release that goes back until it is away', async () => {
    const world = await goingBack();
    const input = await backInput(world);
    write(world);
    const back = { ...input.back, first: true };
    expect(await world.run('restore-traffic', { ...input, back })).toMatchObject({ kind: 'lookAgain' });
    expect(groups(world)).toEqual([]);
  });

  it('at one of several rules does not keep the others from going back', async () => {
    const world = await goingBack();
    const two = { ...shop, router: { ...shop.router, rules: [RULE, 'arn:rule/api'] } };
    world.router.rules.set('arn:rule/api', { groups: [], stickinessSeconds: 0, httpHeaders: [] });
    const input = await backInput(world);
    const rules = [
      ...parseWayBack(input.back.wayBack).rules,
      { arn: 'arn:rule/api', actions: parseWayBack(input.back.wayBack).rules[0]?.actions ?? [] },
    ];
    admittedWith(world, two, { ...input.back.wayBack, rules });
    expect(await world.run('restore-traffic', input)).toMatchObject({ kind: 'lookAgain' });
    expect(groups(world)).toEqual([{ arn: BLUE, weight: 1 }]);
    expect(groups(world, 'arn:rule/api')).toEqual([]);
  });

  it('that nobody can ask about keeps no release from going back', async () => {
    const world = await goingBack();
    const input = await backInput(world);
    world.router.failNext(1);
    expect(await world.run('restore-traffic', input)).toMatchObject({ kind: 'advance' });
  });
});

describe('a rule that names the live group only', () => {
  it('gets both before the canary is scaled up: in no rule it would never be checked', async () => {
    const world = await openWorld();
    await world.admitted();
    await world.canary(0);
    write(world, [BLUE, 1]);
    await world.run('size-canary', road);
    expect(groups(world)).toEqual([
      { arn: BLUE, weight: 1 },
      { arn: GREEN, weight: 0 },
    ]);
    expect(await world.router.readDial(shop)).toEqual(dialFor('green', 0));
  });

  it('is left to the person who wrote it once the canary had requests', async () => {
    const world = await openWorld({ steps: [weight(10), weight(50), weight(100)] });
    await world.admitted(...readied(0, 10), ...shifted(20, { from: 0, to: 10 }));
    await world.canary(1);
    write(world, [BLUE, 1]);
    world.wait(30);
    await world.run('size-canary', road);
    expect(groups(world)).toEqual([{ arn: BLUE, weight: 1 }]);
  });

  it('that is a maintenance page keeps no canary from being scaled up', async () => {
    const world = await openWorld();
    await world.admitted();
    await world.canary(0);
    write(world);
    expect(await world.run('size-canary', road)).toMatchObject({ kind: 'lookAgain' });
    expect(groups(world)).toEqual([]);
    expect(await world.cluster.readSlot(shop, 'green')).toMatchObject({ desired: 1 });
  });
});
