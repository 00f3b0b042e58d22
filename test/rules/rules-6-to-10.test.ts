import { describe, expect, it } from 'vitest';
import { LedgerUnreachableError } from '../../adapters/ledger/errors.ts';
import { overriding } from '../../adapters/overriding.ts';
import { type Dial, dialFor } from '../../domain/dial.ts';
import { judgeRelease } from '../../domain/judges/judge-release.ts';
import type { Reading, WindowRecord } from '../../domain/windows/reading.ts';
import { type Fakes, named, openFakes } from '../functions/fakes.ts';
import { backInput, goingBack, road } from '../functions/handler-cases.ts';
import { at, errors, type Line, readied, shifted, shop } from '../support/ledger-lines.ts';
import { runWithout } from './without.ts';

/*
 * The rules of docs/design.md, "The ledger": each holds, and without what it rests on this is what happens. What a rule rests
 * on is taken away by wrapping a port here. Rule 9 is test/rules/deploy-moves-no-traffic.test.ts.
 */

const dialOf = (fakes: Fakes): Promise<Dial> => fakes.router.readDial(shop);
const at10 = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 })];
const STABLE = { blue: 100, green: 0 };

/** At 10 %, baking. */
async function baking(...ledgerLines: Line[]) {
  const fakes = await openFakes();
  await fakes.admitted(...at10, [30, { kind: 'stepStarted', index: 1 }], ...ledgerLines);
  await fakes.canary(1);
  await fakes.router.setDial(shop, dialFor('green', 10));
  return fakes;
}
const release = async (fakes: Fakes) => {
  const { active } = await fakes.ledger.read('shop');
  if (active?.admission === undefined) throw new Error('no release is admitted');
  return { active, admission: active.admission };
};

describe('6. missing data is neither good nor bad', () => {
  const look = (fakes: Fakes, ports = {}) => runWithout(fakes, ports, 'look', { ...road, move: { events: 0 } });
  /** The bake of five minutes is over, and no window has any data. */
  async function bakedBlindly(ports: (fakes: Fakes) => Parameters<typeof runWithout>[1] = () => ({})) {
    const fakes = await baking();
    for (const seconds of [500, 515]) {
      fakes.wait(seconds);
      await look(fakes, ports(fakes));
    }
    return fakes;
  }

  it('holds: a bake without data ends in a hold, not in the next weight and not in a roll back', async () => {
    const fakes = await bakedBlindly();
    expect((await release(fakes)).active.hold).toMatchObject({ fault: false });
    expect(await fakes.kinds()).not.toContain('stepDone');
  });

  it('without it, where nothing counts as no failures, nobody has seen the canary and it goes on', async () => {
    const fakes = await bakedBlindly(({ metrics }) => ({
      metrics: overriding(metrics, {
        read: async request => {
          const none = { requests: 100, bad: [0] };
          const reading: Reading = { kind: 'counts', canary: none, stable: none };
          return (await metrics.read(request)).map(given => ({ ...given, reading }));
        },
      }),
    }));
    expect(await fakes.kinds()).toContain('stepDone');
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
  const requests = async (fakes: Fakes) => (await fakes.kinds()).filter(kind => kind === 'requested').length;

  it('holds: twice, and two at once', async () => {
    const fakes = await openFakes();
    await Promise.all([fakes.run('start', start), fakes.run('start', start)]);
    await fakes.run('start', start);
    expect(await requests(fakes)).toBe(1);
    expect(fakes.executions.started).toHaveLength(1);
  });

  it('without reading what was requested before, the same image is released twice', async () => {
    const fakes = await openFakes();
    await fakes.run('start', start);
    const amnesia = overriding(fakes.ledger, {
      read: async workload => {
        const { active: _, ...rest } = await fakes.ledger.read(workload);
        return rest;
      },
    });
    await runWithout(fakes, { ledger: amnesia }, 'start', start);
    expect(await requests(fakes)).toBe(2);
  });
});

describe('10. RestoreTraffic carries all it needs, and acts when the ledger cannot be written', () => {
  const cut = (fakes: Fakes) => {
    const away = async () => {
      throw new LedgerUnreachableError('the table did not answer');
    };
    return overriding(fakes.ledger, { read: away, append: away });
  };

  it('holds: with its input alone, while the deadline has not passed', async () => {
    const fakes = await goingBack();
    await runWithout(fakes, { ledger: cut(fakes) }, 'restore-traffic', await backInput(fakes));
    expect(await dialOf(fakes)).toEqual(STABLE);
  });

  it('without the way back in its input a bad canary keeps its traffic until DynamoDB answers', async () => {
    const fakes = await goingBack();
    const input = { ...(await backInput(fakes)), back: null };
    await expect(runWithout(fakes, { ledger: cut(fakes) }, 'restore-traffic', input)).rejects.toMatchObject(
      named('LedgerUnreachableError'),
    );
    expect(await dialOf(fakes)).toEqual({ blue: 90, green: 10 });
  });
});
