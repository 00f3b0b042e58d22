import { SignatureV4 } from '@smithy/signature-v4';
import type { Env } from '../../aws-client-config.ts';
import { type HttpRequest, NoAnswerError } from '../../outbound/http-client.ts';
import { SignerSha256 } from '../../signer-sha256.ts';

/**
 * The request as Amazon Managed Prometheus wants it: signed with Signature Version 4 for the service `aps`, in the region of
 * the address or else of the environment.
 * https://docs.aws.amazon.com/prometheus/latest/userguide/AMP-APIReference.html
 * @throws NoAnswerError where the environment has no credentials, or nothing names a region
 */
export async function signForAps(
  request: HttpRequest,
  env: Env,
  signingDate?: Date,
): Promise<HttpRequest & { headers: Record<string, string> }> {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN } = env;
  const { protocol, hostname, host, pathname } = new URL(request.url);
  const region = /^aps-workspaces(?:-fips)?\.([a-z0-9-]+)\./.exec(hostname)?.[1] ?? env.AWS_REGION;
  if (accessKeyId === undefined || secretAccessKey === undefined || region === undefined) {
    throw new NoAnswerError('no AWS credentials or region in the environment to sign the request with');
  }
  const sessionToken = AWS_SESSION_TOKEN === undefined ? {} : { sessionToken: AWS_SESSION_TOKEN };
  const credentials = { accessKeyId, secretAccessKey, ...sessionToken };
  const signer = new SignatureV4({ service: 'aps', region, credentials, sha256: SignerSha256, applyChecksum: false });
  const { method, body } = request;
  const unsigned = { method, protocol, hostname, path: pathname, query: {}, headers: { ...request.headers, host } };
  const { headers } = await signer.sign(
    { ...unsigned, ...(body !== undefined && { body }) },
    signingDate === undefined ? {} : { signingDate },
  );
  const { host: _, ...sent } = headers as Record<string, string>; // fetch sets it itself, to the same
  return { ...request, headers: sent };
}
