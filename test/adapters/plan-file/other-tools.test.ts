import { describe, expect, it } from 'vitest';
import { serialiseMistakes } from '../../../adapters/plan-file/mistake.ts';
import { changed, mistakesOf, planOf, shortly } from './plan-text.ts';

const ROLLOUT = `apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: { name: checkout }
spec:
  replicas: 3
  strategy:
    canary:
      analysis: { templates: [{ templateName: success-rate }] }
      steps:
        - setWeight: 20
        - pause: {}
`;

describe('a file of another tool is one mistake, which says what it is and what it becomes', () => {
  it.each([
    ['a Rollout', ROLLOUT, "Rollout <- 'Rollout', which is of Argo Rollouts", 'threshold'],
    [
      'an AnalysisTemplate',
      'apiVersion: argoproj.io/v1alpha1\nkind: AnalysisTemplate\nspec: { metrics: [] }\n',
      "AnalysisTemplate <- 'AnalysisTemplate', which is of Argo Rollouts",
      'threshold',
    ],
    ['one without an apiVersion', 'kind: Rollout\n', "Rollout <- 'Rollout', which is of Argo", 'threshold'],
    [
      'one without a kind',
      'apiVersion: argoproj.io/v1alpha1\n',
      'argoproj.io/v1alpha1 <- a file, which is of Argo',
      '…',
    ],
    [
      'a Canary',
      'apiVersion: flagger.app/v1beta1\nkind: Canary\nspec: {}\n',
      "Canary <- 'Canary', which is of F",
      'flagger',
    ],
    [
      'a canary of Kayenta',
      '{ "name": "x", "configVersion": "1", "metrics": [{ "name": "a" }], "classifier": {} }',
      '{ <- a canary configuration of Kayenta',
      'mannWhitney',
    ],
  ])('%s', (_, text, expected, judge) => {
    const mistakes = mistakesOf(text);
    expect(mistakes.map(shortly).join('\n')).toMatch(expected);
    expect(mistakes).toHaveLength(1);
    const [approval = '', bake = '', judged = ''] = mistakes[0]?.becomes ?? [];
    expect([approval, bake, judged]).toEqual([
      expect.stringContaining('- approval: { name: go-live, groups: [leads] }'),
      expect.stringMatching(/- bake: \d+m/),
      expect.stringContaining(judge),
    ]);
    expect(judged).toContain('judge: {');
    for (const line of serialiseMistakes(mistakes).split('\n').slice(3)) expect(line.length).toBeLessThanOrEqual(80);
  });

  it.each([
    ['a Deployment', 'apiVersion: apps/v1\nkind: Deployment\nspec: {}\n', "'Deployment', an object of Kubernetes"],
    ['a ConfigMap', 'apiVersion: v1\nkind: ConfigMap\ndata: {}\n', "'ConfigMap', an object of Kubernetes"],
    ['a workload', 'apiVersion: sluice/v1\nkind: Workload\nname: x\n', "'Workload', a workload's file"],
  ])('%s too', (_, text, found) => {
    expect(mistakesOf(text).map(mistake => mistake.found)).toEqual([found]);
  });
});

describe("a step of Argo Rollouts' is one mistake", () => {
  it.each([
    ['pause: {}', 'approval: { name: go-on, groups: [leads] }'],
    ['pause:', 'approval: { name: go-on, groups: [leads] }'],
    ['pause: { duration: 10m }', 'bake: 10m'],
    ['pause: { duration: 600 }', 'bake: 600s'],
    ["pause: { duration: '0.5h' }", 'bake: 30m'],
    ['pause: 10 minutes', 'bake: 10m'],
  ])('%s: %s', (step, guess) => {
    const mistakes = mistakesOf(changed('bake: 5m', step));
    expect(mistakes).toMatchObject([{ path: 'steps[2].pause', guess }]);
    expect(planOf(changed('bake: 5m', guess)).steps).toHaveLength(6);
  });

  it('a pause over two lines has no guess that half of it would be left behind', () => {
    const mistakes = mistakesOf(changed('- bake: 5m', '- pause:\n      duration: 10m'));
    expect(mistakes).toMatchObject([{ expected: '- bake: 10m' }]);
    expect(mistakes[0]).not.toHaveProperty('guess');
  });

  it.each([
    ['analysis: { templates: [{ templateName: a }], args: [] }', 'a metric with a judge'],
    ['setCanaryScale: { weight: 5 }', 'large enough'],
    ['setHeaderRoute: { name: a, match: [] }', 'preview'],
    ['experiment: { duration: 5m, templates: [] }', 'preview'],
  ])('%s', (step, expected) => {
    expect(mistakesOf(changed('bake: 5m', step))).toMatchObject([{ expected: expect.stringContaining(expected) }]);
  });
});

describe('a metric of another tool is one mistake', () => {
  const SOURCE = 'source: { kind: cloudwatch, value: { percentile: 99 } }\n    judge: { kind: relative, max: 1.2 }';
  it.each([
    ['interval: 5m\n    successCondition: result[0] < 1\n    provider: { prometheus: { query: up } }', 'Argo Rollouts'],
    ['templateRef: { name: latency }\n    thresholdRange: { max: 500 }\n    interval: 1m', 'Flagger'],
    ['scopeName: default\n    groups: [a]\n    analysisConfigurations: {}', 'Kayenta'],
  ])('%s', (text, tool) => {
    expect(mistakesOf(changed(SOURCE, text))).toMatchObject([{ found: expect.stringContaining(tool) }]);
  });
});

describe('what Sluice does not talk to itself is told with what to use instead today', () => {
  it.each([
    ['kind: cloudwatch, value: { percentile: 99 }', 'kind: datadog, query: x, apiKey: y', 'datadog', /^json, with an/],
    ['kind: cloudwatch, value: { percentile: 99 }', 'kind: newRelic, query: x', 'newRelic', /^json/],
    ['kind: cloudwatch, value: { percentile: 99 }', 'kind: thanos, query: x', 'thanos', /^prometheus/],
    ['kind: cloudwatch, value: { percentile: 99 }', 'kind: web, url: x', 'web', /^json/],
    ['kind: cloudwatch, value: { percentile: 99 }', 'kind: job', 'job', /hook/],
    ['soak: 15m', "soak: 15m\nnotify: [{ kind: slack, channel: '#a' }]", 'slack', /^sns, with a Lambda/],
    ['soak: 15m', 'soak: 15m\nnotify: [{ kind: email, to: a@b.example, on: [held] }]', 'email', /^sns/],
    ['soak: 15m', 'soak: 15m\nnotify: [{ kind: pagerduty, key: x }]', 'pagerduty', /^sns/],
    ['kind: relative, max: 1.2', 'kind: kayenta, score: 95', 'kayenta', /^mannWhitney/],
  ])('%j written %j', (was, written, under, instead) => {
    const mistakes = mistakesOf(changed(was, written));
    expect(mistakes.map(shortly)).toEqual([`${under} <- '${under}'`]);
    expect(mistakes[0]?.expected).toMatch(instead);
  });
});

describe('a variable that is written as elsewhere is told as ours', () => {
  const query = (text: string) =>
    changed(
      'source: { kind: cloudwatch, value: { percentile: 99 } }\n    judge: { kind: relative, max: 1.2 }',
      `source: { kind: prometheus, query: '${text}' }\n    judge: { kind: threshold, failureCondition: 'result[0] > 5' }`,
    );

  it.each([
    ['max(x{a="{{slot}}"})', '{{slot}}', '${slot}'],
    ['max(x{a="{{ .slot }}"})', '{{ .slot }}', '${slot}'],
    ['max(x{a="{{ args.service-name }}"})', '{{ args.service-name }}', '${workload}'],
    ['max(x{a="${{ slot }}"})', '${{ slot }}', '${slot}'],
    ['rate(x[{{ interval }}])', '{{ interval }}', '${window}'],
    ['max(x{a="$slot"})', '$slot', '${slot}'],
    ['max(x{a="$(revision)"})', '$(revision)', '${revision}'],
    ['max(x{a="{slot}"})', '{slot}', '${slot}'],
    ['max(x{a="${ slot }"})', '${ slot }', '${slot}'],
    ['rate(x[$__rate_interval])', '$__rate_interval', '${window}'],
  ])('%s', (text, under, guess) => {
    const mistakes = mistakesOf(query(text));
    expect(mistakes.map(shortly)).toEqual([expect.stringContaining(`${under} <- `)]);
    expect(mistakes[0]?.guess).toBe(guess);
    expect(mistakesOf(query(text.replace(under, () => guess)))).toEqual([]);
  });

  it('each of them, in one go', () => {
    expect(mistakesOf(query('x{a="{{slot}}", b="{{ workload }}"}')).map(({ guess }) => guess)).toEqual([
      '${slot}',
      '${workload}',
    ]);
  });

  it.each(['x{a=~"b$"}', 'label_replace(x, "a", "$1", "b", "(.*)")', 'x{a=~".{3}"}'])('but not %s', text => {
    expect(mistakesOf(query(text))).toEqual([]);
  });
});
