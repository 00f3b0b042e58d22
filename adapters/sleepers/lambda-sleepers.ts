import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { awsClientConfig, describeFailure, type Env } from '../aws-client-config.ts';
import { type Sleepers, SleeperUnreachableError, STAY_AWAKE } from './sleepers.ts';

/** For one call with its repetitions: the reconciler has 55 s for everything. */
const WAKE_DEADLINE_MS = 8_000;

/** Calls without waiting for an answer: a cold start in a VPC takes longer than it says anything. */
export function lambdaSleepers(client: LambdaClient, functions: readonly string[]): Sleepers {
  return {
    functions,
    async wake(functionArn) {
      const Payload = JSON.stringify(STAY_AWAKE);
      const command = new InvokeCommand({ FunctionName: functionArn, InvocationType: 'Event', Payload });
      try {
        await client.send(command, { abortSignal: AbortSignal.timeout(WAKE_DEADLINE_MS) });
      } catch (cause) {
        // it was asleep, and the call has woken it
        if (cause instanceof Error && cause.name === 'ResourceNotReadyException') return;
        throw new SleeperUnreachableError(`Lambda did not call ${functionArn}: ${describeFailure(cause)}`, { cause });
      }
    },
  };
}

/** @param env KEEP_AWAKE, ARNs with commas between them; absent where no function is in a VPC */
export function openLambdaSleepers(env: Env): Sleepers {
  const functions = (env.KEEP_AWAKE ?? '').split(',').filter(arn => arn !== '');
  return lambdaSleepers(new LambdaClient(awsClientConfig(env, 'LAMBDA')), functions);
}
