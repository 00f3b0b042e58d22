import * as z from 'zod';
import { canRun } from '../../adapters/images/ecr-registry.ts';
import type { Log } from '../../adapters/log/log.ts';
import type { Workloads } from '../../adapters/workloads/workloads.ts';
import { type EcrPlace, ecrHostOf } from '../../domain/repository.ts';
import { type PushAnswer, takePushInputSchema } from '../operations/schemas/take-push.ts';
import { type TakePushDeps, takePush } from '../operations/take-push.ts';

export interface ImagePushedDeps extends TakePushDeps {
  workloads: Workloads;
  /** ECR of the control plane's own account and region: what is pushed there has no registry in a workload. */
  ownRegistry: EcrPlace;
}

/** EventBridge's "ECR Image Action". docs: "Sample events from Amazon ECR" */
export const pushEventSchema = z.looseObject({
  'detail-type': z.literal('ECR Image Action'),
  /** Where it was pushed: an event that a registry account forwards keeps its own. */
  account: z.string(),
  region: z.string(),
  /** When it happened. */
  time: z
    .string()
    .refine(text => !Number.isNaN(Date.parse(text)), 'expected an instant')
    .optional(),
  detail: z.looseObject({
    result: z.string(),
    'action-type': z.string(),
    'repository-name': z.string().min(1),
    'image-digest': z.string().regex(/^sha256:[0-9a-f]{64}$/),
    /** Empty or absent: pushed by digest, as the children of an index are. */
    'image-tag': z.string().optional(),
    'artifact-media-type': z.string().optional(),
  }),
});

/**
 * A push starts a release, of every workload that has its repository and a pattern that its tag matches.
 * The event comes at least once, in any order, and sometimes not at all: then the reconciler finds the push.
 */
export async function imagePushed(
  deps: ImagePushedDeps,
  { detail, time, account, region }: z.infer<typeof pushEventSchema>,
  log: Log,
): Promise<PushAnswer[]> {
  const { 'repository-name': repository, 'image-digest': digest, 'image-tag': tag = '' } = detail;
  const isPush = detail['action-type'] === 'PUSH' && detail.result === 'SUCCESS';
  if (!isPush || tag === '' || !canRun(detail['artifact-media-type'])) return [];
  const isOwn = account === deps.ownRegistry.account && region === deps.ownRegistry.region;
  const elsewhere = isOwn ? {} : { registry: ecrHostOf({ account, region }) };
  const announced = time === undefined ? {} : { announcedAtEpochMs: Date.parse(time) };
  return takePush(
    deps,
    takePushInputSchema.parse({ repository, ...elsewhere, tag, digest, by: 'push', ...announced }),
    log,
  );
}
