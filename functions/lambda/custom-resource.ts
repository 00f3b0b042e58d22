import { isNamed } from '../../adapters/router/alb/rule-keeper.ts';
import {
  type CloudFormationRequest,
  cloudFormationRequestSchema,
  type Made,
  NOTHING_MADE,
} from '../../application/custom-resources/request.ts';
import type { SharedDeps } from '../../application/shared-deps.ts';
import { makeLambda } from './handler.ts';

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

export interface Answer {
  Status: 'SUCCESS' | 'FAILED';
  Reason?: string;
  PhysicalResourceId: string;
  StackId: string;
  RequestId: string;
  LogicalResourceId: string;
  Data?: Record<string, string>;
}

/**
 * A stack attaches the permission and calls at once, and IAM takes some seconds to know it everywhere. 8 pauses of 10 s are
 * 80 s, which the function's 120 s hold.
 */
const PERMISSION_PAUSES = 8;
const PERMISSION_PAUSE_MS = 10_000;
const ANSWER_TIMEOUT_MS = 18_000;
/** CloudFormation takes 4,096 bytes in all. */
const MOST_REASON_LENGTH = 2_000;

/** A handler that CloudFormation can call: `act` must be safe to repeat; what it throws is the reason of the failure. */
export const makeCustomResource = (
  name: string,
  deps: CustomResourceDeps,
  act: (request: CloudFormationRequest) => Promise<Made>,
) =>
  makeLambda(name, deps, async (event, log): Promise<Answer> => {
    const request = cloudFormationRequestSchema.parse(event);
    const { StackId, RequestId, LogicalResourceId } = request;
    // before anything is done: whoever calls without CloudFormation has no such address
    const address = new URL(request.ResponseURL);
    if (!deps.isAnswerAddress(address)) throw new Error(`${address.host} is no address of CloudFormation for answers`);
    const to = { StackId, RequestId, LogicalResourceId };
    const known = request.RequestType === 'Create' ? NOTHING_MADE : request.PhysicalResourceId;
    let answer: Answer;
    try {
      const { physicalId, attributes = {} } = await patiently(deps, () => act(request));
      answer = { Status: 'SUCCESS', PhysicalResourceId: physicalId, ...to, Data: attributes };
    } catch (error) {
      const because = error instanceof Error ? error.message : String(error);
      log.error(`${request.RequestType} failed`, { because, stack: StackId, resource: LogicalResourceId });
      answer = { Status: 'FAILED', Reason: because.slice(0, MOST_REASON_LENGTH), PhysicalResourceId: known, ...to };
    }
    await send(request.ResponseURL, answer);
    return answer;
  });

async function patiently<T>(deps: CustomResourceDeps, act: () => Promise<T>): Promise<T> {
  for (let pauses = 0; ; pauses += 1) {
    try {
      return await act();
    } catch (error) {
      if (!isNamed(error, 'AccessDenied') || pauses >= PERMISSION_PAUSES) throw error;
      await deps.pause(PERMISSION_PAUSE_MS);
    }
  }
}

/** @throws Error where it was not taken: Lambda calls again, and after the last time the call is a dead letter */
async function send(url: string, answer: Answer): Promise<void> {
  const body = JSON.stringify(answer);
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  // the address is signed for an empty content type
  const response = await fetch(url, { method: 'PUT', headers: { 'content-type': '' }, body, signal });
  if (!response.ok) throw new Error(`CloudFormation did not take the answer: status ${response.status}`);
}
