import { describe, expect, it } from 'vitest';
import { MOST_WINDOWS } from '../../application/release/judged-windows.ts';
import { watchMetrics } from '../../application/release/watch-metrics.ts';
import { ReleaseCall } from '../../application/release-call.ts';
import { dialFor } from '../../domain/dial.ts';
import { judgeRelease } from '../../domain/judges/judge-release.ts';
import type { Metric, Plan } from '../../domain/plan/plan.ts';
import { sequentialContext } from '../../domain/plan/sequential-context.ts';
import { expectedIn, steadyWeight } from '../../domain/windows/shifts.ts';
import { admissionOf, at, bake, planOf, readied, requested, shifted, shop, weight } from '../support/ledger-lines.ts';
import { type Fakes, openFakes } from './fakes.ts';
import { road } from './handler-cases.ts';

const errors: Metric = {
  name: 'errors',
  source: { kind: 'cloudwatch', measure: { kind: 'failedRequests' } },
  judge: { kind: 'sequential', margin: 1.25, share: 1, guard: true },
};
const rate: Metric = {
  ...errors,
  name: 'rate',
  judge: { kind: 'flagger', min: 90, threshold: 3, intervalSeconds: 120 },
};
const plan: Partial<Plan> = {
  metrics: [errors, rate],
  sequential: { alpha: 0.01, detect: { ratio: 2, power: 0.8, gross: 0.1 } },
  steps: [weight(10), bake(2_000_000), weight(100)],
  deadlineSeconds: 3_000_000,
  soakSeconds: 60,
};
const look = async (fakes: Fakes) => fakes.run('look', road) as Promise<{ kind: string; because: string }>;

/** At 10 % since 20 s after noon; so many windows of both metrics are there, and it is four minutes after the last. */
async function opened(windows: number, { bad = (n: number) => n % 3 } = {}): Promise<Fakes> {
  const fakes = await openFakes(plan);
  const wayBack = await fakes.router.planWayBack(shop, 'blue');
  await fakes.tell(
    [0, requested({ plan: planOf(plan) })],
    [0, { kind: 'runClaimed', run: 1 }],
    [0, { kind: 'admitted', admission: admissionOf({ wayBack, deadlineEpochMs: at(3_000_000) }) }],
    ...readied(0, 10),
    ...shifted(20, { from: 0, to: 10 }),
    [30, { kind: 'stepStarted', index: 1 }],
  );
  await fakes.canary(1);
  await fakes.router.setDial(shop, dialFor('green', 10));
  for (let n = 0; n < windows; n += 1) await putWindow(fakes, n, bad(n));
  fakes.wait(60 * windows + 240);
  return fakes;
}

async function putWindow(fakes: Fakes, n: number, bad: number): Promise<void> {
  for (const metric of ['errors', 'rate']) {
    await fakes.ledger.putWindow('shop-1', {
      ...{ metric, startEpochMs: at(60 * n), endEpochMs: at(60 * n + 60), straddles: n === 0 },
      reading: {
        kind: 'counts',
        canary: { requests: 100, bad: [bad] },
        stable: { requests: 900, bad: [n % 10] },
      },
      ...{ readAtEpochMs: at(60 * n + 150), frozenAtEpochMs: at(60 * n + 160) },
    });
  }
}

/** What all windows that are there say, by the pure function over them. */
async function saidByAll(fakes: Fakes) {
  const { active } = await fakes.ledger.read('shop');
  if (active === undefined) throw new Error('no release is active');
  const { shifts } = active;
  const records = await fakes.ledger.windows('shop-1');
  const { verdict, byMetric } = judgeRelease(
    planOf(plan).metrics,
    Object.groupBy(records, ({ metric }) => metric) as never,
    {
      analysisStartedAtEpochMs: at(20),
      nowEpochMs: fakes.clock.now(),
      windowSeconds: 60,
      expects: window => expectedIn(window, shifts),
      sequential: sequentialContext(planOf(plan), { baseline: {} }),
      steadyWeight: window => steadyWeight(window, shifts, 0),
    },
  );
  return { verdict, byMetric };
}

/** What a look finds now. */
async function judged(fakes: Fakes) {
  const state = await fakes.ledger.read('shop');
  const call = new ReleaseCall(fakes.deps, { releaseId: 'shop-1', state, by: 'test', log: fakes.deps.log });
  const { verdict, byMetric } = await watchMetrics(fakes.deps, call);
  return { verdict, byMetric };
}

const folds = async (fakes: Fakes) => (await fakes.facts()).filter(fact => fact.kind === 'windowsFolded');
const warnings = (fakes: Fakes) => fakes.lines.filter(({ level }) => level !== 'info').map(({ message }) => message);

describe('a checkpoint of judged windows', () => {
  it('is made by the look that finds enough of them, once, and its hash stands in the ledger', async () => {
    const fakes = await opened(130);
    await look(fakes);
    await look(fakes);
    const [fold, ...more] = await folds(fakes);
    expect(more).toEqual([]);
    expect(fold).toMatchObject({ digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect([...fakes.ledger.checkpoints.keys()]).toEqual([`shop-1 ${fold?.digest}`]);
  });

  it('is not made of a few, nor of any that may still grow', async () => {
    const fakes = await opened(121);
    await look(fakes);
    expect(await folds(fakes)).toEqual([]);
  });

  it('is what later looks judge on from: the same verdicts, and older windows are read no more', async () => {
    const fakes = await opened(130);
    await look(fakes);
    const until = (await folds(fakes))[0]?.untilEpochMs ?? 0;
    const asked: number[] = [];
    const { windowsFrom } = fakes.ledger;
    fakes.ledger.windowsFrom = (release, from) => {
      asked.push(from.startEpochMs);
      return windowsFrom.call(fakes.ledger, release, from);
    };
    for (let n = 130; n < 150; n += 1) await putWindow(fakes, n, n % 3);
    fakes.wait(60 * 150 + 240);
    await look(fakes);
    expect(asked).toEqual([until, until]);
    expect(until).toBeGreaterThan(at(60 * 120));
    expect(await judged(fakes)).toEqual(await saidByAll(fakes));
  });

  it('follows the one before after as many windows again, and that one is kept for a day yet', async () => {
    const fakes = await opened(130);
    await look(fakes);
    for (let n = 130; n < 260; n += 1) await putWindow(fakes, n, n % 3);
    fakes.wait(60 * 260 + 240);
    await look(fakes);
    const made = await folds(fakes);
    expect(made).toHaveLength(2);
    expect(made[1]?.untilEpochMs).toBeGreaterThan(made[0]?.untilEpochMs ?? 0);
    expect(await judged(fakes)).toEqual(await saidByAll(fakes));
  });

  it.each<[string, (fakes: Fakes) => void]>([
    ['is gone', fakes => fakes.ledger.checkpoints.clear()],
    [
      'was altered',
      ({ ledger }) => {
        for (const [key, text] of ledger.checkpoints) {
          ledger.checkpoints.set(key, text.replace('"healthy":false', '"healthy":true'));
        }
      },
    ],
    [
      'is the one of another moment',
      ({ ledger }) => {
        for (const key of ledger.checkpoints.keys()) ledger.checkpoints.set(key, '{}');
      },
    ],
  ])(
    'that %s is not used: its windows are folded anew, to the same verdict and the same checkpoint',
    async (_, spoil) => {
      const fakes = await opened(130);
      await look(fakes);
      const before = await judged(fakes);
      const kept = new Map(fakes.ledger.checkpoints);
      spoil(fakes);
      await look(fakes);
      expect(await judged(fakes)).toEqual(before);
      expect(warnings(fakes)).toContain('the checkpoint of judged windows is not used');
      const made = await folds(fakes);
      expect(made[1]?.digest).toBe(made[0]?.digest);
      expect(fakes.ledger.checkpoints).toEqual(kept);
    },
  );

  it('of another version of the fold is not used', async () => {
    const fakes = await opened(130);
    await look(fakes);
    const [[key, text] = ['', '']] = fakes.ledger.checkpoints;
    const { sha256 } = await import('../../adapters/sha256.ts');
    const other = text.replace('"version":1', '"version":0');
    fakes.ledger.checkpoints.delete(key);
    fakes.ledger.checkpoints.set(`shop-1 ${sha256(other)}`, other);
    const until = (await folds(fakes))[0]?.untilEpochMs ?? 0;
    await fakes.tell([9_000, { kind: 'windowsFolded', digest: sha256(other), untilEpochMs: until }]);
    await look(fakes);
    expect(await judged(fakes)).toEqual(await saidByAll(fakes));
    expect(warnings(fakes)).toContain('the checkpoint of judged windows is not used');
  });

  it('that cannot be written keeps no look from its verdict, and is made by the next', async () => {
    const fakes = await opened(130);
    const { putCheckpoint } = fakes.ledger;
    const { LedgerUnreachableError } = await import('../../adapters/ledger/errors.ts');
    fakes.ledger.putCheckpoint = () => Promise.reject(new LedgerUnreachableError('too large'));
    expect(await look(fakes)).toMatchObject({ kind: 'lookAgain' });
    expect(await folds(fakes)).toEqual([]);
    expect(warnings(fakes)).toContain('a checkpoint of judged windows was not written');
    fakes.ledger.putCheckpoint = putCheckpoint;
    await look(fakes);
    expect(await folds(fakes)).toHaveLength(1);
  });
});

describe('windows that have expired', () => {
  const expire = (fakes: Fakes) => {
    const { windowsFrom } = fakes.ledger;
    fakes.ledger.windowsFrom = async (release, from) => {
      const windows = await windowsFrom.call(fakes.ledger, release, from);
      return windows.filter(({ startEpochMs }) => startEpochMs >= at(60 * 100));
    };
  };

  it('are judged as before while their checkpoint is there, and are never due again', async () => {
    const fakes = await opened(130);
    await look(fakes);
    const before = await judged(fakes);
    expire(fakes);
    await look(fakes);
    expect(await judged(fakes)).toEqual(before);
    const asked = fakes.metrics.requests.flatMap(({ windows }) => windows.map(({ startEpochMs }) => startEpochMs));
    expect(Math.min(...asked)).toBeGreaterThan(at(60 * 120));
  });

  it('and whose checkpoint is gone are never taken for good: the release holds, and says why', async () => {
    const fakes = await opened(130);
    await look(fakes);
    const until = (await folds(fakes))[0]?.untilEpochMs ?? 0;
    expire(fakes);
    fakes.ledger.checkpoints.clear();
    const asked = fakes.metrics.requests.length;
    await look(fakes);
    const { verdict } = await judged(fakes);
    expect(verdict).toMatchObject({ kind: 'inconclusive', fault: true });
    expect(verdict.because).toContain(`what was judged before ${new Date(until).toISOString()} is lost`);
    const due = fakes.metrics.requests.slice(asked).flatMap(({ windows }) => windows);
    expect(due.every(({ startEpochMs }) => startEpochMs >= until)).toBe(true);
    // and so it stays, also when what came since is a checkpoint
    const made = await folds(fakes);
    expect(made.at(-1)).toMatchObject({ lostUntilEpochMs: until });
    for (let n = 130; n < 300; n += 1) await putWindow(fakes, n, n % 3);
    fakes.wait(60 * 300 + 240);
    await look(fakes);
    expect((await folds(fakes)).length).toBeGreaterThan(made.length);
    expect((await judged(fakes)).verdict).toMatchObject({ kind: 'inconclusive', fault: true });
  });

  it('and whose checkpoint is gone do not hide what comes later: it goes back where that is bad', async () => {
    const fakes = await opened(130);
    await look(fakes);
    expire(fakes);
    fakes.ledger.checkpoints.clear();
    for (let n = 130; n < 140; n += 1) await putWindow(fakes, n, 60);
    fakes.wait(60 * 140 + 240);
    expect(await look(fakes)).toMatchObject({ kind: 'rollBack', reason: 'degraded' });
  });
});

it('more windows than one look reads are folded look by look, nothing is judged before, and then as ever', async () => {
  const fakes = await opened(MOST_WINDOWS + 200);
  expect((await judged(fakes)).verdict).toMatchObject({
    kind: 'inconclusive',
    because: expect.stringContaining('the windows are being judged anew'),
    fault: true,
  });
  await look(fakes);
  expect(fakes.metrics.requests).toEqual([]);
  expect(await folds(fakes)).toHaveLength(1);
  await look(fakes);
  expect(await judged(fakes)).toEqual(await saidByAll(fakes));
});

it('windows that nobody could read are waited for six hours, then freeze without data: no work grows', async () => {
  const fakes = await opened(10);
  fakes.metrics.breakWith('refused');
  fakes.wait(60 * 400);
  await look(fakes);
  const frozen = (await fakes.ledger.windows('shop-1')).filter(({ reading }) => reading.kind === 'noData');
  // from the 11th window to the last that began more than 360 minutes before
  expect(frozen.map(({ startEpochMs }) => startEpochMs).sort()).toEqual(
    Array.from({ length: 30 }, (_, n) => [at(60 * (10 + n)), at(60 * (10 + n))]).flat(),
  );
  expect(frozen.every(({ frozenAtEpochMs }) => frozenAtEpochMs !== undefined)).toBe(true);
});
