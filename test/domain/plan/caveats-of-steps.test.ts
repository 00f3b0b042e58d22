import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseWorkload } from '../../../adapters/plan-file/read-plan.ts';
import { caveats } from '../../../domain/plan/caveats.ts';
import type { Workload } from '../../../domain/workload.ts';
import {
  ALWAYS,
  ANY,
  CEILING,
  CEILING_ALONE,
  COUNTS,
  FIXED,
  LATE,
  metric,
  NO_4XX,
  NO_SOAK,
  planWith,
  type Row,
  SCRAPED,
  SCRAPES,
  STATUS_ONLY,
  steps,
  UNANSWERED,
  WAITS,
  WITHIN_MARGIN,
} from './promise-plans.ts';

const sentences: Row[] = [
  [
    'of weight 0 without a bake, nothing',
    [metric('errors', CEILING)],
    { steps: '[{ setWeight: 0 }, { setWeight: 5 }, { bake: 1h }, { setWeight: 100 }]' },
    [LATE, STATUS_ONLY(), CEILING_ALONE, WITHIN_MARGIN],
  ],
  [
    'of a control, what only its last requests would show, and nothing of weight 100',
    [metric('errors', '')],
    { keys: 'control: 2.5' },
    [
      LATE,
      STATUS_ONLY(),
      WITHIN_MARGIN,
      'control: the last 2.5 % of the requests move at the end of the soak, when stable is scaled down. A fault that only these requests show is not seen.',
    ],
  ],
  [
    'of the end of a plan, what no soak, proceed, and an open approval mean',
    [metric('errors', CEILING)],
    {
      ...steps(
        '{ bake: 1h }',
        '{ approval: { name: a, groups: [g] } }',
        "{ hook: { name: a, url: 'https://a.example' } }",
      ),
      soak: '0s',
      keys: 'hold: { then: proceed }',
    },
    [
      LATE,
      CEILING_ALONE,
      WITHIN_MARGIN,
      NO_SOAK,
      'hold.then: proceed continues although the metrics could not tell good from bad.',
      'The deadline does not run while an approval is open, nor during a hold for more data.',
    ],
  ],
  [
    'of a plan that ends as it should, nothing',
    [metric('errors', CEILING)],
    { ...steps('{ bake: 1h }', "{ hook: { name: a, url: 'https://a.example' } }"), keys: 'hold: { then: ask }' },
    [LATE, CEILING_ALONE, WITHIN_MARGIN],
  ],
  [
    'of blueGreen, that nobody can see it before',
    [metric('errors', CEILING)],
    { strategy: 'blueGreen', steps: '[{ setWeight: 100 }]' },
    [
      LATE,
      STATUS_ONLY(),
      CEILING_ALONE,
      WITHIN_MARGIN,
      'No preview: before the switch hooks and people cannot reach the new version through the load balancer.',
    ],
  ],
  [
    'of weights that are too short for CloudWatch, from 2 minutes and a window to 4 minutes and a window',
    [metric('errors', CEILING)],
    {
      steps:
        '[{ setWeight: 5 }, { bake: 1m }, { bake: 1m59s }, { setWeight: 10 }, { bake: 3m }, { setWeight: 20 }, { bake: 4m59s }, { setWeight: 30 }, { bake: 5m }, { setWeight: 40 }, { setWeight: 100 }, { bake: 1m }]',
      soak: '1m59s',
    },
    [
      LATE,
      STATUS_ONLY(),
      CEILING_ALONE,
      WITHIN_MARGIN,
      'Weight 5 (2m 59s), 40 (0s), 100 (2m 59s): shorter than a window and the delay of its metrics (3m at least). No window of this weight is judged before the next weight.',
      'Weight 10 (3m), 20 (4m 59s): when the metrics are late (up to 5m) no window of this weight is judged before the next weight.',
    ],
  ],
  [
    'of weights that are too short for Prometheus, from 20 s and a window to 60 s and a window',
    [ANY(SCRAPED)],
    {
      steps:
        '[{ setWeight: 5 }, { bake: 1m19s }, { setWeight: 10 }, { bake: 1m20s }, { setWeight: 20 }, { bake: 1m59s }, { setWeight: 30 }, { bake: 2m }, { setWeight: 100 }]',
      soak: '2m',
    },
    [
      SCRAPES,
      UNANSWERED,
      FIXED,
      'Weight 5 (1m 19s): shorter than a window and the delay of its metrics (1m 20s at least). No window of this weight is judged before the next weight.',
      'Weight 10 (1m 20s), 20 (1m 59s): when the metrics are late (up to 2m) no window of this weight is judged before the next weight.',
    ],
  ],
  [
    'of a weight that is long enough for the quickest source, nothing more',
    [ANY(SCRAPED), metric('errors', CEILING)],
    { steps: '[{ setWeight: 5 }, { bake: 1m20s }, { setWeight: 100 }]', soak: '2m' },
    [
      LATE,
      SCRAPES,
      CEILING_ALONE,
      WITHIN_MARGIN,
      FIXED,
      'Weight 5 (1m 20s): when the metrics are late (up to 2m) no window of this weight is judged before the next weight.',
    ],
  ],
  [
    'of a bake before any weight, that it only waits',
    [metric('errors', CEILING)],
    { steps: '[{ bake: 1h }, { setWeight: 5 }, { bake: 1h }, { setWeight: 100 }]' },
    [LATE, STATUS_ONLY(), CEILING_ALONE, WITHIN_MARGIN, WAITS],
  ],
  [
    'of a bake at weight 0, that it only waits',
    [metric('errors', CEILING)],
    { steps: '[{ setWeight: 0 }, { bake: 1h }, { setWeight: 5 }, { bake: 1h }, { setWeight: 100 }]' },
    [LATE, STATUS_ONLY(), CEILING_ALONE, WITHIN_MARGIN, WAITS],
  ],
  [
    'of an analysis, which waits for its measurements, and of a hook at weight 0, nothing',
    [metric('errors', CEILING)],
    {
      steps:
        "[{ hook: { name: a, url: 'https://a.example' } }, { setWeight: 5 }, { analysis: { metrics: [errors], count: 1 } }, { bake: 1m }, { setWeight: 100 }]",
    },
    [LATE, CEILING_ALONE, WITHIN_MARGIN],
  ],
  [
    'of short weights and bakes where nothing judges, nothing',
    [],
    { soak: '0s', steps: '[{ bake: 1h }, { setWeight: 5 }, { bake: 1m }, { setWeight: 100 }]' },
    ['No metric: nothing judges. Only readiness, hooks, approvals and people can stop this release.', NO_SOAK],
  ],
  [
    'of weight 100 without a soak, only that there is none',
    [metric('errors', CEILING)],
    { soak: '0s' },
    [LATE, STATUS_ONLY(), CEILING_ALONE, WITHIN_MARGIN, NO_SOAK],
  ],
];

describe('a plan is told what its steps cannot promise', () => {
  it.each(sentences)('%s', (_, metrics, rest, expected) => {
    expect(caveats(planWith(metrics, rest)).filter(said => said !== NO_4XX)).toEqual([...expected, ...ALWAYS]);
  });
});

describe('a workload adds to what cannot be promised', () => {
  const read = parseWorkload(readFileSync('examples/workload.yaml', 'utf8'), 'workload.yaml');
  if (read.kind !== 'workload') throw new Error('the example is no workload');
  const letIn = { ...read.workload.router, loadBalancerSecurityGroup: 'sg-0123456789abcdef0' };
  const workload = { ...read.workload, router: letIn };
  const said = (more: Partial<Workload>) => caveats(planWith([], { soak: '0s' }), { ...workload, ...more }).slice(2);

  it('whether anything moves the callers inside the cluster', () => {
    const nothing =
      'Requests from inside the cluster are not canaried: the workload names no service, so nothing sends them to the live slot.';
    expect(said({})).toEqual([nothing, ...ALWAYS.slice(1)]);
    expect(said({ service: 'checkout' })).toEqual(ALWAYS);
  });

  it('how long connections may live on, and that consumers of a queue work at full share', () => {
    expect(said({ service: 'checkout', connections: 'drain', maxDrainSeconds: 90, backgroundWork: 'safe' })).toEqual([
      ...ALWAYS,
      'connections: drain. After a roll back long connections to the canary may stay open for 1m 30s.',
      'backgroundWork: safe. Queue consumers of the canary take their full share of the work from its first pod on, whatever the traffic weight is.',
    ]);
    expect(said({ service: 'checkout', backgroundWork: 'none' })).toEqual(ALWAYS);
  });

  it('and not that there is no preview where a blueGreen plan has one', () => {
    const preview = {
      strategy: 'blueGreen',
      steps: '[{ setWeight: 100 }]',
      keys: 'preview: { header: { name: a, value: b } }',
    };
    expect(caveats(planWith([metric('errors', CEILING)], preview), workload).slice(0, -3)).toEqual([
      LATE,
      STATUS_ONLY(),
      CEILING_ALONE,
      WITHIN_MARGIN,
      NO_4XX,
    ]);
  });

  it('and answers whether there can be a preview', () => {
    const preview = planWith([], { soak: '0s', keys: 'preview: { header: { name: a, value: b } }' });
    expect(caveats(preview).slice(2)).toEqual([
      ...ALWAYS,
      "Whether the router can do a preview depends on the workload's previewRule: check with --workload FILE.",
    ]);
    expect(caveats(preview, workload).slice(3)).toEqual(ALWAYS.slice(1));
  });
});

describe('answers 4xx', () => {
  const TEAMS = '{ kind: prometheus, requests: \'hits{s="${slot}"}\', bad: \'hits{s="${slot}",MATCH}\' }';
  const sequential = (source: string) => metric('any', CEILING, source);
  it.each([
    ['failed requests', [sequential(COUNTS)]],
    ['late answers', [sequential('{ kind: cloudwatch, bad: { slowerThan: [1s] } }')]],
    ['a code 5xx', [sequential(TEAMS.replace('MATCH', 'code=~"5.."'))]],
  ])('are said to be invisible where a plan judges by %s alone', (_, metrics) => {
    expect(caveats(planWith(metrics))).toContain(NO_4XX);
  });
  it.each([
    ['answers 4xx', [sequential(COUNTS), sequential('{ kind: cloudwatch, bad: target4xx }').replace('any', 'other')]],
    ['a code 4xx or 5xx', [sequential(TEAMS.replace('MATCH', 'code=~"[45].."'))]],
    ['what is no 2xx', [sequential(TEAMS.replace('MATCH', 'code!~"2.."'))]],
    ["a query of the team's own", [ANY(SCRAPED)]],
    ['no metric', [], { soak: '0s' }],
  ])('are not mentioned where a plan judges by %s', (_, metrics, rest: Parameters<typeof planWith>[1] = {}) => {
    expect(caveats(planWith(metrics, rest))).not.toContain(NO_4XX);
  });
});
