import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseWorkload } from '../../../adapters/plan-file/read-plan.ts';
import { planTimeline } from '../../../domain/plan/timeline.ts';
import { timelineText } from '../../../domain/plan/timeline-text.ts';
import type { Workload } from '../../../domain/workload.ts';
import { changed, planOf, SMALL_PLAN } from '../../adapters/plan-file/plan-text.ts';

const notesOf = (text: string) => planTimeline(planOf(text)).caveats.join('\n');

describe('what a plan will do', () => {
  it('is told step by step, with times added up and the weight that holds', () => {
    // Act
    const { entries, endsSeconds } = planTimeline(planOf(SMALL_PLAN));
    // Assess: 5 minutes of bake; 10 measurements of 60 s since the first weight, so 5 minutes more; 15 minutes of soak
    expect(entries.map(({ atSeconds, weight, what }) => [atSeconds, weight, what.split(/[ :]/)[0]])).toEqual([
      [0, 0, 'deploy'],
      [0, 0, 'hook'],
      [0, 5, 'setWeight'],
      [0, 5, 'bake'],
      [300, 5, 'analysis'],
      [600, 5, 'approval'],
      [600, 100, 'setWeight'],
      [600, 100, 'soak'],
      [1500, 100, 'promoted'],
    ]);
    expect(endsSeconds).toBe(1500);
  });

  it('names the metrics that judge: all between 0 and 100, those with a threshold or a ceiling at 100, none at 0', () => {
    // Act
    const { entries } = planTimeline(planOf(SMALL_PLAN));
    // Assess
    const judgingAt = (word: string) => entries.find(entry => entry.what.startsWith(word))?.judging;
    expect(judgingAt('hook')).toEqual([]);
    expect(judgingAt('bake')).toEqual(['errors', 'failing', 'p99']);
    expect(judgingAt('soak')).toEqual(['errors', 'failing']);
  });

  it('does not add an analysis that the bakes before it have made already', () => {
    // Act
    const { endsSeconds } = planTimeline(planOf(changed('bake: 5m', 'bake: 30m')));
    // Assess: 30 + 15 minutes
    expect(endsSeconds).toBe(2700);
  });

  it('counts the initial delay and the interval of a measurement', () => {
    // Act
    const text = changed('count: 10 }\n  - name', 'count: 10, interval: 2m, initialDelay: 90s }\n  - name');
    const { endsSeconds } = planTimeline(planOf(text));
    // Assess: 90 s + 10 x 120 s, then 900 s of soak
    expect(endsSeconds).toBe(90 + 1200 + 900);
  });

  it('counts the windows of a relative judge', () => {
    // Act
    const { endsSeconds } = planTimeline(planOf(changed('[failing], count: 10', '[errors], count: 20')));
    // Assess: 20 windows of 60 s since the first weight, then 900 s of soak
    expect(endsSeconds).toBe(1200 + 900);
  });
});

describe('what a plan cannot promise', () => {
  it('says that nothing judges where there is no metric', () => {
    expect(
      notesOf('apiVersion: sluice/v1\nkind: Plan\nworkload: a\nstrategy: canary\nsteps: [{ setWeight: 100 }]\n'),
    ).toMatch(/No metric: nothing judges/);
  });

  it.each([
    ['verdicts are late', 'canary', 'canary', /2 to 4 minutes late/],
    ['east-west traffic is not canaried', 'canary', 'canary', /inside the cluster are not canaried/],
    ['sticky clients follow a weight slowly', 'canary', 'canary', /sticky/],
    ['long connections outlive the dial', 'canary', 'canary', /long connections/],
    [
      'a relative judge without a ceiling is blind at 100',
      'canary',
      'canary',
      /p99: without a ceiling .* at weight 100/,
    ],
    ['failureLimit 0 has no false-alarm rate', 'canary', 'canary', /errors, failing, p99: failureLimit 0/],
    ['a larger limit has none either', 'max: 1.2', 'max: 1.2, failureLimit: 2', /p99: a fixed limit/],
    ['max below 1 is stricter than equal', 'max: 1.2', 'max: 0.9', /p99: max below 1/],
    ['percentiles of few requests jump', 'canary', 'canary', /p99: a percentile of few requests/],
    [
      'a bake before the first weight only waits',
      '  - setWeight: 5',
      '  - bake: 1m\n  - setWeight: 5',
      /before the first weight/,
    ],
    ['there is no way back by a call without a soak', 'soak: 15m', 'soak: 0s', /No soak/],
    ['proceed goes on without knowing', 'deadline: 1h', 'hold: { then: proceed }', /proceed/],
    ['the deadline stops at an open approval', 'canary', 'canary', /deadline does not run/],
    [
      'a preview depends on the router',
      'soak: 15m',
      'soak: 15m\npreview: { header: { name: a, value: b } }',
      /--workload/,
    ],
  ])('%s', (_, from, to, note) => {
    expect(notesOf(changed(from, to))).toMatch(note);
  });

  it.each([
    // a window of 60 s and metrics that are 120 s late at the least, 240 s at the most
    ['nothing of a bake of 179 s is judged in time', '179s', /Weight 5 \(2m 59s\): shorter/, /Weight 5 .*: a window/],
    [
      'of a bake of 180 s something may be',
      '180s',
      /Weight 5 \(3m\): when the metrics are late .* no window of this weight/,
      /Weight 5 .*: shorter/,
    ],
  ])('%s', (_, bake, said, unsaid) => {
    // Act
    const notes = notesOf(changed('bake: 5m', `bake: ${bake}`).replace(/ {2}- analysis.*\n/, ''));
    // Assess
    expect(notes).toMatch(said);
    expect(notes).not.toMatch(unsaid);
  });

  it('says nothing about a bake that is long enough', () => {
    expect(notesOf(SMALL_PLAN.replace(/ {2}- analysis.*\n/, ''))).not.toMatch(/Weight/);
  });
});

describe('all that is said', () => {
  const firstWords = (text: string, workload?: Workload) =>
    planTimeline(planOf(text), workload).caveats.map(note => note.split(' ').slice(0, 4).join(' '));
  const always = [
    'No metric sees answers',
    'Requests from inside the',
    'With sticky target groups',
    'A roll back moves',
  ];

  it('of the small plan is nothing more than this', () => {
    expect(firstWords(SMALL_PLAN)).toEqual([
      'A verdict is 2',
      'errors, failing, p99: failureLimit',
      'p99: without a ceiling',
      'p99: a percentile of',
      'The deadline does not',
      ...always,
    ]);
  });

  it('of a blueGreen plan with one tolerant threshold on a percentile is this', () => {
    // Prepare
    const text = [
      'apiVersion: sluice/v1\nkind: Plan\nworkload: checkout\nstrategy: blueGreen\nsoak: 3m',
      "metrics: [{ name: p99, source: { kind: cloudwatch, value: { percentile: 99 } }, judge: { kind: threshold, failureCondition: 'result[0] > 1', failureLimit: 2 } }]",
      'steps: [{ setWeight: 100 }]\n',
    ].join('\n');
    // Assess: 3 minutes at 100 are a window of 60 s and the least delay, 120 s
    expect(firstWords(text)).toEqual([
      'A verdict is 2',
      'p99: the load balancer',
      'p99: a fixed limit',
      'Weight 100 (3m): when',
      'No preview: before the',
      ...always,
    ]);
    expect(planTimeline(planOf(text)).caveats.join('\n')).toContain('when the metrics are late (up to 5m)');
  });

  it('adds what a workload makes of it, and leaves out what a workload answers', () => {
    // Prepare
    const text = changed('soak: 15m', 'soak: 15m\npreview: { header: { name: a, value: b } }');
    const read = parseWorkload(readFileSync('examples/workload.yaml', 'utf8'), 'workload.yaml');
    if (read.kind !== 'workload') throw new Error('the example is no workload');
    // Act
    const router = { ...read.workload.router, loadBalancerSecurityGroup: 'sg-0123456789abcdef0' };
    const plain = firstWords(text, { ...read.workload, router });
    const unreached = firstWords(text, read.workload);
    const other = firstWords(text, { ...read.workload, router, connections: 'drain', backgroundWork: 'safe' });
    // Assess
    expect(plain).toEqual(firstWords(SMALL_PLAN));
    expect(unreached.filter(words => !plain.includes(words))).toEqual(["The workload's router names"]);
    expect(other).toEqual([...plain, 'connections: drain. After a', 'backgroundWork: safe. Queue consumers']);
  });

  it('of a stay that is too short gives the time it would need', () => {
    expect(notesOf(SMALL_PLAN.replace('bake: 5m', 'bake: 1m').replace(/ {2}- analysis.*\n/, ''))).toContain(
      'Weight 5 (1m): shorter than a window and the delay of its metrics (3m at least)',
    );
  });

  it('of an analysis is not that it is too short: it waits for its measurements', () => {
    expect(notesOf(SMALL_PLAN.replace('bake: 5m', 'bake: 1m'))).not.toMatch(/Weight/);
  });
});

describe('the printed timeline', () => {
  it('has the time, the weight and the judges of each step', () => {
    // Prepare
    const plan = planOf(SMALL_PLAN);
    // Act
    const text = timelineText(plan, planTimeline(plan));
    // Assess
    expect(text).toContain('checkout: canary, promoted after 0:25:00 at the earliest, deadline 1:00:00\n');
    expect(text).toContain(
      '     0:05:00     5 %  analysis until failing has 10 measurements\n                        judged by errors, failing, p99\n',
    );
    expect(text).toContain('     0:25:00   100 %  promoted');
    expect(text).toContain(
      "  - errors: failed requests, at most 1.5 times stable's; at weight 100 at most 1 %; 0 bad windows allowed\n",
    );
    expect(text).toContain('hook smoke: POST https://hooks.example.com/smoke (timeout 5m, 1 attempt)');
    expect(text.endsWith('\n')).toBe(true);
  });
});
