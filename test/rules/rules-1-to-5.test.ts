import { describe, expect, it } from 'vitest';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import { overriding } from '../../adapters/overriding.ts';
import { type Dial, dialFor } from '../../domain/dial.ts';
import { isOurs } from '../../domain/release/dial-owner.ts';
import { type Fakes, named, openFakes } from '../functions/fakes.ts';
import { backInput, goingBack, road } from '../functions/handler-cases.ts';
import { readied, shifted, shop } from '../support/ledger-lines.ts';
import { forgetting, runWithout, unconditional } from './without.ts';

/*
 * The rules of docs/design.md, "The ledger": each holds, and without what it rests on this is what happens. What a rule rests
 * on is taken away by wrapping a port here. Rule 9 is test/rules/deploy-moves-no-traffic.test.ts.
 */

const dialOf = (fakes: Fakes): Promise<Dial> => fakes.router.readDial(shop);
const STABLE = { blue: 100, green: 0 };

/** Ready for its first weight, 10 %. */
async function readyFor10() {
  const fakes = await openFakes();
  await fakes.admitted(...readied(0, 10));
  await fakes.canary(1);
  fakes.wait(20);
  return fakes;
}
const release = async (fakes: Fakes) => {
  const { active } = await fakes.ledger.read('shop');
  if (active?.admission === undefined) throw new Error('no release is admitted');
  return { active, admission: active.admission };
};

describe('1. append the intent, act, read the world back, append what was seen', () => {
  const dies = (fakes: Fakes) =>
    overriding(fakes.router, {
      setDial: async (workload, dial) => {
        await fakes.router.setDial(workload, dial);
        throw new Error('the process died');
      },
    });

  it('holds: a dial that was turned by a process which then died is known as ours', async () => {
    const fakes = await readyFor10();
    await expect(runWithout(fakes, { router: dies(fakes) }, 'shift-traffic', road)).rejects.toThrow('died');
    const { active, admission } = await release(fakes);
    expect(isOurs(active, admission, await dialOf(fakes))).toBe(true);
    expect(await fakes.run('shift-traffic', road)).toMatchObject({ kind: 'advance' });
  });

  it("without the intent our own dial is taken for somebody else's", async () => {
    const fakes = await readyFor10();
    const ports = { router: dies(fakes), ledger: forgetting(fakes.ledger, 'shiftIntended') };
    await expect(runWithout(fakes, ports, 'shift-traffic', road)).rejects.toThrow('died');
    const { active, admission } = await release(fakes);
    expect(isOurs(active, admission, await dialOf(fakes))).toBe(false);
  });

  it('without reading back the ledger tells of a dial that never was', async () => {
    const fakes = await readyFor10();
    let last: Dial = STABLE;
    const deaf = overriding(fakes.router, {
      setDial: async (_, dial) => {
        last = dial; // accepted, and not done
      },
      readDial: async () => last, // remembered, not read
    });
    await runWithout(fakes, { router: deaf }, 'shift-traffic', road);
    expect((await fakes.facts()).at(-1)).toMatchObject({ kind: 'shiftConfirmed', dial: { blue: 90, green: 10 } });
    expect(await dialOf(fakes)).toEqual(STABLE);
  });
});

describe('2. every point of no return is one append', () => {
  /** Soaked, and an abort arrives while RetireStable is at work. */
  async function atNoReturn(ledgerOf: (fakes: Fakes) => Ledger) {
    const fakes = await openFakes({ steps: [{ kind: 'setWeight', weight: 100 }] });
    await fakes.admitted(
      ...readied(0, 100, 4),
      ...shifted(20, { from: 0, to: 100 }),
      [30, { kind: 'soakStarted' }],
      [40, { kind: 'soakDone', because: 'good' }],
    );
    await fakes.canary(4);
    await fakes.router.setDial(shop, dialFor('green', 100));
    fakes.wait(50);
    const abort = { releaseId: 'shop-1', by: 'bob', because: 'stop' };
    // between what RetireStable has read and what it writes
    const router = overriding(fakes.router, {
      readDial: async workload => {
        const dial = await fakes.router.readDial(workload);
        await fakes.run('abort', abort);
        return dial;
      },
    });
    const retired = await runWithout(fakes, { router, ledger: ledgerOf(fakes) }, 'retire-stable', road).catch(
      (error: Error) => error.name,
    );
    return { retired, kinds: await fakes.kinds() };
  }

  it('holds: of an abort and a promotion at the same instant one wins', async () => {
    const { retired, kinds } = await atNoReturn(fakes => fakes.ledger);
    expect(retired).toBe('StaleExecutionError');
    expect(kinds).toContain('rollBackClaimed');
    expect(kinds).not.toContain('retiring');
  });

  it('without the condition both go through: a release that goes back loses the pods it goes back to', async () => {
    const { kinds } = await atNoReturn(fakes => unconditional(fakes.ledger));
    expect(kinds).toContain('rollBackClaimed');
    expect(kinds).toContain('retiring');
  });
});

describe('3. before a shift the dial is read', () => {
  it('holds: a dial that somebody moved is not touched', async () => {
    const fakes = await readyFor10();
    await fakes.router.setDial(shop, dialFor('green', 0.5));
    expect(await fakes.run('shift-traffic', road)).toMatchObject({ kind: 'lookAgain' });
    expect(await dialOf(fakes)).toEqual({ blue: 99.5, green: 0.5 });
  });

  it('without reading it what a person did is overwritten', async () => {
    const fakes = await readyFor10();
    await fakes.router.setDial(shop, dialFor('green', 0.5));
    let reads = 0;
    const remembers = overriding(fakes.router, {
      readDial: async workload => (reads++ === 0 ? STABLE : fakes.router.readDial(workload)),
    });
    await runWithout(fakes, { router: remembers }, 'shift-traffic', road);
    expect(await dialOf(fakes)).toEqual({ blue: 90, green: 10 });
  });
});

describe('4. a stale writer cannot win', () => {
  /** ShiftTraffic hangs in the load balancer's call; the release goes back meanwhile, and then the call arrives. */
  async function staleShift() {
    const fakes = await readyFor10();
    const { setDial } = fakes.router;
    const late = overriding(fakes.router, {
      setDial: async (workload, dial) => {
        await fakes.tell([30, { kind: 'rollBackClaimed', attempt: 1, reason: 'aborted', because: 'no' }]);
        await fakes.run('restore-traffic', await backInput(fakes));
        await setDial(workload, dial);
      },
    });
    await expect(runWithout(fakes, { router: late }, 'shift-traffic', road)).rejects.toMatchObject(
      named('StaleExecutionError'),
    );
    return fakes;
  }

  it('holds: the dial is read once more when the longest handler time-out has passed, and goes back again', async () => {
    const fakes = await staleShift();
    expect(await dialOf(fakes)).toEqual({ blue: 90, green: 10 });
    fakes.wait(60);
    expect(await fakes.run('verify-traffic', await backInput(fakes))).toMatchObject({ kind: 'restoreAgain' });
    await fakes.run('restore-traffic', await backInput(fakes));
    expect(await dialOf(fakes)).toEqual(STABLE);
  });

  it('without that look a tenth of the requests stays on a canary that was sent back', async () => {
    const fakes = await staleShift();
    const believes = overriding(fakes.router, { readDial: async () => STABLE });
    await runWithout(fakes, { router: believes }, 'verify-traffic', await backInput(fakes));
    expect(await dialOf(fakes)).toEqual({ blue: 90, green: 10 });
  });
});

describe('5. no traffic to a slot without ready targets, forward or back', () => {
  const blind = (fakes: Fakes) => {
    const healthy = { healthy: 4, initial: 0, unhealthy: 0, draining: 0, unused: 0 };
    return overriding(fakes.targets, { read: async () => ({ blue: healthy, green: healthy }) });
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
