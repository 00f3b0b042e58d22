import type { PodTemplate } from './pod-template.ts';
import { isTeamKey } from './pod-template.ts';

type Labels = Record<string, unknown>;
const isLabels = (value: unknown): value is Labels =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

/** Fields of a pod's spec that select pods by their labels. */
const SELECTING = ['affinity', 'topologySpreadConstraints'];

/**
 * Affinities and spread constraints select pods by their own labels, and charts use the very labels that a slot must
 * not carry (`app.kubernetes.io/instance`): such a selector would match no pod of the slot, and all its replicas could
 * land on one node. Where `original` had the label that a selector asks for and a slot drops it, `replacement` is asked
 * for instead.
 */
export function withReachableSelectors(
  template: PodTemplate,
  original: Record<string, string> | undefined,
  replacement: Record<string, string>,
): PodTemplate {
  const isDropped = ([key, value]: [string, unknown]) => !isTeamKey(key) && original?.[key] === value;
  const mapSelectors = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(mapSelectors);
    if (!isLabels(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, child]) => {
        if (key !== 'matchLabels' || !isLabels(child)) return [key, mapSelectors(child)];
        const kept = Object.entries(child).filter(label => !isDropped(label));
        const isChanged = kept.length < Object.keys(child).length;
        return [key, isChanged ? { ...Object.fromEntries(kept), ...replacement } : child];
      }),
    );
  };
  const fields = Object.entries(template.spec).map(([field, value]) =>
    SELECTING.includes(field) ? [field, mapSelectors(value)] : [field, value],
  );
  return { ...template, spec: Object.fromEntries(fields) };
}
