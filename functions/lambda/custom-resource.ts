import { isDenied } from '../../adapters/denied.ts';
import {
  type CloudFormationRequest,
  cloudFormationRequestSchema,
  type Made,
  NOTHING_MADE,
} from '../../application/custom-resources/request.ts';
import type { SharedDeps } from '../../application/shared-deps.ts';
import { ANSWER_MS, type Answer, sendAnswer } from './cloud-formation-answer.ts';
import { type CallContext, makeLambda } from './handler.ts';

export type { Answer } from './cloud-formation-answer.ts';

/*
 * How CloudFormation calls a custom resource, asynchronously, and is answered: by a PUT to an address that it signed.
 * docs: "Custom resource request/response reference". The address is a secret: whoever has it can answer.
 */

export interface CustomResourceDeps extends SharedDeps {
  /** Waits, in milliseconds of the wall. */
  pause(ms: number): Promise<unknown>;
  /** Whether an answer may be sent there. */
  isAnswerAddress(address: URL): boolean;
}

/**
 * What may be changed carries a tag, a stack tags and calls at once, and IAM takes some seconds to know a tag everywhere. 8
 * pauses of 10 s are 80 s, which the function's 120 s hold.
 */
const PERMISSION_PAUSES = 8;
const PERMISSION_PAUSE_MS = 10_000;
/** A call ends within 18 s (CALL_DEADLINE_MS), and most tries make more than one; those that are refused are quick. */
const TRY_MS = 18_000;

/** A handler that CloudFormation can call: `act` must be safe to repeat; what it throws is the reason of the failure. */
export const makeCustomResource = (
  name: string,
  deps: CustomResourceDeps,
  act: (request: CloudFormationRequest) => Promise<Made>,
) =>
  makeLambda(name, deps, async (event, log, context): Promise<Answer> => {
    const request = cloudFormationRequestSchema.parse(event);
    const { StackId, RequestId, LogicalResourceId } = request;
    // before anything is done: whoever calls without CloudFormation has no such address
    const address = new URL(request.ResponseURL);
    if (!deps.isAnswerAddress(address)) throw new Error(`${address.host} is no address of CloudFormation for answers`);
    const to = { StackId, RequestId, LogicalResourceId };
    const known = request.RequestType === 'Create' ? NOTHING_MADE : request.PhysicalResourceId;
    let answer: Answer;
    try {
      const { physicalId, attributes = {} } = await patiently(deps, context, () => act(request));
      answer = { Status: 'SUCCESS', PhysicalResourceId: physicalId, ...to, Data: attributes };
    } catch (error) {
      // a failure without a reason is not taken
      const because = (error instanceof Error ? error.message || error.name : String(error)) || 'nobody said why';
      log.error(`${request.RequestType} failed`, { because, stack: StackId, resource: LogicalResourceId });
      answer = { Status: 'FAILED', Reason: because, PhysicalResourceId: known, ...to };
    }
    return sendAnswer(request.ResponseURL, answer, deps.pause);
  });

/**
 * Tries again what is not permitted yet, and only as long as there is time to say why it failed: whom Lambda ends says
 * nothing, and the stack would wait for its own time-out.
 */
async function patiently<T>(deps: CustomResourceDeps, context: CallContext, act: () => Promise<T>): Promise<T> {
  const leftMs = () => context.getRemainingTimeInMillis?.() ?? Number.POSITIVE_INFINITY;
  for (let pauses = 0; ; pauses += 1) {
    try {
      return await act();
    } catch (error) {
      if (!isDenied(error)) throw error;
      const isLast = pauses >= PERMISSION_PAUSES || leftMs() < PERMISSION_PAUSE_MS + TRY_MS + ANSWER_MS;
      if (isLast) throw pauses === 0 ? error : stillDenied(error, pauses);
      await deps.pause(PERMISSION_PAUSE_MS);
    }
  }
}

function stillDenied(error: unknown, pauses: number): Error {
  const because = error instanceof Error ? error.message : String(error);
  const seconds = (pauses * PERMISSION_PAUSE_MS) / 1000;
  return new Error(`${because} (asked ${pauses + 1} times within ${seconds} s)`, { cause: error });
}
