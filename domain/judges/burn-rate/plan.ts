import { secondsOf, shareOf } from '../../file/checked-units.ts';
import { durationText } from '../../file/units.ts';
import { roundedText } from '../../number-text.ts';
import type { JudgePlanKind } from '../judge-plan-kind.ts';
import { exactPercentText, plural } from '../words.ts';
import { checkBurnRate, daysInSeconds } from './check.ts';
import { burnRateSchema } from './schema.ts';
import { type BurnRateJudgeSpec, badShareAllowed, burnRateAllowed } from './spec.ts';

export const burnRatePlan: JudgePlanKind<typeof burnRateSchema, BurnRateJudgeSpec> = {
  kind: 'burnRate',
  schema: burnRateSchema,
  reads: ['counts'],
  alone: 'always',
  calledElsewhere: { 'slo SLO errorBudget burn budget multiwindow': "burnRate: an SLO's error budget" },
  row: { against: "an SLO's error budget", reads: 'counts', promise: 'none' },
  rules: [
    'Of the `windows` of a `burnRate`, `short` is below `long`, `long` at most `over` and 1440 windows of the plan, and both are multiples of `window`. The burn rate is `budget` times `over` by `long`: at least 1, and below what every request failing would burn.',
  ],
  normalise: ({ kind, objective, over, windows, minRequests }) => ({
    kind,
    objective: shareOf(objective),
    overSeconds: daysInSeconds(over),
    windows: windows.map(({ long, short, budget }) => ({
      longSeconds: secondsOf(long),
      shortSeconds: secondsOf(short),
      budget: shareOf(budget),
    })),
    minRequests,
  }),
  check: checkBurnRate,
  text({ judge }, what) {
    const pairs = judge.windows.map(window => {
      const { longSeconds, shortSeconds } = window;
      const rate = roundedText(burnRateAllowed(window, judge.overSeconds), 4);
      return `${rate} times as fast in ${durationText(longSeconds)} and ${durationText(shortSeconds)} (${exactPercentText(badShareAllowed(window, judge))})`;
    });
    return `${what}, bad if the budget of ${exactPercentText(judge.objective)} over ${judge.overSeconds / 86_400}d burns more than ${pairs.join(', or ')}; from ${plural(judge.minRequests, 'request')} on`;
  },
  caveats({ judge }) {
    const least = Math.min(...judge.windows.map(window => badShareAllowed(window, judge)));
    const longest = durationText(Math.max(...judge.windows.map(({ longSeconds }) => longSeconds)));
    return [
      'a burn rate guarantees no false-alarm rate, and an outage of everything rolls back.',
      `a canary of which at most ${exactPercentText(least)} of requests fail is never rolled back, however much better stable is.`,
      `only the canary's own requests of this release are counted. While it is younger than a window (the longest is ${longest}) what there is is judged: a fault then needs fewer failures, and so does chance.`,
    ];
  },
};
