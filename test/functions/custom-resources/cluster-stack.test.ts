import { describe } from 'vitest';
import * as cluster from '../../../functions/custom-resources/cluster.ts';
import { openAnswerBucket } from './answer-bucket.ts';
import { keepsClusterStackContract } from './cluster-stack.contract.ts';
import { openClusterStack } from './cluster-stack.ts';

describe('the stack of a control plane', () => {
  keepsClusterStackContract(options =>
    openClusterStack(async ({ lab }) => {
      const bucket = await openAnswerBucket();
      const handler = cluster.makeHandler(lab.deps);
      return {
        bucket,
        addressOf: path => `http://127.0.0.1:${bucket.port}${path}`,
        invoke: async (functionArn, event) => {
          if (!functionArn.endsWith(':sluice-cluster')) throw new Error(`the stack calls ${functionArn}: not here`);
          return handler(event);
        },
        close: bucket.close,
      };
    }, options),
  );
});
