import type { SmokeCheck } from './check.ts';
import { ask, countOf, forward } from './load-balancer.ts';

const MINUTE_MS = 60_000;
const SETTLED_MS = 5 * MINUTE_MS;
const THRESHOLD_SECONDS = 0.3;
/** Well below, just below, just above and well above the threshold, in milliseconds, with the way there. */
const DELAYS = [0, 280, 320, 400];
const EACH = 15;

/** A trimmed count of response times: CloudWatch keeps them in bins, and may take a part of one. */
export const slowCounts: SmokeCheck = {
  name: 'slow-counts',
  question: 'Is TC(0.3:) of TargetResponseTime a whole number, and how many of the slow answers does it count?',
  assumed: 'it may have a fraction, and is rounded; all answers well above the threshold are in it, none well below',
  otherwise:
    'slowerThan reads PR(:0.3) in its place, n x (1 - PR / 100), or plans name thresholds that are edges of the bins',
  async run(alb) {
    await forward(alb, { blue: 100, green: 0 });
    await alb.pause(MINUTE_MS - (alb.now() % MINUTE_MS));
    const fromEpochMs = alb.now();
    for (let turn = 0; turn < EACH; turn += 1) await Promise.all(DELAYS.map(ms => ask(alb, `/slow/${ms}`)));
    alb.say('sent; waits until the metrics have settled');
    await alb.pause(SETTLED_MS);
    const span = { fromEpochMs, toEpochMs: alb.now() };
    const counted = await countOf(alb, 'TargetResponseTime', span, 'blue', `TC(${THRESHOLD_SECONDS}:)`);
    const certainly = EACH; // those of 400 ms
    const atMost = 3 * EACH; // those of 280 ms too, by their way there
    const rounded = Math.round(counted ?? 0);
    const fits = counted !== undefined && rounded >= certainly && rounded <= atMost;
    return {
      sent: DELAYS.length * EACH,
      counted,
      expected: [certainly, atMost],
      answer:
        counted === undefined
          ? 'nothing is published'
          : `${fits ? 'as assumed' : 'NOT as assumed'}, ${Number.isInteger(counted) ? 'a whole number' : 'with a fraction'}`,
    };
  },
};
