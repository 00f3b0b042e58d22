import { describe, expect, it } from 'vitest';
import type { Load } from '../../lab/load/load.ts';
import { emptyTally, type LoadReport } from '../../lab/load/report.ts';
import { steadyRate } from '../../lab/steady-rate.ts';

/** A stable program whose median, in ms, depends on what it is sent; undefined: it answers nothing. */
function program(p50At: (requestsPerSecond: number) => number | undefined) {
  const rates: number[] = [];
  const send = async (requestsPerSecond: number): Promise<Load> => {
    rates.push(requestsPerSecond);
    const p50Ms = p50At(requestsPerSecond);
    const app = { ...emptyTally(), ...(p50Ms === undefined ? {} : { p50Ms }) };
    const report: LoadReport = {
      startedAtEpochMs: 0,
      sent: 10,
      inFlight: 0,
      groups: { app },
      noGroup: emptyTally(),
      latestMs: 0,
    };
    return { snapshot: async () => report, stop: async () => report };
  };
  return { rates, send };
}
const signal = new AbortController().signal;
const find = (p50At: (rate: number) => number | undefined, wanted = 160) => {
  const { rates, send } = program(p50At);
  return steadyRate(send, { wanted, groupName: 'app', signal }).then(found => ({ ...found, rates }));
};

describe('the rate that a stable program keeps up with', () => {
  it.concurrent('is the wanted one, however slow each answer is', async () => {
    expect(await find(() => 1_000)).toMatchObject({
      requestsPerSecond: 160,
      usual: { p50Ms: 1_000 },
      rates: [10, 160],
    });
  });

  it.concurrent('is a lower one where answers wait for each other', async () => {
    const found = await find(rate => (rate > 50 ? 4_000 : 20));
    expect(found).toMatchObject({ requestsPerSecond: 40, usual: { p50Ms: 20 }, rates: [10, 160, 40] });
  });

  it.concurrent('is a gentle one where it keeps up with no other', async () => {
    const found = await find(rate => (rate > 10 ? undefined : 300));
    expect(found).toMatchObject({ requestsPerSecond: 10, usual: { p50Ms: 300 }, rates: [10, 160, 40] });
  }, 10_000);

  it.concurrent('is the wanted one where nothing is ever answered: less would not help', async () => {
    expect(await find(() => undefined)).toMatchObject({ requestsPerSecond: 160 });
  });

  it.concurrent('is not looked for where the wanted one is gentle', async () => {
    expect(await find(() => 5, 8)).toMatchObject({ requestsPerSecond: 8, rates: [8] });
  });
});
