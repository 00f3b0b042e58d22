import { isDeepStrictEqual } from 'node:util';
import { invalid } from './api-error.ts';
import type { Json, JsonObject } from './schema.ts';
import { isObject } from './schema.ts';

/** A kind of object that the lab's API serves. */
export interface Resource {
  /** '' for the core group. */
  group: string;
  version: string;
  plural: string;
  kind: string;
  shortNames: string[];
  subresources: string[];
}

export const RESOURCES: readonly Resource[] = [
  {
    group: 'apps',
    version: 'v1',
    plural: 'deployments',
    kind: 'Deployment',
    shortNames: ['deploy'],
    subresources: ['scale', 'status'],
  },
  { group: '', version: 'v1', plural: 'pods', kind: 'Pod', shortNames: ['po'], subresources: ['log', 'status'] },
  { group: '', version: 'v1', plural: 'services', kind: 'Service', shortNames: ['svc'], subresources: [] },
  { group: '', version: 'v1', plural: 'configmaps', kind: 'ConfigMap', shortNames: ['cm'], subresources: [] },
  { group: '', version: 'v1', plural: 'secrets', kind: 'Secret', shortNames: [], subresources: [] },
  {
    group: 'autoscaling',
    version: 'v2',
    plural: 'horizontalpodautoscalers',
    kind: 'HorizontalPodAutoscaler',
    shortNames: ['hpa'],
    subresources: [],
  },
  {
    group: 'networking.k8s.io',
    version: 'v1',
    plural: 'networkpolicies',
    kind: 'NetworkPolicy',
    shortNames: ['netpol'],
    subresources: [],
  },
  {
    group: 'policy',
    version: 'v1',
    plural: 'poddisruptionbudgets',
    kind: 'PodDisruptionBudget',
    shortNames: ['pdb'],
    subresources: [],
  },
  {
    group: 'elbv2.k8s.aws',
    version: 'v1beta1',
    plural: 'targetgroupbindings',
    kind: 'TargetGroupBinding',
    shortNames: [],
    subresources: [],
  },
];

export const apiVersionOf = ({ group, version }: Resource): string => (group === '' ? version : `${group}/${version}`);
export const resourceName = ({ group, plural }: Resource): string => (group === '' ? plural : `${plural}.${group}`);

export function resourceOf(kind: string): Resource {
  const resource = RESOURCES.find(candidate => candidate.kind === kind);
  if (resource === undefined) throw new RangeError(`the lab's Kubernetes does not serve ${kind}`);
  return resource;
}

/** The value at a path of field names; undefined where a step is missing. */
export function at(value: Json | undefined, ...path: string[]): Json | undefined {
  let current = value;
  for (const name of path) {
    if (!isObject(current)) return undefined;
    current = current[name];
  }
  return current;
}

/** The defaults that the lab's controllers and clients rely on, as the API server fills them in. */
export function withDefaults(resource: Resource, object: JsonObject): JsonObject {
  if (resource.kind !== 'Deployment' || !isObject(object.spec)) return object;
  const spec: JsonObject = { replicas: 1, progressDeadlineSeconds: 600, ...object.spec };
  const template = spec.template;
  if (isObject(template) && isObject(template.spec)) {
    spec.template = {
      ...template,
      spec: { terminationGracePeriodSeconds: 30, restartPolicy: 'Always', ...template.spec },
    };
  }
  return { ...object, spec };
}

/** The validation that a wrong slot would run into on a real API server. @throws ApiError 422 */
export function validate(resource: Resource, object: JsonObject, before: JsonObject | undefined): void {
  const name = String(at(object, 'metadata', 'name'));
  const refuse: (field: string, message: string) => never = (field, message) => {
    throw invalid(`${resource.kind}${resource.group === '' ? '' : `.${resource.group}`}`, name, field, message);
  };
  if (!/^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name)) {
    refuse('metadata.name', `Invalid value: "${name}": a lowercase RFC 1123 subdomain must consist of lower case`);
  }
  if (resource.kind === 'Deployment') {
    const selector = at(object, 'spec', 'selector', 'matchLabels');
    const labels = at(object, 'spec', 'template', 'metadata', 'labels');
    const containers = at(object, 'spec', 'template', 'spec', 'containers');
    if (!isObject(selector)) refuse('spec.selector', 'Required value');
    if (!Array.isArray(containers) || containers.length === 0) {
      refuse('spec.template.spec.containers', 'Required value');
    }
    const matches = Object.entries(selector).every(([key, value]) => isObject(labels) && labels[key] === value);
    if (!matches) refuse('spec.template.metadata.labels', '`selector` does not match template `labels`');
    if (before !== undefined && !isDeepStrictEqual(at(before, 'spec', 'selector'), at(object, 'spec', 'selector'))) {
      refuse('spec.selector', 'Invalid value: field is immutable');
    }
    const replicas = at(object, 'spec', 'replicas');
    if (typeof replicas !== 'number' || replicas < 0) refuse('spec.replicas', 'must be greater than or equal to 0');
  }
  if (resource.kind === 'Service' && !Array.isArray(at(object, 'spec', 'ports')))
    refuse('spec.ports', 'Required value');
  if (resource.kind === 'ConfigMap' && before?.immutable === true) {
    for (const field of ['immutable', 'data', 'binaryData']) {
      if (!isDeepStrictEqual(before[field], object[field])) {
        refuse(field, 'Forbidden: field is immutable when `immutable` is set');
      }
    }
  }
  if (resource.kind === 'HorizontalPodAutoscaler') {
    const minimum = Number(at(object, 'spec', 'minReplicas') ?? 1);
    if (minimum < 1) refuse('spec.minReplicas', 'must be greater than or equal to 1');
    if (minimum > Number(at(object, 'spec', 'maxReplicas'))) {
      refuse('spec.maxReplicas', 'must be greater than or equal to `minReplicas`');
    }
  }
  // the AWS Load Balancer Controller's webhook
  if (resource.kind === 'TargetGroupBinding' && at(object, 'spec', 'targetType') === undefined) {
    refuse('spec.targetType', 'TargetGroupBinding must specify targetType');
  }
}
