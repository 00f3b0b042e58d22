import { type Secrets, SecretUnusableError } from './secrets.ts';

export interface FakeSecrets extends Secrets {
  /** By ARN; an object is kept as JSON is. */
  readonly values: Map<string, string | Record<string, string>>;
}

/** Secrets in memory. */
export function fakeSecrets(): FakeSecrets {
  const values: FakeSecrets['values'] = new Map();
  return {
    values,
    async read(arn, jsonKey) {
      const kept = values.get(arn);
      if (kept === undefined) throw new SecretUnusableError(`GetSecretValue of ${arn}: ResourceNotFoundException`);
      const text = typeof kept === 'string' ? kept : JSON.stringify(kept);
      const found =
        jsonKey === undefined
          ? text
          : typeof kept === 'string' || !Object.hasOwn(kept, jsonKey)
            ? undefined
            : kept[jsonKey];
      if (found !== undefined && found !== '') return found;
      const what = jsonKey === undefined ? 'no text' : `no text at the key ${jsonKey}`;
      throw new SecretUnusableError(`secret ${arn} has ${what}`);
    },
  };
}
