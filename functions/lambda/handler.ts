import middy from '@middy/core';
import * as z from 'zod';
import type { Log } from '../../adapters/log/log.ts';
import type { SharedDeps } from '../../application/shared-deps.ts';
import { BadInputError } from '../../domain/errors.ts';
import { isReleaseId, workloadOf } from '../../domain/release-id.ts';

/** Of Lambda's context, what we use. */
export interface CallContext {
  awsRequestId?: string;
  /** Until Lambda ends the process. A caller that is not Lambda has none. */
  getRemainingTimeInMillis?(): number;
}

export type LambdaHandler<Output> = (event: unknown, context?: CallContext) => Promise<Output>;

const namesSchema = z.looseObject({ releaseId: z.string().optional(), workload: z.string().optional() });

/**
 * What all handlers share: log context, metrics and error mapping. `act` gets a log that already names the function, the
 * request and, where the event has them, workload and release; the ledger adds seq as soon as it is read.
 */
export function makeLambda<Output>(
  name: string,
  deps: SharedDeps,
  act: (event: unknown, log: Log, context: CallContext) => Promise<Output>,
): LambdaHandler<Output> {
  const logs = new WeakMap<object, { log: Log; startedAtMs: number }>(); // by request: two at once keep apart
  const of = (context: object) => logs.get(context) ?? { log: deps.log, startedAtMs: performance.now() };
  const lambda = middy<unknown, Output>(async (event: unknown, context: CallContext) =>
    act(event, of(context).log, context),
  ).use({
    before: ({ event, context }) => {
      const names = namesSchema.safeParse(event);
      const { releaseId: release, workload } = names.success ? names.data : {};
      const requestId = (context as CallContext).awsRequestId;
      const fields = { function: name, requestId, release, workload: workload ?? workloadIn(release) };
      logs.set(context, { log: deps.log.with(fields), startedAtMs: performance.now() });
    },
    after: ({ context }) => {
      deps.meter.count(`${name}.done`);
      deps.meter.milliseconds(`${name}.duration`, performance.now() - of(context).startedAtMs);
    },
    onError: request => {
      deps.meter.count(`${name}.failed`);
      const { error } = request;
      if (error instanceof z.ZodError) {
        request.error = new BadInputError(`${name}: ${z.prettifyError(error)}`, { cause: error });
      }
      const because = { error: request.error?.name, because: request.error?.message };
      of(request.context).log.error(`${name} failed`, because);
    },
  });
  // middy hands the context on by reference; a caller without one (the lab) gets a fresh one per call
  return (event, context) => lambda(event, { ...context } as never);
}

const workloadIn = (releaseId: string | undefined): string | undefined =>
  releaseId !== undefined && isReleaseId(releaseId) ? workloadOf(releaseId) : undefined;
