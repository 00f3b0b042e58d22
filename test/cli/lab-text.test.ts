import { describe, expect, it } from 'vitest';
import { wrap } from '../../adapters/terminal/wrap.ts';
import { approveCommand, keptText, pacingText, rowText, usualText, versionsText } from '../../cli/lab-text.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { VersionCounts } from '../../lab/load/version-counts.ts';
import { type Pacing, paceOf } from '../../lab/pacing.ts';
import { defaultPlan } from '../../lab/run-lab-plan.ts';
import type { ReleaseRow } from '../../lab/watch-release.ts';

const plan = defaultPlan({ usual: { failedShare: 0, share4xx: 0 }, perPlanSecond: 10, mostMinutes: 60 });
const half: Pick<Plan, 'steps' | 'soakSeconds' | 'metrics' | 'windowSeconds'> = {
  steps: [
    { kind: 'setWeight', weight: 10 },
    { kind: 'bake', seconds: 1_500 },
    { kind: 'setWeight', weight: 100 },
  ],
  soakSeconds: 300,
  metrics: [],
  windowSeconds: 60,
};
const told = (pacing: Pacing, wanted = pacing.sentPerSecond) => pacingText(pacing, { most: 300, wanted }).split('\n');

describe('what compression makes of the traffic', () => {
  it('is said in requests on the wall and in a second of the plan', () => {
    expect(told(paceOf(half, { compress: 60, most: 300 }))).toEqual([
      'time is compressed: a minute of the plan takes 1 s',
      "200 requests a second for 1/60 of the time: 3.3 requests in a plan's second",
      'without waiting for more data or for people it takes about 32 s',
      '',
    ]);
  });

  it('says why fewer are sent than --rps asks for, and what it takes to get all', () => {
    // 300/50 = 6; half an hour at 6 times the speed is 5 min and two shifts
    expect(told(paceOf(half, { asked: 50, most: 300 }))[2]).toBe(
      "50 in a plan's second would be 750 a second here, and this computer sends 300 without stalls; with --compress 6 it gets all of them and takes about 5 min",
    );
    expect(told(paceOf(half, { asked: 1_000, most: 300 }))[2]).toMatch(/15,000 a second here, .* 300 without stalls$/);
    expect(told(paceOf(half, { asked: 5, most: 300 }))).toHaveLength(4);
  });

  it('says that stable does not keep up, and that it is too little to judge by', () => {
    // 1500 s x 10 % x 12/60
    const pacing = paceOf(half, { compress: 60, most: 12 });
    expect(told(pacing, 200)[2]).toMatch(/^stable is late with every answer at 200 requests a second/);
    expect(told(pacing, 200)[3]).toMatch(/^too little to judge by: the canary gets about 30 requests beside stable/);
  });
});

it('what stable does by itself is said, 4xx included', () => {
  const usual = { failedShare: 0.0123, share4xx: 0.5, p50Ms: 2.345, p99Ms: 99 };
  expect(usualText('/x', usual)).toBe('GET /x: stable fails 1.2 %, answers 50 % with 4xx, p50 2.3 ms, p99 99 ms\n');
  expect(usualText('/', { failedShare: 1, share4xx: 0 })).toBe('GET /: stable fails 100 %, nothing was answered\n');
});

describe('the end table', () => {
  const counts: VersionCounts = {
    requests: 1_234_567,
    '2xx': 1_200_000,
    '3xx': 0,
    '4xx': 34_000,
    '5xx': 500,
    noAnswer: 67,
    p50Ms: 2.34,
    p99Ms: 1502.9,
  };
  const none = { ...counts, requests: 0, '2xx': 0, '4xx': 0, '5xx': 0, noAnswer: 0, p50Ms: null, p99Ms: null };

  it('has the numbers of both versions under each other, within 80 columns', () => {
    const text = versionsText({ stable: counts, canary: none });
    expect(text).toBe(
      [
        '           requests        2xx  3xx     4xx  5xx  no answer  p50 ms  p99 ms',
        '  stable  1,234,567  1,200,000    0  34,000  500         67     2.3   1,503',
        '  canary          0          0    0       0    0          0       -       -',
        '',
      ].join('\n'),
    );
    expect(wrap(text)).toBe(text);
  });
});

describe('a canary that failed its clients', () => {
  const of = (requests: number, noAnswer: number, failed = 0): VersionCounts => ({
    requests,
    '2xx': requests - noAnswer - failed,
    '3xx': 0,
    '4xx': 0,
    '5xx': failed,
    noAnswer,
    p50Ms: 1,
    p99Ms: 2,
  });
  const textOf = (more: Partial<ReleaseRow>) =>
    rowText({
      outcome: 'promoted',
      reason: null,
      because: 'x',
      weights: [100],
      lost: 0,
      secondsFromFirstBadToZero: null,
      ...more,
    } as ReleaseRow).replaceAll(/\s+/g, ' ');
  const SAID = / requests to the canary failed at the client, and no metric of the plan saw it/;

  it('and was promoted is named: no metric of the plan saw it', () => {
    const text = textOf({ versions: { stable: of(9_000, 0), canary: of(1_748, 1_700, 8) } });
    expect(text).toContain(
      '1,708 of 1,748 requests to the canary failed at the client, and no metric of the plan saw it',
    );
  });

  it.each<[string, Partial<ReleaseRow>]>([
    ['failed a few', { versions: { stable: of(9_000, 0), canary: of(1_000, 10) } }],
    ['fails as stable does', { versions: { stable: of(1_000, 0, 50), canary: of(1_000, 50, 50) } }],
    ['got nothing', { versions: { stable: of(1_000, 0), canary: of(0, 0) } }],
    ['was taken back', { outcome: 'rolledBack', reason: 'degraded', versions: { stable: of(9, 0), canary: of(9, 9) } }],
  ])('is not where it %s', (_, row) => {
    expect(textOf(row)).not.toMatch(SAID);
  });
});

describe('a command that is printed works as it is', () => {
  const gate = (groups: string[]): Plan => ({
    ...plan,
    steps: [
      { kind: 'approval', name: 'go', groups, required: 1, notTheStarter: false, withinSeconds: 60 },
      ...plan.steps,
    ],
  });
  const approve = (of: Plan, labOption = '', name = 'go') =>
    wrap(approveCommand(of, { name, releaseId: 'orders-1', opening: 7 }, labOption));

  it.each([
    [['release-managers'], 'npx sluice approve orders-1 go --opening 7 --group release-managers'],
    [["it's on call", 'others'], "npx sluice approve orders-1 go --opening 7 --group 'it'\\''s on call'"],
    [[], 'npx sluice approve orders-1 go --opening 7'],
  ])('an approval of the groups %j', (groups, command) => {
    expect(approve(gate(groups))).toBe(command);
  });

  it('the question of a hold, for those who approve the steps, in a lab beside another', () => {
    const command = approve(gate(['a']), ' --lab .sluice/lab-77.json', 'proceed?');
    expect(command).toBe("npx sluice approve orders-1 'proceed?' --opening 7 --group a --lab .sluice/lab-77.json");
  });

  it.each<[ReleaseRow['outcome'], string[]]>([
    ['promoted', ['status orders', 'undo orders --wait', 'start orders --image canary --wait']],
    ['rolledBack', ['status orders', 'start orders --image canary --wait']],
  ])('in a lab that goes on after %s only what does something is printed', (outcome, commands) => {
    const text = wrap(keptText({ name: 'orders', outcome } as ReleaseRow, ''));
    expect(text.split('\n').slice(1, -1)).toEqual(commands.map(command => `  npx sluice ${command}`));
  });
});
