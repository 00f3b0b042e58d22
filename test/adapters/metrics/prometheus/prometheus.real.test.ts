import { expect, it } from 'vitest';
import { countTraffic } from '../../../../lab/prometheus/counted-traffic.ts';
import { prometheusProgram } from '../../../../lab/prometheus/real-prometheus.ts';

/** Five windows of 3 s, and what starts and stops around them; ten minutes of it: `npm run bench:prometheus`. */
const TIMEOUT_MS = 90_000;

it(
  'sums to exactly what the servers counted, over a restart, a server that leaves and one that comes, in a real Prometheus',
  async context => {
    const program = prometheusProgram();
    if (program === undefined) return context.skip('prometheus is not installed: apt-get install prometheus');
    // Act
    const counted = await countTraffic({
      program,
      scrapeSeconds: 1,
      windowSeconds: 3,
      windows: 5,
      requestsPerSecond: 40,
      comesWithTraffic: 'once scraped',
    });
    // Assess
    const { canary, stable, canaryByHistogram } = counted;
    expect(canary.source).toEqual(canary.servers);
    expect(stable.source).toEqual(stable.servers);
    expect(canaryByHistogram).toBe(canary.servers.requests);
    // there was something to count: half of what two canaries at 40 a second would get on a computer that stalls
    expect(canary.servers.requests).toBeGreaterThan(400);
    expect(canary.servers.bad).toBeGreaterThan(25);
  },
  TIMEOUT_MS,
);
