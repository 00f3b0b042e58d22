import { setTimeout as pause } from 'node:timers/promises';
import type { Env } from '../../adapters/aws-client-config.ts';
import type { CloudFormationRequest, Made } from '../../application/custom-resources/request.ts';
import { isCloudFormationsAddress } from './answer-address.ts';
import { type Answer, makeCustomResource } from './custom-resource.ts';
import type { LambdaHandler } from './handler.ts';
import { lazily, openedOnce, openShared } from './open.ts';

/**
 * A custom resource as Lambda calls it. What cannot be opened is an answer too: a stack that hears nothing waits for its own
 * time-out, and then knows nothing of a variable that is not set.
 * @param open what `act` needs, at the first request of a cold start
 */
export function customResource<Deps>(
  name: string,
  open: (env: Env) => Deps | Promise<Deps>,
  act: (deps: Deps, request: CloudFormationRequest) => Promise<Made>,
): LambdaHandler<Answer | undefined> {
  const opened = openedOnce(open);
  return lazily(env =>
    makeCustomResource(name, { ...openShared(env), pause, isAnswerAddress: isCloudFormationsAddress }, async request =>
      act(await opened(), request),
    ),
  );
}
