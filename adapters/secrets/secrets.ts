import { BlockedError, UnreachableError } from '../../domain/errors.ts';

/** Secrets by ARN. What is read is handed on and never kept, logged or put into an error. */
export interface Secrets {
  /**
   * @param jsonKey where the secret is a JSON object: which member of it
   * @throws SecretUnusableError it is not there, or not such a text @throws SecretsUnreachableError
   */
  read(arn: string, jsonKey?: string): Promise<string>;
}

/** The secret is not there, has no text, or has no such member. A person must change it. */
export class SecretUnusableError extends BlockedError {
  override readonly name = 'SecretUnusableError';
}

export class SecretsUnreachableError extends UnreachableError {
  override readonly name = 'SecretsUnreachableError';
}
