import { afterEach, describe, expect, it } from 'vitest';
import type { Traffic } from '../../../../adapters/metrics/cloudwatch/fake-traffic.ts';
import { openPrometheusSource } from '../../../../adapters/metrics/prometheus/prometheus-source.ts';
import type { Slot } from '../../../../domain/dial.ts';
import type { Metric } from '../../../../domain/plan/plan.ts';
import type { PrometheusMeasure } from '../../../../domain/sources/prometheus/facts.ts';
import type { Workload } from '../../../../domain/workload.ts';
import {
  checkout,
  keepsMetricSourceContract,
  MINUTE_MS,
  minuteAt,
  NOON,
  requestOf,
} from '../metric-source.contract.ts';
import { openPrometheusStandIn, type PrometheusStandIn, scraped } from './prometheus-stand-in.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closers.splice(0).map(close => close()));
});
async function open(options: { timeoutMs?: number } = {}) {
  const standIn = await openPrometheusStandIn();
  closers.push(standIn.close);
  const source = openPrometheusSource({}, { loopback: true, ...options });
  return { standIn, source, workload: at(standIn) };
}
const at = ({ url }: PrometheusStandIn): Workload => ({ ...checkout, sources: { prometheus: { url, sigv4: false } } });
const metric = (name: string, measure: PrometheusMeasure, judge?: Metric['judge']): Metric => ({
  name,
  source: { kind: 'prometheus', measure },
  judge: judge ?? { kind: 'relative', max: 1.2, failureLimit: 0, minRequests: 0 },
});
const threshold = (failureCondition: string): Metric['judge'] => ({
  kind: 'threshold',
  failureCondition,
  failureLimit: 0,
  inconclusiveLimit: 0,
  consecutiveErrorLimit: 4,
  intervalSeconds: 60,
  initialDelaySeconds: 0,
});
const errors = metric('errors', {
  kind: 'counters',
  requests: 'hits{slot="${slot}"}',
  bad: 'hits{slot="${slot}",code=~"5.."}',
});
const slow = metric('slow', {
  kind: 'histogram',
  buckets: 'took_bucket{slot="${slot}"}',
  thresholdsSeconds: [0.3, 1],
});
const queue = (query: string, series: 'one' | 'many' = 'one', condition = 'result[0] > 5') =>
  metric('queue', { kind: 'query', query, series }, threshold(condition));
const vector = (...values: (number | string)[]) => ({
  resultType: 'vector',
  result: values.map((value, index) => ({ metric: { pod: `p${index}` }, value: [0, String(value)] })),
});

/** hits{code} of one instance, every 15 s from 45 s before noon on. */
function hits(
  standIn: PrometheusStandIn,
  slot: Slot,
  instance: string,
  byCode: Record<string, (number | undefined)[]>,
) {
  for (const [code, values] of Object.entries(byCode))
    standIn.series.push(scraped({ __name__: 'hits', slot, instance, code }, NOON - 45_000, 15, values));
}
const startedAt = (standIn: PrometheusStandIn, instance: string, startEpochMs: number, scrapes = 12) =>
  void standIn.series.push(
    scraped(
      { __name__: 'process_start_time_seconds', instance },
      NOON - 45_000,
      15,
      Array.from({ length: scrapes }, () => startEpochMs / 1000),
    ),
  );
const canaryOf = async ({ source, workload }: Awaited<ReturnType<typeof open>>, windows = [minuteAt(NOON)]) =>
  (await source.read(requestOf({ workload, metrics: [errors], windows }))).map(({ reading }) =>
    reading.kind === 'counts' ? reading.canary : reading,
  );

describe('the Prometheus source', () => {
  // the stand-in's address is known only when it is open, so the contract's workload is filled in then
  const workload: Workload = { ...checkout, sources: { prometheus: { url: '', sigv4: false } } };
  keepsMetricSourceContract(
    async () => {
      const { standIn, source } = await open();
      Object.assign(workload, at(standIn));
      return {
        source,
        publish: publisher(standIn),
        breakDown: () => {
          standIn.fault = response => response.destroy();
        },
      };
    },
    { workload, errors, slow, p50: metric('p50', { kind: 'queryValue', query: 'p50{slot="${slot}"}' }) },
  );

  it('counts between the scrapes nearest to the ends, so that windows next to each other lose nothing', async () => {
    // Prepare: scrapes at :05, :20, :35 and :50 of the minutes from 11:59:05 on, the n-th with n squared requests
    const opened = await open();
    const values = Array.from({ length: 20 }, (_, index) => index ** 2);
    opened.standIn.series.push(
      scraped({ __name__: 'hits', slot: 'green', instance: 'a', code: '200' }, NOON - 55_000, 15, values),
    );
    // Act
    const counts = await canaryOf(opened, [minuteAt(NOON), minuteAt(NOON + MINUTE_MS)]);
    // Assess: from 12:00:05, the fourth, to 12:01:05, the eighth, and on to 12:02:05, the twelfth
    expect(counts).toEqual([
      { requests: 64 - 16, bad: [0] },
      { requests: 144 - 64, bad: [0] },
    ]);
  });

  it('goes on counting over a restart: the counter begins again at 0', async () => {
    const opened = await open();
    hits(opened.standIn, 'green', 'a', { 200: [10, 20, 30, 40, 55, 7, 9, 12, 12], 500: [0, 0, 0, 0, 0, 2, 2, 3, 3] });
    // from 40 at noon: 15 to 55, then 7 + 2 + 3 after the restart; of the bad 3
    expect(await canaryOf(opened)).toEqual([{ requests: 15 + 12 + 3, bad: [3] }]);
  });

  it('sees a restart by the start of the process where the counter has already passed what it was', async () => {
    const opened = await open();
    hits(opened.standIn, 'green', 'a', { 200: [5, 5, 5, 5, 5, 8, 8, 8, 8] });
    opened.standIn.series.push(
      scraped({ __name__: 'process_start_time_seconds', instance: 'a' }, NOON - 45_000, 15, [
        1,
        1,
        1,
        1,
        1,
        NOON / 1000 + 20,
        NOON / 1000 + 20,
        NOON / 1000 + 20,
      ]),
    );
    expect(await canaryOf(opened)).toEqual([{ requests: 8, bad: [0] }]);
  });

  it('counts a series born inside from 0 where its process was started inside', async () => {
    const opened = await open();
    const born = [undefined, undefined, undefined, undefined, undefined, 30, 40, 50, 50];
    hits(opened.standIn, 'green', 'new', { 200: born });
    startedAt(opened.standIn, 'new', NOON + 17_000);
    expect(await canaryOf(opened)).toEqual([{ requests: 50, bad: [0] }]);
  });

  it('knows nothing of the window in which a target is first seen whose process ran before, or does not say', async () => {
    const born = [undefined, undefined, undefined, undefined, undefined, 30, 40, 50, 50, 55, 57, 57, 57];
    const since = (name: string) => ({
      kind: 'noData',
      reason: `errors, 12:00:00Z to 12:01:00Z: canary: hits of ${name} is first seen at 12:00:30Z with 30, and nothing says since when it has counted them`,
    });
    const old = await open();
    hits(old.standIn, 'green', 'old', { 200: born });
    old.standIn.series.push(
      scraped({ __name__: 'process_start_time_seconds', instance: 'old' }, NOON + 30_000, 15, [NOON / 1000 - 3_600]),
    );
    expect(await canaryOf(old)).toEqual([since('old')]);
    const silent = await open();
    hits(silent.standIn, 'green', 'silent', { 200: born });
    startedAt(silent.standIn, 'another', NOON + 17_000);
    // from the next window on it is counted
    expect(await canaryOf(silent, [minuteAt(NOON), minuteAt(NOON + MINUTE_MS)])).toEqual([
      since('silent'),
      { requests: 7, bad: [0] },
    ]);
  });

  it('counts a label set from 0 that a running process shows for the first time', async () => {
    // Prepare: 20 pods that have run for ten minutes; of each the first 500 is the fifth
    const opened = await open();
    for (let pod = 0; pod < 20; pod += 1) {
      const late = [undefined, undefined, undefined, undefined, undefined, undefined, 5, 5, 5];
      hits(opened.standIn, 'green', `pod-${pod}`, { 200: [0, 5, 10, 15, 20, 25, 30, 35, 40], 500: late });
      startedAt(opened.standIn, `pod-${pod}`, NOON - 600_000);
    }
    expect(await canaryOf(opened)).toEqual([{ requests: 500, bad: [100] }]);
  });

  it('counts it so where only the start of the process was scraped before, and where that is not said', async () => {
    const late = [undefined, undefined, undefined, undefined, undefined, 4, 6, 6, 6];
    const said = await open();
    hits(said.standIn, 'green', 'a', { 200: late });
    startedAt(said.standIn, 'a', NOON - 600_000);
    expect(await canaryOf(said)).toEqual([{ requests: 6, bad: [0] }]);
    const silent = await open();
    hits(silent.standIn, 'green', 'a', { 200: [1, 1, 1, 1, 1, 1, 1, 1, 1], 503: late });
    expect(await canaryOf(silent)).toEqual([{ requests: 6, bad: [6] }]);
  });

  it('knows nothing of a label set that was there before and has come back', async () => {
    const opened = await open();
    hits(opened.standIn, 'green', 'a', {
      200: [0, 0, 0, 0, 0, 0, 0, 0, 0],
      500: [undefined, undefined, undefined, undefined, undefined, 7, 9, 9, 9],
    });
    startedAt(opened.standIn, 'a', NOON - 3_600_000);
    opened.standIn.series.push(
      scraped({ __name__: 'hits', slot: 'green', instance: 'a', code: '500' }, NOON - 1_800_000, 15, [2]),
    );
    expect(await canaryOf(opened)).toEqual([
      { kind: 'noData', reason: expect.stringMatching(/hits of a is first seen at 12:00:30Z with 7/) },
    ]);
  });

  it('knows nothing of a window in which a sum of targets falls, or a counter whose process runs on', async () => {
    // Prepare: ten pods summed, of which one leaves
    const sum = await open();
    sum.standIn.series.push(
      scraped(
        { __name__: 'hits', slot: 'green', code: '200' },
        NOON - 45_000,
        15,
        [20_000, 20_100, 20_200, 20_300, 20_450, 18_600, 18_750, 18_900, 19_000, 19_100, 19_200, 19_300],
      ),
    );
    expect(await canaryOf(sum, [minuteAt(NOON), minuteAt(NOON + MINUTE_MS)])).toEqual([
      { kind: 'noData', reason: expect.stringMatching(/fell from 20450 to 18600 at 12:00:30Z.*no plain counter$/) },
      { requests: 400, bad: [0] },
    ]);
    const gauge = await open();
    hits(gauge.standIn, 'green', 'a', { 200: [1, 2, 3, 4, 5, 4, 5, 6, 6] });
    startedAt(gauge.standIn, 'a', NOON - 600_000);
    expect(await canaryOf(gauge)).toEqual([
      { kind: 'noData', reason: expect.stringMatching(/hits of a fell from 5 to 4/) },
    ]);
  });

  it.each(['prometheus_replica', 'replica', 'scraper'])(
    'counts once what two servers scrape that nobody deduplicates, told apart by %s, and says so',
    async label => {
      const opened = await open();
      for (const [index, server] of ['a', 'b'].entries()) {
        const from = NOON - 45_000 + index * 4_000;
        const of = (name: string, labels: object, values: number[]) =>
          opened.standIn.series.push(
            scraped({ __name__: name, instance: 'pod', [label]: server, ...labels }, from, 15, values),
          );
        of('hits', { slot: 'green', code: '200' }, [10, 20, 30, 40, 50, 60, 70, 80, 90]);
        of('hits', { slot: 'green', code: '500' }, [0, 0, 0, 1, 1, 2, 2, 3, 3]);
        of(
          'process_start_time_seconds',
          {},
          Array.from({ length: 9 }, () => NOON / 1000 - 600),
        );
      }
      const note = `counted once, by a: 2 servers (label ${label}) scrape the same targets`;
      expect(await canaryOf(opened)).toEqual([{ requests: 42, bad: [2], note }]);
    },
  );

  it('takes two counters of one target for two, however alike their labels are', async () => {
    const opened = await open();
    for (const replica of ['0', '1'])
      opened.standIn.series.push(
        scraped({ __name__: 'hits', slot: 'green', instance: 'proxy', code: '200', replica }, NOON - 45_000, 15, [
          ...Array.from({ length: 9 }, (_, index) => index * (replica === '0' ? 10 : 30)),
        ]),
      );
    expect(await canaryOf(opened)).toEqual([{ requests: 160, bad: [0] }]);
  });

  it('takes a float for the whole number that it nearly is', async () => {
    const opened = await open();
    hits(opened.standIn, 'green', 'a', { 200: [0, 0, 0, 0, 0, 5, 10, 20.000000000000004, 20.000000000000004] });
    expect(await canaryOf(opened)).toEqual([{ requests: 20, bad: [0] }]);
  });

  it('keeps what a process counted that is gone, and counts a gap when the series comes back', async () => {
    const gone = await open();
    hits(gone.standIn, 'green', 'gone', { 200: [10, 10, 10, 10, 14, 19] });
    hits(gone.standIn, 'green', 'here', { 200: [0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1] });
    expect(await canaryOf(gone)).toEqual([{ requests: 9 + 1, bad: [0] }]);
    const gap = await open();
    const values = [1, 2, 3, 4, 5, 6, undefined, undefined, 30, 31, 32, 33];
    hits(gap.standIn, 'green', 'gap', { 200: values });
    expect(await canaryOf(gap, [minuteAt(NOON), minuteAt(NOON + MINUTE_MS)])).toEqual([
      { requests: 2, bad: [0] },
      { requests: 33 - 6, bad: [0] },
    ]);
  });

  it('asks for many windows in parts, and loses nothing between them', async () => {
    // Prepare: 45 minutes, one more request at each scrape
    const opened = await open();
    const values = Array.from({ length: 200 }, (_, index) => index);
    hits(opened.standIn, 'green', 'a', { 200: values });
    const windows = Array.from({ length: 45 }, (_, index) => minuteAt(NOON + index * MINUTE_MS));
    // Act
    const counts = await canaryOf(opened, windows);
    // Assess: three ranges for the canary's requests
    expect(counts).toEqual(windows.map(() => ({ requests: 4, bad: [0] })));
    const ranges = opened.standIn.asked.filter(({ query }) => query.startsWith('hits{slot="green"}['));
    expect(ranges.map(({ query }) => query)).toEqual([
      'hits{slot="green"}[1320s]',
      'hits{slot="green"}[1320s]',
      'hits{slot="green"}[420s]',
    ]);
  });

  it('freezes a window for a version as soon as all its series have a sample past its end, or are gone', async () => {
    const { standIn, source, workload } = await open();
    const settled = async () => (await source.read(requestOf({ workload, metrics: [errors] })))[0]?.settled;
    const [canary, stable] = ['green', 'blue'].map(slot =>
      scraped({ __name__: 'hits', slot, instance: slot, code: '200' }, NOON - 45_000, 15, [1, 2, 3, 4, 5, 6, 7, 8]),
    );
    if (canary === undefined || stable === undefined) throw new Error('two series');
    standIn.series.push(canary, stable);
    expect(await settled()).toEqual({ canary: false, stable: false });
    canary.samples.push([NOON + 75_000, 9]);
    expect(await settled()).toEqual({ canary: true, stable: false });
    // three scrapes of the canary that the stable version has missed
    canary.samples.push([NOON + 90_000, 9], [NOON + 105_000, 9], [NOON + 120_000, 9]);
    expect(await settled()).toEqual({ canary: true, stable: true });
  });

  it('counts above the nearest bound of a histogram, and says which', async () => {
    const { standIn, source, workload } = await open();
    for (const [le, values] of Object.entries({ 0.25: [0, 0, 0, 0, 5], 2: [0, 0, 0, 0, 8], '+Inf': [0, 0, 0, 0, 9] }))
      standIn.series.push(
        scraped({ __name__: 'took_bucket', slot: 'green', instance: 'a', le }, NOON - 45_000, 15, values),
      );
    const [read] = await source.read(requestOf({ workload, metrics: [slow] }));
    expect(read?.reading).toMatchObject({
      canary: {
        requests: 9,
        bad: [4, 4],
        note: "counted above 250 ms, the histogram's nearest bound to 300 ms, and above 250 ms, the histogram's nearest bound to 1 s",
      },
    });
  });

  it('reads both versions above bounds that both have', async () => {
    const { standIn, source, workload } = await open();
    const add = (slot: Slot, byBound: Record<string, number>) => {
      for (const [le, count] of Object.entries(byBound))
        standIn.series.push(
          scraped({ __name__: 'took_bucket', slot, instance: slot, le }, NOON - 45_000, 15, [0, 0, 0, 0, count]),
        );
    };
    add('green', { 0.3: 1, 0.5: 2, 1: 6, '+Inf': 10 });
    add('blue', { 0.5: 20, '1.0': 60, '+Inf': 100 });
    const [read] = await source.read(requestOf({ workload, metrics: [slow] }));
    expect(read?.reading).toMatchObject({ canary: { requests: 10, bad: [8, 4] }, stable: { bad: [80, 40] } });
  });
});

describe('Prometheus with samples that are not good', () => {
  const reasonOf = async ({ source, workload }: Awaited<ReturnType<typeof open>>, one: Metric = errors) => {
    const [read] = await source.read(requestOf({ workload, metrics: [one] }));
    return read?.reading.kind === 'noData' ? read.reading.reason : read?.reading;
  };

  it('has no data, with the reason, in the windows in which a counter is NaN, and in no other', async () => {
    const opened = await open();
    const values = [1, 2, 3, 4, 5, 'NaN', 7, 8, 9, 10, 11, 12, 13];
    opened.standIn.series.push(
      scraped({ __name__: 'hits', slot: 'green', instance: 'a', code: '200' }, NOON - 45_000, 15, values),
    );
    expect(await canaryOf(opened, [minuteAt(NOON), minuteAt(NOON + MINUTE_MS)])).toEqual([
      { kind: 'noData', reason: 'errors, 12:00:00Z to 12:01:00Z: canary: hits of a is NaN at 12:00:30Z' },
      { requests: 4, bad: [0] },
    ]);
  });

  it.each([
    [
      'warnings',
      { warnings: ['shard 3: connection refused'] },
      /its answer is not whole: shard 3: connection refused$/,
    ],
    ['infos about it', { infos: ['partial response: store 10.0.0.7 is away'] }, /not whole: partial response: store/],
    ['isPartial', { isPartial: true }, /its answer is not whole: isPartial$/],
  ])('has no data where the answer itself says by %s that it is incomplete', async (_, saying, reason) => {
    // Prepare: of 100 requests 50 failed, and the shard that has those is away
    const opened = await open();
    hits(opened.standIn, 'green', 'a', { 200: [0, 50, 100, 150, 200, 250, 300, 350, 400] });
    const bounds = Object.entries({
      0.3: [0, 1, 2, 3, 4, 5, 6, 7],
      1: [0, 1, 2, 3, 4, 5, 6, 7],
      '+Inf': [0, 2, 4, 6, 8, 9, 9, 9],
    });
    for (const [le, values] of bounds)
      opened.standIn.series.push(
        scraped({ __name__: 'took_bucket', slot: 'green', instance: 'a', le }, NOON - 45_000, 15, values),
      );
    for (const slot of ['green', 'blue']) opened.standIn.answers.set(`depth{slot="${slot}"}`, vector(1));
    opened.standIn.saying = saying;
    const value = metric('value', { kind: 'queryValue', query: 'depth{slot="${slot}"}' });
    for (const one of [errors, slow, value, queue('depth{slot="green"}')])
      expect(await reasonOf(opened, one)).toMatch(reason);
  });

  it('takes advice about a query for no lack of data', async () => {
    const opened = await open();
    hits(opened.standIn, 'green', 'a', { 200: [0, 1, 2, 3, 4, 5, 6, 7, 8] });
    opened.standIn.saying = { infos: ['PromQL info: metric might not be a counter'], warnings: [], isPartial: false };
    expect(await canaryOf(opened)).toEqual([{ requests: 4, bad: [0] }]);
  });

  it('says of native histograms that they are none that it reads', async () => {
    const opened = await open();
    const histogram = { count: '2', sum: '3', buckets: [[0, '0.25', '1', '2']] };
    opened.standIn.answers.set('took_bucket{slot="green"}[180s]', {
      resultType: 'matrix',
      result: [{ metric: { __name__: 'took', slot: 'green' }, histograms: [[NOON / 1000, histogram]] }],
    });
    expect(await reasonOf(opened, slow)).toMatch(/took is a native histogram, of which no counts are read: scrape/);
    opened.standIn.answers.set('took', { resultType: 'vector', result: [{ metric: {}, histogram: [0, histogram] }] });
    expect(await reasonOf(opened, queue('took'))).toMatch(/the result is a native histogram/);
  });

  it('has no data where nothing matches, where a bad one is no request, and where counts are no whole numbers', async () => {
    const nothing = await open();
    expect(await reasonOf(nothing)).toMatch(/no series of either version matches hits\{slot="\$\{slot\}"\}$/);
    const more = await open();
    hits(more.standIn, 'green', 'a', { 200: [0, 0, 0, 0, 0, 0, 0, 1] });
    more.standIn.series.push(
      scraped({ __name__: 'fails', slot: 'green', instance: 'a' }, NOON - 45_000, 15, [0, 0, 0, 0, 0, 0, 0, 2]),
    );
    const fails = metric('errors', {
      kind: 'counters',
      requests: 'hits{slot="${slot}"}',
      bad: 'fails{slot="${slot}"}',
    });
    expect(await reasonOf(more, fails)).toMatch(/canary: 2 bad, but 1 requests/);
    const halves = await open();
    hits(halves.standIn, 'green', 'a', { 200: [0, 0, 0, 0, 0, 0, 0, 1.5] });
    expect(await reasonOf(halves)).toMatch(/a count of 1.5: not a whole number/);
  });

  it('takes no bad series for none only where the requests have the labels that it asks for', async () => {
    const opened = await open();
    hits(opened.standIn, 'green', 'a', { 200: [0, 0, 0, 0, 0, 0, 0, 4] });
    expect(await canaryOf(opened)).toEqual([{ requests: 4, bad: [0] }]);
    const misspelt = (bad: string) => metric('errors', { kind: 'counters', requests: 'hits{slot="${slot}"}', bad });
    expect(await reasonOf(opened, misspelt('hits{slot="${slot}",status=~"5.."}'))).toMatch(
      /no series of hits has a label status/,
    );
    expect(await reasonOf(opened, misspelt('fails{slot="${slot}"}'))).toMatch(/not known that it would be there at 0/);
  });

  it('has no data where a histogram has no usable bound', async () => {
    const opened = await open();
    opened.standIn.series.push(
      scraped(
        { __name__: 'took_bucket', slot: 'green', instance: 'a', le: '+Inf' },
        NOON - 45_000,
        15,
        [1, 2, 3, 4, 5],
      ),
    );
    expect(await reasonOf(opened, slow)).toMatch(/the histogram has no bound below \+Inf/);
  });

  it('reads the result of any query for the canary at the end of the window, variables filled in', async () => {
    const { standIn, source, workload } = await open();
    standIn.answers.set('depth{ns="shop",w="checkout",s="green",r="new"}[60s]', vector(3));
    standIn.answers.set('scalar(depth)', { resultType: 'scalar', result: [0, '7'] });
    const filled = queue('depth{ns="${namespace}",w="${workload}",s="${slot}",r="${revision}"}[${window}]');
    const readings = await source.read(requestOf({ workload, metrics: [filled, queue('scalar(depth)')] }));
    expect(readings.map(({ reading }) => reading)).toEqual([
      { kind: 'result', result: [3] },
      { kind: 'result', result: 7 },
    ]);
    expect(standIn.asked.map(({ time }) => time)).toEqual([NOON / 1000 + 60, NOON / 1000 + 60]);
  });

  it('refuses several series where one is needed, and has no data where there is none or it is NaN', async () => {
    const opened = await open();
    const { answers } = opened.standIn;
    answers.set('depth', vector(1, 2));
    answers.set('none', vector());
    answers.set('odd', vector('NaN'));
    answers.set('text', { resultType: 'string', result: [0, 'a'] });
    expect(await reasonOf(opened, queue('depth'))).toMatch(
      /2 series where one is needed: \{"pod":"p0"\}, \{"pod":"p1"\}$/,
    );
    expect(await reasonOf(opened, queue('depth', 'many'))).toEqual({ kind: 'result', result: [1, 2] });
    expect(await reasonOf(opened, queue('none', 'many'))).toMatch(/one of its labels does not exist/);
    expect(await reasonOf(opened, queue('odd'))).toMatch(/the query gives NaN/);
    expect(await reasonOf(opened, queue('odd', 'one', 'isNaN(result[0])'))).toEqual({
      kind: 'result',
      result: [{ $number: 'NaN' }],
    });
    expect(await reasonOf(opened, queue('text'))).toMatch(/gives a string/);
    const value = metric('value', { kind: 'queryValue', query: 'depth{slot="${slot}"}' });
    answers.set('depth{slot="green"}', vector(1));
    answers.set('depth{slot="blue"}', vector(1, 2));
    expect(await reasonOf(opened, value)).toMatch(/stable: 2 series where one is needed/);
    answers.set('depth{slot="blue"}', vector('+Inf'));
    expect(await reasonOf(opened, value)).toMatch(/stable: the query gives Infinity/);
  });
});

describe('Prometheus that does not answer', () => {
  const fault = async (answer: NonNullable<PrometheusStandIn['fault']>) => {
    const { standIn, source, workload } = await open({ timeoutMs: 300 });
    standIn.fault = answer;
    return source.read(requestOf({ workload, metrics: [errors] }));
  };
  const unreachable = (message: RegExp) => ({
    name: 'MetricSourceUnreachableError',
    message: expect.stringMatching(message),
  });

  it.each<[string, NonNullable<PrometheusStandIn['fault']>, RegExp]>([
    [
      'answers 503',
      response => void response.writeHead(503).end(),
      /^errors: POST http:\S+\/api\/v1\/query answered 503$/,
    ],
    [
      'takes too long over a query',
      response =>
        void response.writeHead(503).end('{"status":"error","errorType":"timeout","error":"query timed out in eval"}'),
      /answered 503: timeout: query timed out in eval$/,
    ],
    [
      'has a proxy in front that is at its end',
      response =>
        void response.writeHead(502).end('<html><head><style>p{}</style></head><h1>502 Bad Gateway</h1></html>'),
      /answered 502: 502 Bad Gateway$/,
    ],
    [
      'takes too many samples',
      response =>
        void response.writeHead(422).end('{"status":"error","errorType":"execution","error":"too many samples"}'),
      /Prometheus refused: execution: too many samples$/,
    ],
    ['takes no such body', response => void response.writeHead(413).end('too large'), /answered 413.*: too large$/],
    ['throttles', response => void response.writeHead(429).end(), /answered 429$/],
    [
      'sends us elsewhere',
      response => void response.writeHead(302, { location: 'https://a.example' }).end(),
      /redirects are not/,
    ],
    ['refuses us', response => void response.writeHead(403).end('{"message":"no"}'), /answered 403: no$/],
    [
      'answers no JSON',
      response => void response.writeHead(200).end('<html><title>Sign in</title>'),
      /what is not JSON: Sign in$/,
    ],
    [
      'answers something else',
      response => void response.writeHead(200).end('{"status":"success"}'),
      /does not document/,
    ],
    ['says nothing', () => {}, /no whole answer within 0.3 s$/],
    ['hangs in the middle', response => void response.writeHead(200).write('{'), /no whole answer within 0.3 s$/],
  ])('is unreachable when it %s', async (_, answer, message) => {
    await expect(fault(answer)).rejects.toMatchObject(unreachable(message));
  });

  it('is unreachable when its answer is larger than what fits', async () => {
    const { standIn, workload } = await open();
    const source = openPrometheusSource({}, { loopback: true, largestBytes: 50 });
    hits(standIn, 'green', 'a', { 200: [1, 2, 3, 4, 5, 6, 7, 8] });
    await expect(source.read(requestOf({ workload, metrics: [errors] }))).rejects.toMatchObject(
      unreachable(/answered more than 0.00005 MB, the most that is read: ask for less/),
    );
  });

  it('tells what Prometheus says of a query that it refuses, and keeps what the other metrics gave', async () => {
    const { standIn, source, workload } = await open();
    standIn.answers.set('depth', vector(3));
    const metrics = [{ ...queue('max('), name: 'broken' }, queue('depth')];
    await expect(source.read(requestOf({ workload, metrics }))).rejects.toMatchObject({
      ...unreachable(/^broken: Prometheus refused: bad_data: 1:1: parse error: max\($/),
      readings: [{ metric: 'queue', reading: { kind: 'result', result: [3] } }],
    });
  });

  it('is not asked on this computer, which in a Lambda is its own runtime', async () => {
    const { standIn, workload } = await open();
    await expect(openPrometheusSource({}).read(requestOf({ workload, metrics: [errors] }))).rejects.toMatchObject(
      unreachable(/on this computer, which only the lab asks/),
    );
    expect(standIn.asked).toEqual([]);
  });

  it('is unreachable where there is nothing to sign with', async () => {
    const workload = { ...checkout, sources: { prometheus: { url: 'https://p.example', sigv4: true } } };
    await expect(openPrometheusSource({}).read(requestOf({ workload, metrics: [errors] }))).rejects.toMatchObject(
      unreachable(/^errors: no AWS credentials or region/),
    );
  });

  it('is unreachable where the workload names none', async () => {
    await expect(openPrometheusSource({}).read(requestOf({ metrics: [errors] }))).rejects.toMatchObject(
      unreachable(/^checkout names no Prometheus$/),
    );
  });
});

/** Each publication is a process of its own, started, scraped and gone within the minute. */
const publisher = (standIn: PrometheusStandIn) => (slot: Slot, startEpochMs: number, traffic: Traffic) => {
  const { good = 0, target5xx = 0, connectionErrors = 0, withoutAnswer = 0, responseTimes = [] } = traffic;
  const instance = `${slot}-${standIn.series.length}`;
  const bad = target5xx + connectionErrors + withoutAnswer;
  const grown = (labels: Record<string, string>, end: number) =>
    standIn.series.push(scraped({ slot, instance, ...labels }, startEpochMs + 10_000, 15, [0, 0, 0, end]));
  grown({ __name__: 'hits', code: '200' }, good);
  grown({ __name__: 'hits', code: '500' }, bad);
  for (const le of ['0.1', '0.3', '1', '2.5', '+Inf'])
    grown(
      { __name__: 'took_bucket', le },
      good + bad - responseTimes.filter(seconds => seconds > Number(le === '+Inf' ? Infinity : le)).length,
    );
  standIn.series.push(
    scraped(
      { __name__: 'process_start_time_seconds', instance },
      startEpochMs + 10_000,
      15,
      Array.from({ length: 4 }, () => startEpochMs / 1000 + 5),
    ),
  );
  const sorted = responseTimes.toSorted((a, b) => a - b);
  const median = sorted[Math.ceil(sorted.length / 2) - 1];
  standIn.answers.set(`p50{slot="${slot}"}`, median === undefined ? vector() : vector(median));
  const other = `p50{slot="${slot === 'blue' ? 'green' : 'blue'}"}`;
  if (!standIn.answers.has(other)) standIn.answers.set(other, vector());
};
