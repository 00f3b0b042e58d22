/**
 * node bench/prometheus.ts [--minutes N]: ten minutes of traffic on real servers that a real Prometheus scrapes every 5 s,
 * read in windows of 30 s, with a restart, a server that leaves and one that comes. Exits 1 where a count differs.
 */
import { parseArgs } from 'node:util';
import { countTraffic } from '../lab/prometheus/counted-traffic.ts';
import { prometheusProgram } from '../lab/prometheus/real-prometheus.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' } } });
const minutes = Number(values.minutes);
if (!Number.isInteger(minutes) || minutes < 2) {
  console.error(`--minutes is ${JSON.stringify(values.minutes)}; expected a whole number, 2 or more`);
  process.exit(2);
}
const program = prometheusProgram();
if (program === undefined) {
  console.error('prometheus is not installed: apt-get install prometheus, or PROMETHEUS=path');
  process.exit(2);
}
const counted = await countTraffic({
  program,
  scrapeSeconds: 5,
  windowSeconds: 30,
  windows: minutes * 2,
  requestsPerSecond: 50,
  comesWithTraffic: 'at once',
});
console.log(JSON.stringify(counted, null, 2));
const { canary, stable, canaryByHistogram } = counted;
const same = (one: { source: object; servers: object }) => JSON.stringify(one.source) === JSON.stringify(one.servers);
const kept = same(canary) && same(stable) && canaryByHistogram === canary.servers.requests;
console.log(kept ? 'kept: the same counts' : 'NOT KEPT: the counts differ');
process.exit(kept ? 0 : 1);
