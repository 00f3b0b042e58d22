import { describe } from 'vitest';
import { openDynamoDbLedger } from '../../adapters/ledger/dynamodb-ledger.ts';
import { openDynamoDbWorkloads } from '../../adapters/workloads/dynamodb-workloads.ts';
import * as listenerRule from '../../functions/custom-resources/listener-rule.ts';
import * as registeredWorkload from '../../functions/custom-resources/registered-workload.ts';
import { openAnswerBucket } from './answer-bucket.ts';
import { openShop } from './shop-stack.ts';
import { keepsStackContract } from './stack.contract.ts';

describe('the stack of a workload', () => {
  keepsStackContract(options =>
    openShop(async ({ env, lab }) => {
      const bucket = await openAnswerBucket();
      const deps = {
        ...lab.deps,
        ledger: openDynamoDbLedger(env, lab.deps.clock),
        workloads: openDynamoDbWorkloads(env),
      };
      const handlers: Record<string, (event: unknown) => Promise<unknown>> = {
        'sluice-listener-rule': listenerRule.makeHandler(deps),
        'sluice-registered-workload': registeredWorkload.makeHandler(deps),
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
