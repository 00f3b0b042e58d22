import { randomUUID } from 'node:crypto';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, describe, expect, it } from 'vitest';
import { SecretsUnreachableError } from '../../../adapters/secrets/secrets.ts';
import { openSecrets } from '../../../adapters/secrets/secrets-manager.ts';
import { labClientConfig } from '../../../lab/aws/wire-server.ts';
import { startMoto } from '../../support/moto-server.ts';
import { keepsSecretsContract } from './secrets.contract.ts';

const moto = await startMoto();
afterAll(() => (moto.kind === 'there' ? moto.close() : undefined));

const env = (url: string) => ({
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'lab',
  AWS_SECRET_ACCESS_KEY: 'lab',
  AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
});

describe.skipIf(moto.kind === 'absent')(
  `secrets ${moto.kind === 'there' ? "in moto's Secrets Manager" : `skipped: ${moto.because}`}`,
  () => {
    keepsSecretsContract(async () => {
      if (moto.kind === 'absent') throw new Error(moto.because);
      const client = new SecretsManagerClient(labClientConfig(moto.url));
      return {
        secrets: openSecrets(env(moto.url)),
        async put(name, text) {
          const SecretString = typeof text === 'string' ? text : JSON.stringify(text);
          const made = await client.send(new CreateSecretCommand({ Name: `${name}-${randomUUID()}`, SecretString }));
          if (made.ARN === undefined) throw new Error('moto named no secret');
          return made.ARN;
        },
      };
    });
  },
);

it('nobody listens: a SecretsUnreachableError', async () => {
  await expect(openSecrets(env('http://127.0.0.1:1')).read('arn:secret')).rejects.toThrow(SecretsUnreachableError);
});
