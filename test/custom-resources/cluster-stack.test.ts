import { describe } from 'vitest';
import { openDynamoDbDeployedVersions } from '../../adapters/deployed/dynamodb-deployed-versions.ts';
import * as cluster from '../../functions/custom-resources/cluster.ts';
import * as deployedVersion from '../../functions/custom-resources/deployed-version.ts';
import { openCaller } from './answer-bucket.ts';
import { keepsClusterStackContract } from './cluster-stack.contract.ts';
import { openClusterStack } from './cluster-stack.ts';

describe('the stack of a control plane', () => {
  keepsClusterStackContract(options =>
    openClusterStack(async ({ env, lab }) => {
      const handlers = {
        'sluice-cluster': cluster.makeHandler(lab.deps),
        'sluice-deployed-version': deployedVersion.makeHandler({
          ...lab.deps,
          deployed: openDynamoDbDeployedVersions(env),
        }),
      };
      return openCaller(handlers);
    }, options),
  );
});
