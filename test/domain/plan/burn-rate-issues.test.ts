import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { burnRateAllowed } from '../../../domain/judges/burn-rate/spec.ts';
import { checkPlan } from '../../../domain/plan/check-plan.ts';
import { issuesOf, withMetric } from './issue-text.ts';

const COUNTS = '{ kind: cloudwatch, bad: failedRequests }';
const burn = (keys: string) => withMetric(COUNTS, `{ kind: burnRate, ${keys} }`);
const pairs = (windows: string, slo = 'objective: 99.9%, over: 30d') => burn(`${slo}, windows: [${windows}]`);
const OBJECTIVE =
  'expected an objective above 0% and below 100%, such as 99.9%: at 100% there is no budget that could be burnt';
const PAIR = 'metrics[2].judge.windows';

const refused: [sentence: string, plan: string, mistakes: string[]][] = [
  [
    'there is no budget',
    burn('objective: 100%, over: 30d'),
    [`value metrics[2].judge.objective: '100%'; ${OBJECTIVE}`],
  ],
  ['everything may fail', burn('objective: 0%, over: 30d'), [`value metrics[2].judge.objective: '0%'; ${OBJECTIVE}`]],
  [
    'no time is named',
    burn('objective: 99.9%'),
    ['missing metrics[2].judge.over: no over; expected whole days from 1d to 365d, such as 30d'],
  ],
  [
    'the time is not in days',
    burn('objective: 99.9%, over: 720h'),
    ["value metrics[2].judge.over: '720h'; expected whole days from 1d to 365d, such as 30d"],
  ],
  [
    'the short window is as long as the long one',
    pairs('{ long: 1h, short: 60m, budget: 2% }'),
    [
      `value ${PAIR}[0].short: '60m'; expected less than 1h, which is long: the short window tells whether it still burns`,
    ],
  ],
  [
    'the long window is longer than the SLO is kept over',
    pairs('{ long: 25h, short: 1h, budget: 2% }', 'objective: 99.9%, over: 1d').replace(
      /^window: .*$/m,
      'window: 120s',
    ),
    [`value ${PAIR}[0].long: '25h'; expected at most 1d, which the SLO is kept over`],
  ],
  [
    'the long window is more than what is kept',
    pairs('{ long: 25h, short: 1h, budget: 50% }'),
    [`value ${PAIR}[0].long: '25h'; expected at most 24h, 1440 times the window, 1m: so many are kept`],
  ],
  [
    'windows are none of the plan’s',
    pairs('{ long: 90s, short: 30s, budget: 2% }'),
    [
      `value ${PAIR}[0].long: '90s'; expected a multiple of the window, 1m: requests are counted by window; perhaps 120s`,
      `value ${PAIR}[0].short: '30s'; expected a multiple of the window, 1m: requests are counted by window; perhaps 60s`,
    ],
  ],
  [
    'every request may fail',
    pairs('{ long: 1h, short: 5m, budget: 2% }', 'objective: 90%, over: 30d'),
    [
      `value ${PAIR}[0].budget: 2% in 1h of 30d, a burn rate of 14.4; expected a smaller budget: 14.4 times the 10 % that may fail is 144 % of requests, so a canary of which every request fails would not be rolled back`,
    ],
  ],
  [
    'exactly every request may fail',
    pairs('{ long: 3h, short: 1h, budget: 25% }', 'objective: 50%, over: 1d'),
    [
      `value ${PAIR}[0].budget: 25% in 3h of 1d, a burn rate of 2; expected a smaller budget: 2 times the 50 % that may fail is 100 % of requests, so a canary of which every request fails would not be rolled back`,
    ],
  ],
  [
    'a canary that keeps the objective would be rolled back',
    pairs('{ long: 6h, short: 30m, budget: 0.5% }'),
    [
      `value ${PAIR}[0].budget: 0.5% in 6h of 30d, a burn rate of 0.6; expected 0.833333 % or more: at a burn rate below 1 a canary that keeps the objective would be rolled back`,
    ],
  ],
  [
    'a pair is there twice',
    pairs('{ long: 1h, short: 5m, budget: 2% }, { long: 60m, short: 300s, budget: 3% }'),
    [
      `value ${PAIR}[1]: 60m with 300s a second time; expected windows of its own: windows[0] has these, and the larger budget would never decide`,
    ],
  ],
  ['there is no pair', pairs(''), [`value ${PAIR}: an empty list; expected at least one pair of windows`]],
  [
    'it is to read values',
    withMetric('{ kind: cloudwatch, value: { percentile: 99 } }', '{ kind: burnRate, objective: 99.9%, over: 30d }'),
    [
      "value metrics[2].judge.kind: the judge 'burnRate' for a value; expected a source that counts requests, or the judge threshold, relative, flagger or mannWhitney",
    ],
  ],
];

describe('a burn rate is refused where', () => {
  it.each(refused)('%s', (_, plan, mistakes) => {
    expect(issuesOf(plan)).toEqual(mistakes);
  });
});

/** The judge of metrics[2] in the frozen plan. */
function judgeOf(text: string) {
  const checked = checkPlan(parse(text));
  return checked.kind === 'plan' ? checked.plan.metrics[2]?.judge : checked.issues;
}

describe('a burn rate', () => {
  it('has by default the two pairs of the workbook, 14.4 and 6 times too fast over 30 days', () => {
    const judge = judgeOf(burn('objective: 99.9%, over: 30d'));
    expect(judge).toEqual({
      kind: 'burnRate',
      objective: 0.999,
      overSeconds: 2_592_000,
      windows: [
        { longSeconds: 3600, shortSeconds: 300, budget: 0.02 },
        { longSeconds: 21_600, shortSeconds: 1800, budget: 0.05 },
      ],
      minRequests: 100,
    });
    if (judge === undefined || !('overSeconds' in judge)) throw new Error('it is another judge');
    expect(judge.windows.map(window => burnRateAllowed(window, judge.overSeconds))).toEqual([14.4, 6]);
  });

  it('may be 1 exactly, and leave the last request', () => {
    // 12.5 % of a day's budget in an eighth of it; 14.4 times 6.9 % is 99.4 % of requests
    expect(judgeOf(pairs('{ long: 3h, short: 1h, budget: 12.5% }', 'objective: 99.9%, over: 1d'))).toMatchObject({
      windows: [{ longSeconds: 10_800, shortSeconds: 3600, budget: 0.125 }],
    });
    expect(judgeOf(pairs('{ long: 1h, short: 5m, budget: 2% }', 'objective: 93.1%, over: 30d'))).toMatchObject({
      objective: 0.931,
    });
  });

  it('is told no further where one of its keys is a mistake', () => {
    const mistakes = issuesOf(pairs('{ long: x, short: 5h, budget: 2% }'));
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain(`${PAIR}[0].long`);
    expect(issuesOf(pairs('{ long: 1h, short: 5m, budget: 2% }', 'objective: 90%, over: x'))).toHaveLength(1);
  });
});
