import { canonicalJson } from '../canonical-json.ts';
import type { Workload } from '../workload.ts';
import type { LabelSelector } from './label-selector.ts';
import { configMapNames, podTemplateSchema, withoutTracking } from './pod-template.ts';
import { withPushedImages } from './pushed-images.ts';
import { keptLabels } from './slot-labels.ts';

export interface RevisionInput {
  /** Image URI by digest, per container that a push names; others of the same repository get it as well. */
  images: Record<string, string>;
  podTemplate: unknown;
  /** Data by ConfigMap name; those that the template does not refer to do not count. */
  configMaps: Record<string, Record<string, string>>;
  /** binaryData (base64) by ConfigMap name, where a ConfigMap has any. */
  configMapBinaryData?: Record<string, Record<string, string>>;
  /** Of the team's Deployment. */
  selector?: LabelSelector;
  /** What it says of a slot's content. */
  workload?: Pick<Workload, 'port' | 'keepLabels' | 'labels'>;
}

/**
 * What a release moves a workload to, as 12 hexadecimal digits: the image digests by container, the pod template as a
 * slot would carry it, and the content of the ConfigMaps that it refers to. The same bytes give the same revision on
 * any registry and after any GitOps tool has put its labels on the template.
 * @param sha256 hex digest of a text
 */
export function revisionOf(input: RevisionInput, sha256: (text: string) => string): string {
  const { workload = {}, selector } = input;
  const own = podTemplateSchema.parse(input.podTemplate);
  const clean = withoutTracking(own);
  const template = { ...clean, metadata: { ...clean.metadata, labels: keptLabels(workload, own, selector) } };
  const names = configMapNames(template);
  const content = {
    // absent where the workload says nothing of them
    port: workload.port,
    labels: workload.labels,
    // the template's own image of a pushed container never runs, so a new tag there alone is no new revision
    podTemplate: withPushedImages(template, input.images, digestOf),
    configMaps: Object.fromEntries(names.map(name => [name, input.configMaps[name]])),
    binaryData: Object.fromEntries(names.map(name => [name, input.configMapBinaryData?.[name]])),
  };
  return sha256(canonicalJson(content)).slice(0, 12);
}

/** `sha256:…` of an image URI by digest; the URI itself where it has none. */
const digestOf = (uri: string): string => uri.slice(uri.indexOf('@') + 1);
