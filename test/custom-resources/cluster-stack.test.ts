import { describe } from 'vitest';
import { openDynamoDbDeployedVersions } from '../../adapters/deployed/dynamodb-deployed-versions.ts';
import * as cluster from '../../functions/custom-resources/cluster.ts';
import * as deployedVersion from '../../functions/custom-resources/deployed-version.ts';
import { openAnswerBucket } from './answer-bucket.ts';
import { keepsClusterStackContract } from './cluster-stack.contract.ts';
import { openClusterStack } from './cluster-stack.ts';

describe('the stack of a control plane', () => {
  keepsClusterStackContract(options =>
    openClusterStack(async ({ env, lab }) => {
      const bucket = await openAnswerBucket();
      const handlers: Record<string, (event: unknown) => Promise<unknown>> = {
        'sluice-cluster': cluster.makeHandler(lab.deps),
        'sluice-deployed-version': deployedVersion.makeHandler({
          ...lab.deps,
          deployed: openDynamoDbDeployedVersions(env),
        }),
      };
      return {
        bucket,
        addressOf: path => `http://127.0.0.1:${bucket.port}${path}`,
        invoke: async (functionArn, event) => {
          const handler = handlers[functionArn.split(':').at(-1) ?? ''];
          if (handler === undefined) throw new Error(`the stack calls ${functionArn}, which is not here`);
          return handler(event);
        },
        close: bucket.close,
      };
    }, options),
  );
});
