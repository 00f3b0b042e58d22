import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../adapters/sha256.ts';
import { type LabelSelector, selects } from '../../../domain/slot/label-selector.ts';
import { containersOf, podTemplateSchema } from '../../../domain/slot/pod-template.ts';
import { slotObjects } from '../../../domain/slot/slot-objects.ts';
import { checkout } from '../../adapters/cluster/cluster.contract.ts';
import { type Chart, charts } from '../../support/charts/charts.ts';

const PUSHED = `123456789012.dkr.ecr.eu-west-1.amazonaws.com/any@sha256:${'a'.repeat(64)}`;
const write = ({ podTemplate, selector, configMaps = {}, workload }: Chart, more: { port?: undefined } = {}) =>
  slotObjects({
    workload: { ...checkout, ...workload, ...more } as typeof checkout,
    slot: 'green',
    content: {
      revision: 'r',
      images: { [workload.container]: PUSHED },
      template: { podTemplate, configMaps, minReadySeconds: 0, selector: { matchLabels: selector } },
    },
    hash: sha256,
  });
const podsOf = (chart: Chart) =>
  podTemplateSchema.parse((write(chart).deployment.spec as { template: unknown }).template);

it('there are twenty', () => {
  expect(charts).toHaveLength(20);
  expect(new Set(charts.map(({ title }) => title)).size).toBe(20);
});

describe.each(charts)('$title', chart => {
  it('gets its requests at the port that is meant', () => {
    expect(write(chart).service.spec).toMatchObject({ ports: [{ targetPort: chart.requestPort }] });
  });

  it('has the pushed image wherever it is meant', () => {
    const pushed = containersOf(podsOf(chart)).filter(({ image }) => image === PUSHED);
    expect(pushed.map(({ name }) => name)).toEqual(chart.pushed);
  });

  it('is found by none of the selectors by which the chart’s Service finds pods', () => {
    expect(selects({ matchLabels: chart.selector }, podsOf(chart).metadata?.labels ?? {})).toBe(false);
  });

  it('selects its own pods wherever the chart’s affinity and spread do', () => {
    const own = { ...podsOf(chart).metadata?.labels };
    const { affinity, topologySpreadConstraints } = podsOf(chart).spec;
    const selectors = selectorsIn([
      (affinity as { podAntiAffinity?: unknown })?.podAntiAffinity,
      topologySpreadConstraints,
    ]);
    if (selectors.length > 0) expect(selectors.some(selector => selects(selector, own))).toBe(true);
  });

  it('needs to name a port where several could be meant, and not else', () => {
    const without = () => write(chart, { port: undefined });
    if (chart.withoutPort === undefined) expect(without().service).toEqual(write(chart).service);
    else expect(without).toThrow(chart.withoutPort);
  });
});

function selectorsIn(value: unknown): LabelSelector[] {
  if (Array.isArray(value)) return value.flatMap(selectorsIn);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === 'labelSelector' ? [child as LabelSelector] : selectorsIn(child),
  );
}
