import * as z from 'zod';
import { parsedJson } from '../../../domain/parsed-json.ts';
import type { Secrets } from '../../secrets/secrets.ts';
import { RegistryRefusedError } from '../image-registry.ts';

/** As ECR's pull-through caches have it, and with `password` where people write it so. */
const secretSchema = z
  .looseObject({
    username: z.string().min(1),
    password: z.string().min(1).optional(),
    accessToken: z.string().min(1).optional(),
  })
  .transform(({ username, password, accessToken }) => ({ username, password: accessToken ?? password }));

/**
 * The value of an `Authorization: Basic` header. What the secret holds is in no error.
 * @throws RegistryRefusedError the secret is not of that shape
 */
export async function basicOf(secrets: Secrets, arn: string): Promise<string> {
  const text = await secrets.read(arn);
  const parsed = secretSchema.safeParse(parsedJson(text));
  if (!parsed.success || parsed.data.password === undefined) {
    throw new RegistryRefusedError(
      `secret ${arn} does not hold what a registry is asked with; expected {"username": "…", "password": "…"}, or accessToken in place of password`,
    );
  }
  const { username, password } = parsed.data;
  return `Basic ${Buffer.from(`${username}:${password}`, 'utf8').toString('base64')}`;
}
