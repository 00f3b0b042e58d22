import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import { overriding } from '../../adapters/overriding.ts';
import { type Dial, dialFor } from '../../domain/dial.ts';
import { isOurs } from '../../domain/release/dial-owner.ts';
import { backInput, goingBack, road } from '../functions/scenes.ts';
import { named, openWorld, type World } from '../functions/world.ts';
import { readied, shifted, shop } from '../support/story.ts';
import { forgetting, runWithout, unconditional } from './without.ts';

/*
 * The rules of docs/design.md, "The ledger": each holds, and without what it rests on this is what happens. What a rule rests
 * on is taken away by wrapping a port here. Rule 9 is test/rules/deploy-moves-no-traffic.test.ts.
 */

const dialOf = (world: World): Promise<Dial> => world.router.readDial(shop);
const STABLE = { blue: 100, green: 0 };

/** Ready for its first weight, 10 %. */
async function readyFor10() {
  const world = await openWorld();
  await world.admitted(...readied(0, 10));
  await world.canary(1);
  world.wait(20);
  return world;
}
const release = async (world: World) => {
  const { active } = await world.ledger.read('shop');
  if (active?.admission === undefined) throw new Error('no release is admitted');
  return { active, admission: active.admission };
};

describe('1. append the intent, act, read the world back, append what was seen', () => {
  const dies = (world: World) =>
    overriding(world.router, {
      setDial: async (workload, dial) => {
        await world.router.setDial(workload, dial);
        throw new Error('the process died');
      },
    });

  it('holds: a dial that was turned by a process which then died is known as ours', async () => {
    const world = await readyFor10();
    await expect(runWithout(world, { router: dies(world) }, 'shift-traffic', road)).rejects.toThrow('died');
    const { active, admission } = await release(world);
    expect(isOurs(active, admission, await dialOf(world))).toBe(true);
    expect(await world.run('shift-traffic', road)).toMatchObject({ kind: 'advance' });
  });

  it("without the intent our own dial is taken for somebody else's", async () => {
    const world = await readyFor10();
    const ports = { router: dies(world), ledger: forgetting(world.ledger, 'shiftIntended') };
    await expect(runWithout(world, ports, 'shift-traffic', road)).rejects.toThrow('died');
    const { active, admission } = await release(world);
    expect(isOurs(active, admission, await dialOf(world))).toBe(false);
  });

  it('without reading back the ledger tells of a dial that never was', async () => {
    const world = await readyFor10();
    let last: Dial = STABLE;
    const deaf = overriding(world.router, {
      setDial: async (_, dial) => {
        last = dial; // accepted, and not done
      },
      readDial: async () => last, // remembered, not read
    });
    await runWithout(world, { router: deaf }, 'shift-traffic', road);
    expect((await world.facts()).at(-1)).toMatchObject({ kind: 'shiftConfirmed', dial: { blue: 90, green: 10 } });
    expect(await dialOf(world)).toEqual(STABLE);
  });
});

describe('2. every point of no return is one append', () => {
  /** Soaked, and an abort arrives while RetireStable is at work. */
  async function atNoReturn(ledgerOf: (world: World) => Ledger) {
    const world = await openWorld({ steps: [{ kind: 'setWeight', weight: 100 }] });
    await world.admitted(
      ...readied(0, 100, 4),
      ...shifted(20, { from: 0, to: 100 }),
      [30, { kind: 'soakStarted' }],
      [40, { kind: 'soakDone', because: 'good' }],
    );
    await world.canary(4);
    await world.router.setDial(shop, dialFor('green', 100));
    world.wait(50);
    const abort = { releaseId: 'shop-1', by: 'bob', because: 'stop' };
    // between what RetireStable has read and what it writes
    const router = overriding(world.router, {
      readDial: async workload => {
        const dial = await world.router.readDial(workload);
        await world.run('abort', abort);
        return dial;
      },
    });
    const retired = await runWithout(world, { router, ledger: ledgerOf(world) }, 'retire-stable', road).catch(
      (error: Error) => error.name,
    );
    return { retired, kinds: await world.kinds() };
  }

  it('holds: of an abort and a promotion at the same instant one wins', async () => {
    const { retired, kinds } = await atNoReturn(world => world.ledger);
    expect(retired).toBe('StaleExecutionError');
    expect(kinds).toContain('rollBackClaimed');
    expect(kinds).not.toContain('retiring');
  });

  it('without the condition both go through: a release that goes back loses the pods it goes back to', async () => {
    const { kinds } = await atNoReturn(world => unconditional(world.ledger));
    expect(kinds).toContain('rollBackClaimed');
    expect(kinds).toContain('retiring');
  });
});

describe('3. before a shift the dial is read', () => {
  it('holds: a dial that somebody moved is not touched', async () => {
    const world = await readyFor10();
    await world.router.setDial(shop, dialFor('green', 0.5));
    expect(await world.run('shift-traffic', road)).toMatchObject({ kind: 'lookAgain' });
    expect(await dialOf(world)).toEqual({ blue: 99.5, green: 0.5 });
  });

  it('without reading it what a person did is overwritten', async () => {
    const world = await readyFor10();
    await world.router.setDial(shop, dialFor('green', 0.5));
    let reads = 0;
    const remembers = overriding(world.router, {
      readDial: async workload => (reads++ === 0 ? STABLE : world.router.readDial(workload)),
    });
    await runWithout(world, { router: remembers }, 'shift-traffic', road);
    expect(await dialOf(world)).toEqual({ blue: 90, green: 10 });
  });
});

describe('4. a stale writer cannot win', () => {
  /** ShiftTraffic hangs in the load balancer's call; the release goes back meanwhile, and then the call arrives. */
  async function staleShift() {
    const world = await readyFor10();
    const { setDial } = world.router;
    const late = overriding(world.router, {
      setDial: async (workload, dial) => {
        await world.tell([30, { kind: 'rollBackClaimed', attempt: 1, reason: 'aborted', because: 'no' }]);
        await world.run('restore-traffic', await backInput(world));
        await setDial(workload, dial);
      },
    });
    await expect(runWithout(world, { router: late }, 'shift-traffic', road)).rejects.toMatchObject(
      named('StaleExecutionError'),
    );
    return world;
  }

  it('holds: the dial is read once more when the longest handler time-out has passed, and goes back again', async () => {
    const world = await staleShift();
    expect(await dialOf(world)).toEqual({ blue: 90, green: 10 });
    world.wait(60);
    expect(await world.run('verify-traffic', await backInput(world))).toMatchObject({ kind: 'restoreAgain' });
    await world.run('restore-traffic', await backInput(world));
    expect(await dialOf(world)).toEqual(STABLE);
  });

  it('without that look a tenth of the requests stays on a canary that was sent back', async () => {
    const world = await staleShift();
    const believes = overriding(world.router, { readDial: async () => STABLE });
    await runWithout(world, { router: believes }, 'verify-traffic', await backInput(world));
    expect(await dialOf(world)).toEqual({ blue: 90, green: 10 });
  });
});

describe('5. no traffic to a slot without ready targets, forward or back', () => {
  const blind = (world: World) => {
    const healthy = { healthy: 4, initial: 0, unhealthy: 0, draining: 0, unused: 0 };
    return overriding(world.targets, { read: async () => ({ blue: healthy, green: healthy }) });
  };

  it('holds: forward it waits, and back it waits', async () => {
    const forward = await readyFor10();
    forward.targets.counts.green.healthy = 0;
    await forward.run('shift-traffic', road);
    expect(await dialOf(forward)).toEqual(STABLE);
    const back = await goingBack();
    back.targets.counts.blue.healthy = 0;
    expect(await back.run('restore-traffic', await backInput(back))).toMatchObject({ kind: 'lookAgain' });
    expect(await dialOf(back)).toEqual({ blue: 90, green: 10 });
  });

  it('without looking at the targets requests go where nobody answers', async () => {
    const forward = await readyFor10();
    forward.targets.counts.green.healthy = 0;
    await runWithout(forward, { targets: blind(forward) }, 'shift-traffic', road);
    expect(await dialOf(forward)).toEqual({ blue: 90, green: 10 });
    const back = await goingBack();
    back.targets.counts.blue.healthy = 0;
    await runWithout(back, { targets: blind(back) }, 'restore-traffic', await backInput(back));
    expect(await dialOf(back)).toEqual(STABLE);
  });
});
