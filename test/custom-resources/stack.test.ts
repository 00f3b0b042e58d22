import { describe } from 'vitest';
import { openDynamoDbLedger } from '../../adapters/ledger/dynamodb-ledger.ts';
import { openDynamoDbWorkloads } from '../../adapters/workloads/dynamodb-workloads.ts';
import * as listenerRule from '../../functions/custom-resources/listener-rule.ts';
import * as registeredWorkload from '../../functions/custom-resources/registered-workload.ts';
import { openCaller } from './answer-bucket.ts';
import { openShop } from './shop-stack.ts';
import { keepsStackContract } from './stack.contract.ts';

describe('the stack of a workload', () => {
  keepsStackContract(options =>
    openShop(async ({ env, lab }) => {
      const deps = {
        ...lab.deps,
        ledger: openDynamoDbLedger(env, lab.deps.clock),
        workloads: openDynamoDbWorkloads(env),
      };
      const handlers = {
        'sluice-listener-rule': listenerRule.makeHandler(deps),
        'sluice-registered-workload': registeredWorkload.makeHandler(deps),
      };
      return openCaller(handlers);
    }, options),
  );
});
