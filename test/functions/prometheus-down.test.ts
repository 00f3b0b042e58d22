import { afterEach, describe, expect, it } from 'vitest';
import { compositeSource } from '../../adapters/metrics/composite-source.ts';
import { fakeSource } from '../../adapters/metrics/fake-source.ts';
import { openPrometheusSource } from '../../adapters/metrics/prometheus/prometheus-source.ts';
import { dialFor } from '../../domain/dial.ts';
import type { Metric, Plan } from '../../domain/plan/plan.ts';
import {
  openPrometheusStandIn,
  type PrometheusStandIn,
  scraped,
} from '../adapters/metrics/prometheus/prometheus-stand-in.ts';
import { at, bake, errors as fromCloudWatch, readied, shifted, shop, weight } from '../support/ledger-lines.ts';
import { openFakes } from './fakes.ts';
import { road } from './handler-cases.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map(close => close()));
});

const errors: Metric = {
  name: 'errors',
  source: {
    kind: 'prometheus',
    measure: { kind: 'counters', requests: 'hits{slot="${slot}"}', bad: 'hits{slot="${slot}",code="500"}' },
  },
  judge: { kind: 'relative', max: 2, failureLimit: 0, minRequests: 10, ceiling: 0.05 },
};
/** A bake of two minutes from 30 s on; Prometheus is down from 130 s to 430 s, five minutes. */
const DOWN_FROM = 130;
const DOWN_UNTIL = 430;

/** At 10 %, both versions answering well, looked at every 10 s from 70 s on until it no longer only looks. */
async function bakedUntil(lastSeconds: number, hold: Plan['hold'], downFrom = DOWN_FROM) {
  const fakes = await openFakes({ metrics: [errors], steps: [weight(10), bake(120), weight(100)], hold });
  await fakes.admitted(...readied(0, 10), ...shifted(20, { from: 0, to: 10 }), [30, { kind: 'stepStarted', index: 1 }]);
  await fakes.canary(1);
  await fakes.router.setDial(shop, dialFor('green', 10));
  const standIn = await openPrometheusStandIn();
  closers.push(standIn.close);
  const source = openPrometheusSource({}, { loopback: true });
  const sources = { prometheus: { url: standIn.url, sigv4: false } };
  fakes.deps.metrics = { read: request => source.read({ ...request, workload: { ...request.workload, sources } }) };
  const moves: { lookedAt: number; kind: string; because: string }[] = [];
  for (let seconds = 70; seconds <= lastSeconds; seconds += 10) {
    standIn.series = traffic(seconds);
    standIn.fault = seconds >= downFrom && seconds < DOWN_UNTIL ? down : undefined;
    fakes.wait(seconds);
    const move = (await fakes.run('look', { ...road, move: { events: 0 } })) as { kind: string; because: string };
    moves.push({ ...move, lookedAt: seconds });
    if (move.kind !== 'lookAgain') break;
  }
  return { fakes, moves, last: moves.at(-1) };
}
const down: NonNullable<PrometheusStandIn['fault']> = response => response.destroy();
/** Ten answers every 15 s of each version, as far as they have been scraped by then. */
const traffic = (untilSeconds: number) =>
  ['green', 'blue'].flatMap(slot =>
    ['200', '500'].map(code => {
      const scrapes = Math.floor((untilSeconds + 60) / 15) + 1;
      const values = Array.from({ length: scrapes }, (_, index) => (code === '200' ? index * 10 : 0));
      return scraped({ __name__: 'hits', slot, instance: slot, code }, at(-60), 15, values);
    }),
  );
const during = <Move extends { lookedAt: number }>(moves: Move[]): Move[] =>
  moves.filter(({ lookedAt }) => lookedAt >= DOWN_FROM && lookedAt < DOWN_UNTIL);

describe('Prometheus that is down for five minutes', () => {
  it('holds the release and, where it stays down for longer than the plan holds, rolls back', async () => {
    const { moves, last, fakes } = await bakedUntil(800, { atMostSeconds: 120, then: 'rollBack' });
    // the bake is over at 150 s; the hold of two minutes ends at 270 s
    expect(last).toMatchObject({
      lookedAt: 270,
      kind: 'rollBack',
      because: expect.stringMatching(/^on hold for 2m: /),
    });
    expect(last?.because).toContain('the metrics cannot be read: errors: POST');
    expect(moves.filter(({ kind }) => kind === 'advance')).toEqual([]);
    expect((await fakes.kinds()).filter(kind => kind === 'held')).toHaveLength(1);
  });

  it('rolls back then even where the plan says proceed: nobody has seen the canary', async () => {
    const { last } = await bakedUntil(800, { atMostSeconds: 120, then: 'proceed' });
    expect(last).toMatchObject({ lookedAt: 270, kind: 'rollBack' });
  });

  it('reads the windows that it missed when it is back, and goes on by what they say', async () => {
    const { moves, last, fakes } = await bakedUntil(800, { atMostSeconds: 1_200, then: 'rollBack' });
    expect(during(moves).every(({ kind }) => kind === 'lookAgain')).toBe(true);
    expect(last).toMatchObject({ lookedAt: DOWN_UNTIL, kind: 'advance' });
    const windows = await fakes.ledger.windows('shop-1');
    const missed = windows.filter(({ startEpochMs }) => startEpochMs > at(100) && startEpochMs < at(360));
    expect(missed).toHaveLength(4);
    for (const window of missed) {
      expect(window).toMatchObject({
        frozenAtEpochMs: at(DOWN_UNTIL),
        reading: { canary: { requests: 40, bad: [0] } },
      });
    }
  });

  it('does not lose what CloudWatch says, which can still take the release back', async () => {
    // Prepare: one metric of each, and no Prometheus at all
    const queue: Metric = { ...errors, name: 'queue' };
    const fakes = await openFakes({ metrics: [fromCloudWatch, queue] });
    await fakes.admitted(...readied(0, 10), ...shifted(20, { from: 0, to: 10 }), [
      30,
      { kind: 'stepStarted', index: 1 },
    ]);
    await fakes.canary(1);
    await fakes.router.setDial(shop, dialFor('green', 10));
    const { metrics: cloudwatch } = fakes;
    const nowhere = fakeSource();
    nowhere.breakWith('ECONNREFUSED');
    fakes.deps.metrics = compositeSource({ cloudwatch, prometheus: nowhere, json: nowhere });
    cloudwatch.publish('blue', at(60), { good: 900 });
    const lookAt = async (seconds: number) => {
      fakes.wait(seconds);
      return fakes.run('look', { ...road, move: { events: 0 } });
    };
    // Act, Assess: a good window holds, for the other cannot be read; a bad one goes back
    cloudwatch.publish('green', at(60), { good: 100 });
    await lookAt(180);
    await lookAt(190);
    const { verdict } = (await fakes.facts()).findLast(fact => fact.kind === 'judged') ?? {};
    expect(verdict).toMatchObject({ kind: 'inconclusive', fault: true });
    expect(verdict?.because).toMatch(/queue: the source did not answer: ECONNREFUSED$/);
    cloudwatch.publish('blue', at(120), { good: 900 });
    cloudwatch.publish('green', at(120), { good: 50, target5xx: 50 });
    await lookAt(240);
    expect(await lookAt(250)).toMatchObject({ kind: 'rollBack', reason: 'degraded' });
  });

  it('has frozen a window at the first look after a scrape past its end while it was up', async () => {
    const { fakes } = await bakedUntil(140, { atMostSeconds: 1_200, then: 'rollBack' }, Number.POSITIVE_INFINITY);
    const windows = await fakes.ledger.windows('shop-1');
    // scrapes at 120 s, which is not past the window's end, and at 135 s; looks every 10 s
    expect(windows.find(({ startEpochMs }) => startEpochMs === at(60))).toMatchObject({
      frozenAtEpochMs: at(140),
      straddles: false,
    });
  });
});
