import { describe, expect, it } from 'vitest';
import { dialFor } from '../../domain/dial.ts';
import { type Line, readied, shifted, shop } from '../support/story.ts';
import { road } from './scenes.ts';
import { named, openWorld, type World } from './world.ts';

const shift = (world: World) => world.run('shift-traffic', road);
const dialOf = (world: World) => world.router.readDial(shop);
/** Ready for 10 %, at a good time to shift. */
async function ready(...story: Line[]) {
  const world = await openWorld();
  await world.admitted(...readied(0, 10), ...story);
  await world.canary(1);
  world.wait(20);
  return world;
}
const intended = shifted(19, { from: 0, to: 10 }).slice(0, 1);

describe('a shift', () => {
  it('is intent, deed, what was read back, confirmation', async () => {
    const world = await ready();
    expect(await shift(world)).toMatchObject({ kind: 'advance', because: '10 % to green' });
    expect(await dialOf(world)).toEqual({ blue: 90, green: 10 });
    expect((await world.facts()).slice(-2)).toEqual([
      { kind: 'shiftIntended', from: { blue: 100, green: 0 }, to: { blue: 90, green: 10 }, weight: 10 },
      { kind: 'shiftConfirmed', dial: { blue: 90, green: 10 }, weight: 10 },
    ]);
  });

  it('goes on after a crash before the deed, and after one behind it, with one intent', async () => {
    for (const turned of [false, true]) {
      const world = await ready(...intended);
      if (turned) await world.router.setDial(shop, dialFor('green', 10));
      expect(await shift(world)).toMatchObject({ kind: 'advance' });
      expect(await dialOf(world)).toEqual({ blue: 90, green: 10 });
      const kinds = await world.kinds();
      expect(kinds.filter(kind => kind === 'shiftIntended')).toHaveLength(1);
      expect(kinds.at(-1)).toBe('shiftConfirmed');
    }
  });

  it('takes place although the handler was slow: the look has chosen the instant', async () => {
    for (const story of [[], intended]) {
      const world = await ready(...story);
      world.wait(45);
      expect(await shift(world)).toMatchObject({ kind: 'advance', because: '10 % to green' });
      expect(await dialOf(world)).toEqual({ blue: 90, green: 10 });
    }
  });

  it('is none where the canary is not ready for it, or the step is no weight', async () => {
    const early = await openWorld();
    await early.admitted();
    expect(await shift(early)).toMatchObject({ kind: 'advance' });
    expect(await early.kinds()).not.toContain('shiftIntended');
    const baking = await ready(...shifted(10, { from: 0, to: 10 }));
    expect(await shift(baking)).toMatchObject({ kind: 'advance', because: 'the weight is what this step wants' });
    expect((await baking.kinds()).filter(kind => kind === 'shiftIntended')).toHaveLength(1);
  });

  it('fails, to be tried again, where the load balancer does not answer, and has then left its intent', async () => {
    const world = await ready();
    world.router.failNext(1);
    await expect(shift(world)).rejects.toMatchObject(named('RouterUnreachableError'));
    expect(await world.kinds()).not.toContain('shiftIntended');
    const { setDial } = world.router;
    world.router.setDial = async () => world.router.failNext(1);
    await expect(shift(world)).rejects.toMatchObject(named('RouterUnreachableError'));
    world.router.setDial = setDial;
    expect((await world.kinds()).at(-1)).toBe('shiftIntended');
    expect(await shift(world)).toMatchObject({ kind: 'advance' });
  });

  it('that the router accepts and does not do is a fault', async () => {
    const world = await ready();
    world.router.setDial = async () => {};
    await expect(shift(world)).rejects.toMatchObject(
      named(
        'DialNotTakenError',
        /^the traffic weights were set to blue 90 %, green 10 % and read back as blue 100 %, green 0 %$/,
      ),
    );
    expect(await world.kinds()).not.toContain('shiftConfirmed');
  });
});

describe('the dial stays where it is', () => {
  it('where somebody else has moved it', async () => {
    const world = await ready();
    await world.router.setDial(shop, dialFor('green', 30));
    expect(await shift(world)).toMatchObject({
      kind: 'lookAgain',
      because: 'the traffic weights were changed outside Sluice: blue 70 %, green 30 %',
    });
    expect(await dialOf(world)).toEqual({ blue: 70, green: 30 });
    expect(await world.kinds()).not.toContain('shiftIntended');
  });

  it('while no target of the canary is healthy, in the middle of a shift too', async () => {
    for (const story of [[], intended]) {
      const world = await ready(...story);
      world.targets.counts.green.healthy = 0;
      expect(await shift(world)).toMatchObject({ kind: 'lookAgain', because: 'green has no healthy targets' });
      expect(await dialOf(world)).toEqual({ blue: 100, green: 0 });
    }
  });
});
