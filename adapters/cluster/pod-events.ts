import * as z from 'zod';
import { ClusterRefusedError } from './errors.ts';
import type { KubernetesApi } from './kubernetes-api.ts';

const eventSchema = z.looseObject({
  type: z.string().default('Normal'),
  reason: z.string().default(''),
  message: z.string().default(''),
  lastTimestamp: z.string().nullish(),
  eventTime: z.string().nullish(),
  metadata: z.looseObject({ creationTimestamp: z.string().nullish() }).default({}),
});
const listSchema = z.looseObject({ items: z.array(eventSchema) });

/**
 * What a pod that is being made may wait for. No others: the event of a probe or of a hook holds what a container printed,
 * which may be a secret.
 */
const TOLD =
  /^(Failed(Mount|AttachVolume|MapVolume|CreatePodSandBox|CreatePodContainer|ToRetrieveImagePullSecret)|NetworkNotReady|InspectFailed|Pulling)$/;
const MESSAGE_MOST = 300;

/** What the events of a pod say of why it is not made, in a few words; undefined: nothing. */
export async function podEvent(api: KubernetesApi, path: string, pod: string): Promise<string | undefined> {
  try {
    const fieldSelector = `involvedObject.kind=Pod,involvedObject.name=${pod}`;
    const { items } = listSchema.parse((await api.get(path, { fieldSelector, limit: '100' })) ?? { items: [] });
    const told = items.filter(({ reason }) => TOLD.test(reason)).toSorted(byWarningThenTime);
    const [newest] = told;
    return newest === undefined ? undefined : `${newest.reason}: ${newest.message.slice(0, MESSAGE_MOST)}`;
  } catch (error) {
    // rights of before: the rest of the sentence is worth as much
    if (!(error instanceof ClusterRefusedError)) throw error;
    return 'its events may say why, and Sluice may not read them (examples/cluster-access.yaml)';
  }
}

const at = ({ lastTimestamp, eventTime, metadata }: z.infer<typeof eventSchema>): string =>
  lastTimestamp ?? eventTime ?? metadata.creationTimestamp ?? '';

function byWarningThenTime(a: z.infer<typeof eventSchema>, b: z.infer<typeof eventSchema>): number {
  const warnings = Number(b.type === 'Warning') - Number(a.type === 'Warning');
  return warnings === 0 ? at(b).localeCompare(at(a)) : warnings;
}
