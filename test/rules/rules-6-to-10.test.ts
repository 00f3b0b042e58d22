import { describe, expect, it } from 'vitest';
import { LedgerUnreachableError } from '../../adapters/ledger/errors.ts';
import { overriding } from '../../adapters/overriding.ts';
import { type Dial, dialFor } from '../../domain/dial.ts';
import { judgeRelease } from '../../domain/judges/judge-release.ts';
import type { Reading, WindowRecord } from '../../domain/windows/reading.ts';
import { backInput, goingBack, road } from '../functions/scenes.ts';
import { named, openWorld, type World } from '../functions/world.ts';
import { at, errors, type Line, readied, shifted, shop } from '../support/story.ts';
import { runWithout } from './without.ts';

/*
 * The rules of docs/design.md, "The ledger": each holds, and without what it rests on this is what happens. What a rule rests
 * on is taken away by wrapping a port here. Rule 9 is test/rules/deploy-moves-no-traffic.test.ts.
 */

const dialOf = (world: World): Promise<Dial> => world.router.readDial(shop);
const at10 = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 })];
const STABLE = { blue: 100, green: 0 };

/** At 10 %, baking. */
async function baking(...story: Line[]) {
  const world = await openWorld();
  await world.admitted(...at10, [30, { kind: 'stepStarted', index: 1 }], ...story);
  await world.canary(1);
  await world.router.setDial(shop, dialFor('green', 10));
  return world;
}
const release = async (world: World) => {
  const { active } = await world.ledger.read('shop');
  if (active?.admission === undefined) throw new Error('no release is admitted');
  return { active, admission: active.admission };
};

describe('6. missing data is neither good nor bad', () => {
  const look = (world: World, ports = {}) => runWithout(world, ports, 'look', { ...road, move: { events: 0 } });
  /** The bake of five minutes is over, and no window has any data. */
  async function bakedBlindly(ports: (world: World) => Parameters<typeof runWithout>[1] = () => ({})) {
    const world = await baking();
    for (const seconds of [500, 515]) {
      world.wait(seconds);
      await look(world, ports(world));
    }
    return world;
  }

  it('holds: a bake without data ends in a hold, not in the next weight and not in a roll back', async () => {
    const world = await bakedBlindly();
    expect((await release(world)).active.hold).toMatchObject({ fault: false });
    expect(await world.kinds()).not.toContain('stepDone');
  });

  it('without it, where nothing counts as no failures, nobody has seen the canary and it goes on', async () => {
    const world = await bakedBlindly(({ metrics }) => ({
      metrics: overriding(metrics, {
        read: async request => {
          const none = { requests: 100, bad: [0] };
          const reading: Reading = { kind: 'counts', canary: none, stable: none };
          return (await metrics.read(request)).map(given => ({ ...given, reading }));
        },
      }),
    }));
    expect(await world.kinds()).toContain('stepDone');
  });
});

describe('7. only frozen windows are judged, and degraded is final', () => {
  /** The canary's failures are there, its requests are not yet: CloudWatch publishes them apart. */
  const half: WindowRecord = {
    metric: 'errors',
    startEpochMs: at(60),
    endEpochMs: at(120),
    reading: { kind: 'counts', canary: { requests: 20, bad: [10] }, stable: { requests: 900, bad: [9] } },
    readAtEpochMs: at(130),
    straddles: false,
  };
  const whole: WindowRecord = {
    ...half,
    reading: { kind: 'counts', canary: { requests: 1_000, bad: [10] }, stable: { requests: 9_000, bad: [90] } },
    frozenAtEpochMs: at(240),
  };
  const bad: WindowRecord = {
    ...whole,
    reading: { kind: 'counts', canary: { requests: 1_000, bad: [500] }, stable: { requests: 9_000, bad: [90] } },
  };
  const good: WindowRecord = { ...whole, startEpochMs: at(120), endEpochMs: at(180) };
  const verdictOn = (...errorsWindows: WindowRecord[]) =>
    judgeRelease(
      [errors],
      { errors: errorsWindows },
      {
        analysisStartedAtEpochMs: at(20),
        nowEpochMs: at(300),
        windowSeconds: 60,
        expects: () => ({ canary: true, stable: true }),
      },
    ).verdict.kind;

  it('holds: a window that may still change says nothing, and what is degraded stays so whatever follows', () => {
    expect(verdictOn(half)).not.toBe('degraded');
    expect(verdictOn(whole)).toBe('watching');
    expect(verdictOn(bad, good)).toBe('degraded');
  });

  it('without it half a window sends a healthy canary back, and a good minute promotes a bad one', () => {
    const judgedAtOnce: WindowRecord = { ...half, frozenAtEpochMs: at(130) };
    expect(verdictOn(judgedAtOnce)).toBe('degraded');
    expect(verdictOn(good)).toBe('watching'); // only the newest window, as if the bad one before it were forgotten
  });
});

describe('8. two events for one revision are one release', () => {
  const start = { workload: 'shop', image: 'v2', by: 'ann' };
  const requests = async (world: World) => (await world.kinds()).filter(kind => kind === 'requested').length;

  it('holds: twice, and two at once', async () => {
    const world = await openWorld();
    await Promise.all([world.run('start', start), world.run('start', start)]);
    await world.run('start', start);
    expect(await requests(world)).toBe(1);
    expect(world.executions.started).toHaveLength(1);
  });

  it('without reading what was requested before, the same image is released twice', async () => {
    const world = await openWorld();
    await world.run('start', start);
    const amnesia = overriding(world.ledger, {
      read: async workload => {
        const { active: _, ...rest } = await world.ledger.read(workload);
        return rest;
      },
    });
    await runWithout(world, { ledger: amnesia }, 'start', start);
    expect(await requests(world)).toBe(2);
  });
});

describe('10. RestoreTraffic carries all it needs, and acts when the ledger cannot be written', () => {
  const cut = (world: World) => {
    const away = async () => {
      throw new LedgerUnreachableError('the table did not answer');
    };
    return overriding(world.ledger, { read: away, append: away });
  };

  it('holds: with its input alone, while the deadline has not passed', async () => {
    const world = await goingBack();
    await runWithout(world, { ledger: cut(world) }, 'restore-traffic', await backInput(world));
    expect(await dialOf(world)).toEqual(STABLE);
  });

  it('without the way back in its input a bad canary keeps its traffic until DynamoDB answers', async () => {
    const world = await goingBack();
    const input = { ...(await backInput(world)), back: null };
    await expect(runWithout(world, { ledger: cut(world) }, 'restore-traffic', input)).rejects.toMatchObject(
      named('LedgerUnreachableError'),
    );
    expect(await dialOf(world)).toEqual({ blue: 90, green: 10 });
  });
});
