import * as z from 'zod';
import { count, duration } from '../file/field-schemas.ts';
import { DEFAULTS } from './defaults.ts';

const off = z.literal('off');

/** What of the canary's own pods is evidence, whatever the metrics say. */
export const canaryHealthSchema = z
  .strictObject({
    restarts: z
      .union([off, count(0)], { error: 'a whole number, 0 or more, or off' })
      .default(DEFAULTS.canaryHealth.restarts)
      .meta({
        description:
          "How many restarts of the canary's containers are borne from when it was first ready, in all of its pods together; one more rolls back. Not where stable's pods restart as often. off: restarts are no evidence.",
        examples: [3],
      }),
    lostReplicas: z
      .union([off, duration({ min: 1 })], { error: 'a duration such as 90s, 5m, 2h or 1h30m, above 0s, or off' })
      .default(DEFAULTS.canaryHealth.lostReplicas)
      .meta({
        description:
          'How long replicas that were available may be missing from a canary with traffic; then it rolls back. Pods that an autoscaler adds are not missed. Not where stable misses as many. off: they may be missing.',
        examples: ['5m'],
      }),
  })
  .default({ ...DEFAULTS.canaryHealth })
  .meta({
    description:
      "The canary's own pods as evidence: a crash loop and lost replicas roll back (notReady), whatever the metrics say.",
  });
