import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseWorkload } from '../../../adapters/plan-file/read-plan.ts';
import type { AlbRouting } from '../../../domain/routers/alb/plan.ts';
import { SMALL_PLAN } from '../../adapters/plan-file/plan-text.ts';
import { issuesOf, withMetric } from './issue-text.ts';

const cloudwatch = (keys: string, judge?: string) => withMetric(`{ kind: cloudwatch${keys} }`, judge);
const prometheus = (keys: string, judge?: string) => withMetric(`{ kind: prometheus${keys} }`, judge);
const HITS = 'hits{slot="${slot}"}';

const refused: [sentence: string, plan: string, mistakes: string[]][] = [
  [
    'CloudWatch is asked for nothing',
    cloudwatch(''),
    [
      'missing metrics[2].source: none of bad, value, metric, alarm; expected exactly one of bad, value, metric or alarm',
    ],
  ],
  [
    'CloudWatch is asked for two things',
    cloudwatch(', bad: failedRequests, alarm: a'),
    ['key metrics[2].source.alarm: both bad and alarm; expected exactly one of bad, value, metric or alarm'],
  ],
  [
    'CloudWatch is asked for three things',
    cloudwatch(', value: { percentile: 9 }, metric: { namespace: A, name: B }, alarm: a'),
    ['key metrics[2].source.metric: both value and metric; expected exactly one of bad, value, metric or alarm'],
  ],
  [
    'Prometheus is asked for nothing',
    prometheus(''),
    [
      'missing metrics[2].source: none of requests with bad, histogram with slowerThan, value, query; expected exactly one of requests with bad, histogram with slowerThan, value or query',
    ],
  ],
  [
    'Prometheus is asked for two things',
    prometheus(`, bad: '${HITS}', query: up`),
    [
      'key metrics[2].source.query: both bad and query; expected exactly one of requests with bad, histogram with slowerThan, value or query',
    ],
  ],
  [
    'counters have no bad ones',
    prometheus(`, requests: '${HITS}'`),
    ['missing metrics[2].source.bad: no bad; expected bad with requests'],
  ],
  [
    'bad ones have no requests',
    prometheus(`, bad: '${HITS}'`),
    ['missing metrics[2].source.requests: no requests; expected requests with bad'],
  ],
  [
    'a histogram has no bound',
    prometheus(', histogram: d_bucket'),
    ['missing metrics[2].source.slowerThan: no slowerThan; expected slowerThan with histogram'],
  ],
  [
    'bounds have no histogram',
    prometheus(', slowerThan: [1s]'),
    ['missing metrics[2].source.histogram: no histogram; expected histogram with slowerThan'],
  ],
  [
    'series are of a value',
    prometheus(`, value: '${HITS}', series: many`),
    ['key metrics[2].source.series: series without query; expected series with query only'],
  ],
];

describe('what a source measures is refused where', () => {
  it.each(refused)('%s', (_, plan, mistakes) => {
    expect(issuesOf(plan)).toEqual(mistakes);
  });
});

describe('what a source measures is as it should be where', () => {
  it.each([['series are of a query', prometheus(', query: up, series: many')]])('%s', (_, plan) => {
    expect(issuesOf(plan)).toEqual([]);
  });
});

describe('a plan and its workload', () => {
  const read = parseWorkload(readFileSync('examples/workload.yaml', 'utf8'), 'workload.yaml');
  if (read.kind !== 'workload') throw new Error('the example is no workload');
  const { workload } = read;
  const scraped = { ...workload, sources: { prometheus: { url: 'https://p.example', sigv4: false } } };
  const preview = `${SMALL_PLAN}preview: { header: { name: a, value: b } }\n`;

  it('fit where the workload has what the plan asks for', () => {
    expect(issuesOf(SMALL_PLAN, workload)).toEqual([]);
    expect(issuesOf(preview, workload)).toEqual([]);
    expect(issuesOf(prometheus(', query: up'), scraped)).toEqual([]);
  });

  it('are told where they do not fit', () => {
    const { previewRule: _, ...router } = workload.router as AlbRouting;
    expect(
      issuesOf(`${prometheus(', query: up')}preview: { header: { name: a, value: b } }\n`, {
        ...workload,
        name: 'till',
        router,
      }),
    ).toEqual([
      "value workload: 'checkout'; expected 'till', which is the workload that was given; perhaps till",
      "key preview: a preview, which the router of 'till' cannot do; expected a previewRule in the workload's router, or no preview",
      "value metrics[2].source.kind: 'prometheus', and the workload 'till' names none; expected sources.prometheus in the workload",
    ]);
  });

  it('are not told of a plan that names no workload, which is a mistake already', () => {
    expect(issuesOf(SMALL_PLAN.replace('workload: checkout\n', ''), workload)).toEqual([
      'missing workload: no workload; expected a name of lower-case letters, digits and dashes that starts with a letter, at most 57 characters',
    ]);
  });

  it('are not told of a source that is a mistake', () => {
    expect(issuesOf(withMetric('5', ''), workload)).toHaveLength(1);
  });

  it('are told without metrics, too', () => {
    expect(
      issuesOf(
        'apiVersion: sluice/v1\nkind: Plan\nworkload: till\nstrategy: canary\nsteps: [{ setWeight: 100 }]\n',
        workload,
      ),
    ).toHaveLength(1);
  });
});
