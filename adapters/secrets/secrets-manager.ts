import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parsedJson } from '../../domain/parsed-json.ts';
import { awsClientConfig, CALL_DEADLINE_MS, describeFailure, type Env } from '../aws-client-config.ts';
import { isDenied, sharedTagHint } from '../denied.ts';
import { type Secrets, SecretsUnreachableError, SecretUnusableError } from './secrets.ts';

/** Refusals that no repetition cures. One without permission is none: IAM takes some seconds to know a tag. */
const UNUSABLE = /^(?:ResourceNotFound|InvalidParameter|InvalidRequest|DecryptionFailure)/;

/** AWS Secrets Manager. */
function secretsManager(client: SecretsManagerClient): Secrets {
  return {
    async read(arn, jsonKey) {
      const { SecretString: text } = await client
        .send(new GetSecretValueCommand({ SecretId: arn }), { abortSignal: AbortSignal.timeout(CALL_DEADLINE_MS) })
        .catch((error: unknown) => {
          const hint = isDenied(error) ? sharedTagHint(`secret ${arn}`) : '';
          const message = `GetSecretValue of ${arn}: ${describeFailure(error)}${hint}`;
          if (error instanceof Error && UNUSABLE.test(error.name))
            throw new SecretUnusableError(message, { cause: error });
          throw new SecretsUnreachableError(message, { cause: error });
        });
      const found = jsonKey === undefined ? text : memberOf(text, jsonKey);
      if (typeof found === 'string' && found !== '') return found;
      const what = jsonKey === undefined ? 'no text' : `no text at the key ${jsonKey}`;
      throw new SecretUnusableError(`secret ${arn} has ${what}`);
    },
  };
}

function memberOf(text: string | undefined, key: string): unknown {
  const parsed = text === undefined ? undefined : parsedJson(text);
  return typeof parsed === 'object' && parsed !== null && Object.hasOwn(parsed, key)
    ? (parsed as Record<string, unknown>)[key]
    : undefined;
}

/** @param env AWS_REGION, credentials, AWS_ENDPOINT_URL_SECRETS_MANAGER where it is not AWS itself */
export const openSecrets = (env: Env): Secrets =>
  secretsManager(new SecretsManagerClient(awsClientConfig(env, 'SECRETS_MANAGER')));
