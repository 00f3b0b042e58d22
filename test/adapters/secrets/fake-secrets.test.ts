import { describe } from 'vitest';
import { fakeSecrets } from '../../../adapters/secrets/fake-secrets.ts';
import { keepsSecretsContract } from './secrets.contract.ts';

describe('the fake secrets', () => {
  keepsSecretsContract(async () => {
    const secrets = fakeSecrets();
    return {
      secrets,
      async put(name, text) {
        const arn = `arn:aws:secretsmanager:eu-west-1:123456789012:secret:${name}`;
        secrets.values.set(arn, text);
        return arn;
      },
    };
  });
});
