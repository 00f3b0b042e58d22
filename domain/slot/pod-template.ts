import * as z from 'zod';

/**
 * The parts of a Kubernetes pod template that Sluice reads or changes; everything else is carried along untouched
 * (loose objects), also fields of newer Kubernetes versions that we have never heard of.
 */
const optionalRef = z.looseObject({ name: z.string().optional() });
const envSchema = z.looseObject({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.looseObject({ configMapKeyRef: optionalRef.optional() }).optional(),
});
const portSchema = z.looseObject({
  containerPort: z.number().int(),
  name: z.string().optional(),
  protocol: z.string().optional(),
});
const containerSchema = z.looseObject({
  name: z.string(),
  image: z.string().optional(),
  env: z.array(envSchema).optional(),
  envFrom: z.array(z.looseObject({ configMapRef: optionalRef.optional() })).optional(),
  ports: z.array(portSchema).optional(),
  restartPolicy: z.string().optional(),
});
const volumeSchema = z.looseObject({
  name: z.string(),
  configMap: optionalRef.optional(),
  image: z.looseObject({ reference: z.string().optional() }).optional(),
  projected: z
    .looseObject({ sources: z.array(z.looseObject({ configMap: optionalRef.optional() })).optional() })
    .optional(),
});
const keysSchema = z.record(z.string(), z.string());
export const podTemplateSchema = z.looseObject({
  metadata: z.looseObject({ labels: keysSchema.optional(), annotations: keysSchema.optional() }).optional(),
  spec: z.looseObject({
    containers: z.array(containerSchema),
    initContainers: z.array(containerSchema).optional(),
    volumes: z.array(volumeSchema).optional(),
  }),
});
export type PodTemplate = z.infer<typeof podTemplateSchema>;
export type PodContainer = z.infer<typeof containerSchema>;

/** Labels and annotations by which other tools find what is theirs: a slot that carried one would be pruned. */
const TRACKING_PREFIXES = [
  'argoproj.io',
  'fluxcd.io',
  'helm.sh',
  'k14s.io',
  'cattle.io',
  'kpt.dev',
  'config.k8s.io',
  'cli-utils.sigs.k8s.io',
  'configsync.gke.io',
  'configmanagement.gke.io',
  'applyset.kubernetes.io',
  'deployment.kubernetes.io',
  'sluice.dev',
];
const TRACKING_KEYS = [
  'pod-template-hash',
  'controller-revision-hash',
  'kubectl.kubernetes.io/last-applied-configuration',
];
/** Of the recommended labels, those that say what a thing is; `instance` and `managed-by` say whose it is. */
const RECOMMENDED_LABELS = ['name', 'version', 'component', 'part-of'];

/** True for a label or annotation of the team's own; false for one by which another tool tracks its objects. */
export function isTeamKey(key: string): boolean {
  if (TRACKING_KEYS.includes(key)) return false;
  const slash = key.indexOf('/');
  if (slash === -1) return true;
  const prefix = key.slice(0, slash);
  if (prefix === 'app.kubernetes.io') return RECOMMENDED_LABELS.includes(key.slice(slash + 1));
  return !TRACKING_PREFIXES.some(tracking => prefix === tracking || prefix.endsWith(`.${tracking}`));
}

const teamKeys = (keys: Record<string, string> | undefined): Record<string, string> =>
  Object.fromEntries(Object.entries(keys ?? {}).filter(([key]) => isTeamKey(key)));

/** The pod template as a slot may carry it: the spec whole, of the metadata the team's own labels and annotations. */
export function withoutTracking(template: PodTemplate): PodTemplate & { metadata: { labels: Record<string, string> } } {
  const annotations = teamKeys(template.metadata?.annotations);
  return {
    metadata: {
      labels: teamKeys(template.metadata?.labels),
      ...(Object.keys(annotations).length > 0 ? { annotations } : {}),
    },
    spec: template.spec,
  };
}

/** Every container, init containers too. */
export const containersOf = ({ spec }: PodTemplate): PodContainer[] => [
  ...spec.containers,
  ...(spec.initContainers ?? []),
];

/** Those that run for as long as the pod does: its containers, and the init containers that are native sidecars. */
export const runningContainers = ({ spec }: PodTemplate): PodContainer[] => [
  ...spec.containers,
  ...(spec.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always'),
];

export function mapContainers(template: PodTemplate, change: (container: PodContainer) => PodContainer): PodTemplate {
  const { containers, initContainers } = template.spec;
  return {
    ...template,
    spec: {
      ...template.spec,
      containers: containers.map(change),
      ...(initContainers !== undefined ? { initContainers: initContainers.map(change) } : {}),
    },
  };
}

/** Sets the image of each named container. */
export const withImages = (template: PodTemplate, images: Record<string, string>): PodTemplate =>
  mapContainers(template, container => {
    const image = images[container.name];
    return image === undefined ? container : { ...container, image };
  });

/** Names of the ConfigMaps that the pods refer to (env, envFrom, volumes, projected volumes), each once. */
export function configMapNames(template: PodTemplate): string[] {
  const names = new Set<string>();
  withConfigMapNames(template, name => {
    names.add(name);
    return name;
  });
  return [...names];
}

/** The same template with every reference to a ConfigMap renamed. */
export function withConfigMapNames(template: PodTemplate, rename: (name: string) => string): PodTemplate {
  const renamed = <T extends { name?: string | undefined }>(ref: T): T =>
    ref.name === undefined ? ref : { ...ref, name: rename(ref.name) };
  const pods = mapContainers(template, container => ({
    ...container,
    ...(container.env !== undefined
      ? {
          env: container.env.map(variable => {
            const ref = variable.valueFrom?.configMapKeyRef;
            return ref === undefined
              ? variable
              : { ...variable, valueFrom: { ...variable.valueFrom, configMapKeyRef: renamed(ref) } };
          }),
        }
      : {}),
    ...(container.envFrom !== undefined
      ? {
          envFrom: container.envFrom.map(source =>
            source.configMapRef === undefined ? source : { ...source, configMapRef: renamed(source.configMapRef) },
          ),
        }
      : {}),
  }));
  const volumes = pods.spec.volumes?.map(volume => ({
    ...volume,
    ...(volume.configMap !== undefined ? { configMap: renamed(volume.configMap) } : {}),
    ...(volume.projected?.sources !== undefined
      ? {
          projected: {
            ...volume.projected,
            sources: volume.projected.sources.map(source =>
              source.configMap === undefined ? source : { ...source, configMap: renamed(source.configMap) },
            ),
          },
        }
      : {}),
  }));
  return volumes === undefined ? pods : { ...pods, spec: { ...pods.spec, volumes } };
}
