import { expect, it } from 'vitest';
import { type Secrets, SecretUnusableError } from '../../../adapters/secrets/secrets.ts';

export interface SecretsSetup {
  secrets: Secrets;
  /** @returns its ARN */
  put(name: string, text: string | Record<string, string>): Promise<string>;
}

export const keepsSecretsContract = (open: () => Promise<SecretsSetup>) => {
  it('reads a text as it is, and a member of an object by its key', async () => {
    const { secrets, put } = await open();
    expect(await secrets.read(await put('plain', 's3cret'))).toBe('s3cret');
    expect(await secrets.read(await put('json', { clientSecret: 'hidden', other: 'x' }), 'clientSecret')).toBe(
      'hidden',
    );
  });

  it.each<[string, string | Record<string, string>, string | undefined]>([
    ['a key that it does not have', { clientSecret: 'hidden' }, 'secret'],
    ['a key of what is no object', 'hidden', 'clientSecret'],
    ['an empty member', { clientSecret: '' }, 'clientSecret'],
    ['a key that every object has', { clientSecret: 'hidden' }, 'constructor'],
  ])('with %s is unusable, and the error does not tell what is in it', async (_, text, key) => {
    const { secrets, put } = await open();
    const arn = await put('wrong', text);
    const error = await secrets.read(arn, key).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SecretUnusableError);
    expect((error as Error).message).toContain(arn);
    expect((error as Error).message).not.toContain('hidden');
  });

  it('that is not there is unusable', async () => {
    const { secrets } = await open();
    const gone = 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:gone-AbCdEf';
    await expect(secrets.read(gone)).rejects.toThrow(SecretUnusableError);
  });
};
