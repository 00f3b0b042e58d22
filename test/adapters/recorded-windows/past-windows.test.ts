import { expect, it } from 'vitest';
import { fakeSource } from '../../../adapters/metrics/fake-source.ts';
import { readPastRelease } from '../../../adapters/recorded-windows/past-windows.ts';
import { at, errors, shop } from '../../support/ledger-lines.ts';

const span = {
  workload: shop,
  canary: 'green' as const,
  revisions: { blue: 'old', green: 'new' },
  metrics: [errors],
  windowSeconds: 60,
  startEpochMs: at(-30),
  endEpochMs: at(300 * 60 + 59),
};

it('reads the whole windows of the past in parts, without those in which the canary had no request', async () => {
  // Prepare: the canary has traffic in two minutes of five hours, in the second stable has none left
  const source = fakeSource();
  source.publish('blue', at(60), { good: 90, target5xx: 1 });
  source.publish('green', at(60), { good: 9, target5xx: 1 });
  source.publish('green', at(299 * 60), { good: 100 });
  source.publish('blue', at(120), { good: 91 });
  // Act
  const release = await readPastRelease(source, span);
  // Assess
  expect(source.requests.map(({ windows }) => windows.length)).toEqual([240, 60]);
  expect(source.requests[0]?.windows[0]).toEqual({ startEpochMs: at(0), endEpochMs: at(60) });
  const windows = release?.metrics[0]?.windows ?? [];
  expect(windows.map(({ reading }) => reading)).toEqual([
    { kind: 'counts', canary: { requests: 10, bad: [1] }, stable: { requests: 91, bad: [1] } },
    { kind: 'counts', canary: { requests: 100, bad: [0] }, stable: { requests: 0, bad: [0] } },
  ]);
  expect(windows.map(window => release?.expects(window).stable)).toEqual([true, false]);
});

it('finds nothing to judge where the canary had no request', async () => {
  const source = fakeSource();
  source.publish('blue', at(60), { good: 90 });
  expect(await readPastRelease(source, span)).toBeUndefined();
});
