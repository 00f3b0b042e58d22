import { guessDuration } from '../file/guess-value.ts';
import { type Issue, type Path, valueAt } from '../file/issue.ts';
import { parseDurationSeconds } from '../file/units.ts';

type Fields = Readonly<Record<string, unknown>>;

const APPROVAL = 'approval: { name: go-live, groups: [leads] }';
const ARGO = [
  `pause: {}                - ${APPROVAL}`,
  'pause: { duration: 10m } - bake: 10m',
  "an analysis              judge: { kind: threshold, successCondition: '…' }",
];
const FLAGGER = [
  `a confirm webhook  - ${APPROVAL}`,
  'an interval        - bake: 10m, after - setWeight: 10',
  'a thresholdRange   judge: { kind: flagger, thresholdRange: { min: 99 } }',
];
const KAYENTA = [
  `a person's go  - ${APPROVAL}`,
  'a lifetime     - bake: 30m',
  'a judge        judge: { kind: mannWhitney }, with kayenta: { pass: 95 }',
];

/** Files of other tools, by the group of their apiVersion and their kind. */
const TOOLS: { group: RegExp; kinds: readonly string[]; tool: string; becomes: readonly string[] }[] = [
  {
    group: /^argoproj\.io\//,
    kinds: ['Rollout', 'AnalysisTemplate', 'ClusterAnalysisTemplate', 'AnalysisRun', 'Experiment'],
    tool: 'Argo Rollouts',
    becomes: ARGO,
  },
  {
    group: /^flagger\.app\//,
    kinds: ['Canary', 'MetricTemplate', 'AlertProvider'],
    tool: 'Flagger',
    becomes: FLAGGER,
  },
];

/** A file of another tool, or another file of ours, is one mistake: what it is and what of it a plan has. */
export function foreignFile(input: object): Issue | undefined {
  const { apiVersion, kind, spec } = input as Fields;
  if (apiVersion === 'sluice/v1') {
    if (kind !== 'Workload') return undefined;
    const found = "'Workload', a workload's file";
    return { path: ['kind'], at: 'value', found, expected: 'the file of a plan; a workload is given with --workload' };
  }
  const group = typeof apiVersion === 'string' ? apiVersion : '';
  const tool = TOOLS.find(one => one.group.test(group) || one.kinds.some(known => known === kind));
  const path = typeof kind === 'string' ? ['kind'] : typeof apiVersion === 'string' ? ['apiVersion'] : [];
  if (tool !== undefined) {
    const found = `${typeof kind === 'string' ? `'${kind}'` : 'a file'}, which is of ${tool.tool}`;
    return {
      path,
      at: 'value',
      found,
      expected: 'a plan (kind: Plan), which has the same in other words',
      becomes: tool.becomes,
    };
  }
  if (isKayenta(input as Fields)) {
    const expected = 'a plan (kind: Plan), which has the same in other words';
    return { path: [], at: 'value', found: 'a canary configuration of Kayenta', expected, becomes: KAYENTA };
  }
  if (typeof kind !== 'string' || kind === 'Plan' || (typeof spec !== 'object' && !/\/|^v1$/.test(group)))
    return undefined;
  const found = `'${kind}', an object of Kubernetes`;
  return {
    path,
    at: 'value',
    found,
    expected: 'a plan (apiVersion: sluice/v1, kind: Plan), which is no object of a cluster',
  };
}

const isKayenta = ({ metrics, classifier, judge, configVersion }: Fields): boolean =>
  Array.isArray(metrics) && (classifier !== undefined || configVersion !== undefined || isFields(judge));

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Steps and metrics of other tools in a plan: one mistake each, at the key that shows it. */
export function foreignParts(input: object): Issue[] {
  const { steps, metrics } = input as Fields;
  return [
    ...listOf(steps).flatMap((step, index) => foreignStep(step, index, listOf(steps))),
    ...listOf(metrics).flatMap(foreignMetric),
  ];
}

const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

const MIRRORS = 'nothing: a canary gets requests by weight only, or by the header of a preview';
/** Argo's other steps. */
const ARGO_STEPS: Record<string, string> = {
  experiment: "a preview, with '- hook' to test it",
  setCanaryScale: 'nothing: the canary is made large enough for its weight',
  setHeaderRoute: 'preview: { header: { name, value } } of the plan',
  setMirrorRoute: MIRRORS,
  plugin: "'- hook', which calls an address of yours",
};

function foreignStep(step: unknown, index: number, steps: readonly unknown[]): Issue[] {
  if (!isFields(step)) return [];
  const path: Path = ['steps', index];
  // a pause of 5m is one word away from a bake, and told as a key that is not known
  const isPlain = typeof step.pause === 'string' && parseDurationSeconds(step.pause) !== undefined;
  if (Object.hasOwn(step, 'pause') && !isPlain) return [pause(step.pause, [...path, 'pause'], approvalFor(steps))];
  if (isFields(step.analysis) && ['templates', 'args'].some(key => Object.hasOwn(step.analysis as Fields, key))) {
    const expected = "a metric with a judge under 'metrics', and here - analysis: { metrics: [NAME], count: 10 }";
    return [{ path: [...path, 'analysis'], at: 'key', found: "Argo Rollouts' analysis, of templates", expected }];
  }
  const key = Object.keys(ARGO_STEPS).find(one => Object.hasOwn(step, one));
  if (key === undefined) return [];
  return [
    { path: [...path, key], at: 'key', found: `'${key}', a step of Argo Rollouts`, expected: ARGO_STEPS[key] ?? '' },
  ];
}

/** An approval with a name that no other step has. */
function approvalFor(steps: readonly unknown[]): string {
  const names = steps.map(step => valueAt(step, ['approval', 'name']));
  const name = ['go-live', 'go-on', 'go-ahead'].find(one => !names.includes(one)) ?? `go-${steps.length}`;
  return APPROVAL.replace('go-live', name);
}

/** Without a duration a pause waits for a person; with one it is a bake. */
function pause(value: unknown, path: Path, approval: string): Issue {
  const duration = isFields(value) ? value.duration : value;
  const plain = { path, at: 'pair' as const };
  if (duration === undefined || duration === null || duration === '') {
    return { ...plain, found: 'a pause without an end', expected: `- ${approval}`, guess: approval };
  }
  const text = typeof duration === 'number' ? `${duration}s` : String(duration);
  const bake = parseDurationSeconds(text) === undefined ? guessDuration(duration, 'bake') : text;
  const found = 'a pause with a duration';
  if (bake === undefined) return { ...plain, found, expected: '- bake: 10m' };
  return { ...plain, found, expected: `- bake: ${bake}`, guess: `bake: ${bake}` };
}

function foreignMetric(metric: unknown, index: number): Issue[] {
  if (!isFields(metric) || Object.hasOwn(metric, 'source')) return [];
  const has = (...keys: string[]) => keys.find(key => Object.hasOwn(metric, key));
  const of = (key: string, tool: string, judge: string): Issue[] => [
    {
      path: ['metrics', index, key],
      at: 'key',
      found: `'${key}': a metric of ${tool}`,
      expected: `source: { kind: prometheus, … } and judge: ${judge}`,
    },
  ];
  const argo = has('provider', 'successCondition', 'failureCondition');
  if (argo !== undefined && !Object.hasOwn(metric, 'judge'))
    return of(argo, 'Argo Rollouts', '{ kind: threshold, successCondition }');
  const flagger = has('thresholdRange', 'templateRef');
  if (flagger !== undefined && !Object.hasOwn(metric, 'judge'))
    return of(flagger, 'Flagger', '{ kind: flagger, thresholdRange }');
  const kayenta = has('scopeName', 'analysisConfigurations');
  return kayenta === undefined ? [] : of(kayenta, 'Kayenta', '{ kind: mannWhitney }');
}
