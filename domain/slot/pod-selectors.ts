import { type LabelSelector, type Labels, labelSelectorSchema, meets, selects } from './label-selector.ts';
import type { PodTemplate } from './pod-template.ts';
import { WORKLOAD_LABEL } from './slot-labels.ts';

type Fields = Record<string, unknown>;

/** Whose labels: of the template's own pods, and of the slots' pods, which lack some and have others. */
export interface PodsSelected {
  original: Labels;
  slot: Labels;
  workload: string;
  namespace: string;
}

/**
 * Affinities and spread constraints select pods by labels, and charts use those that pods of slots lack: such a selector would
 * match no pod of a slot, and all its replicas could land on one node. One that means the template's own pods is asked for the
 * workload instead, one that leaves them out leaves out the workload; a selector of other pods stays.
 */
export function withReachableSelectors(template: PodTemplate, pods: PodsSelected): PodTemplate {
  const { affinity, topologySpreadConstraints } = template.spec;
  const spec = {
    ...template.spec,
    ...(isFields(affinity) && { affinity: withAffinity(affinity, pods) }),
    ...(isList(topologySpreadConstraints) && {
      topologySpreadConstraints: topologySpreadConstraints.map(constraint => withSelector(constraint, pods)),
    }),
  };
  return { ...template, spec };
}

const isFields = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
const isList = (value: unknown): value is Fields[] => Array.isArray(value) && value.every(isFields);

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

/** Of nodes nothing is changed: they have labels of their own. */
function withAffinity(affinity: Fields, pods: PodsSelected): Fields {
  const written = { ...affinity };
  for (const kind of ['podAffinity', 'podAntiAffinity']) {
    const terms = affinity[kind];
    if (!isFields(terms)) continue;
    const map = (term: Fields): Fields[] => {
      if (!isOfNamespace(term, pods.namespace)) return [term];
      const changed = withSelector(term, pods);
      // keeping away from several is a term for each; being near one of several is not, and means the workload then
      return kind === 'podAntiAffinity' && changed !== term && meansOthersToo(term, pods) ? [term, changed] : [changed];
    };
    const required = terms[REQUIRED];
    const preferred = terms[PREFERRED];
    written[kind] = {
      ...terms,
      ...(isList(required) && { [REQUIRED]: required.flatMap(map) }),
      ...(isList(preferred) && {
        [PREFERRED]: preferred.flatMap(item =>
          isFields(item.podAffinityTerm)
            ? map(item.podAffinityTerm).map(podAffinityTerm => ({ ...item, podAffinityTerm }))
            : [item],
        ),
      }),
    };
  }
  return written;
}

/** Without `namespaces` and `namespaceSelector` a term is about the pod's own; of a selector of namespaces nobody knows. */
function isOfNamespace({ namespaces, namespaceSelector }: Fields, own: string): boolean {
  if (isFields(namespaceSelector)) return true;
  return !Array.isArray(namespaces) || namespaces.length === 0 || namespaces.includes(own);
}

/** `field` has a labelSelector. The same object where nothing is to be changed. */
function withSelector(field: Fields, { original, slot, workload }: PodsSelected): Fields {
  const parsed = labelSelectorSchema.safeParse(field.labelSelector);
  if (!parsed.success) return field;
  const selector = parsed.data;
  const meant = selects(selector, original);
  if (meant === selects(selector, slot)) return field;
  const labelSelector = meant
    ? { ...withoutUnmet(selector, slot), matchLabels: { ...metLabels(selector, slot), [WORKLOAD_LABEL]: workload } }
    : {
        ...selector,
        matchExpressions: [
          ...(selector.matchExpressions ?? []),
          { key: WORKLOAD_LABEL, operator: 'NotIn', values: [workload] },
        ],
      };
  return { ...field, labelSelector };
}

const metLabels = ({ matchLabels = {} }: LabelSelector, slot: Labels): Labels =>
  Object.fromEntries(Object.entries(matchLabels).filter(([key, value]) => slot[key] === value));

function withoutUnmet(selector: LabelSelector, slot: Labels): LabelSelector {
  const { matchExpressions, ...rest } = selector;
  const met = matchExpressions?.filter(requirement => meets(slot, requirement)) ?? [];
  return met.length === 0 ? rest : { ...rest, matchExpressions: met };
}

/** A requirement that slots' pods do not meet is met by pods that are none of the template's as well. */
function meansOthersToo(field: Fields, { slot }: PodsSelected): boolean {
  const { matchExpressions = [] } = labelSelectorSchema.parse(field.labelSelector);
  return matchExpressions.some(
    requirement =>
      !meets(slot, requirement) && (requirement.operator !== 'In' || (requirement.values ?? []).length > 1),
  );
}
