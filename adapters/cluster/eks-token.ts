import { SignatureV4 } from '@smithy/signature-v4';
import * as z from 'zod';
import type { AwsCredentials, Env } from '../aws-client-config.ts';
import type { Clock } from '../clock.ts';
import { SignerSha256 } from '../signer-sha256.ts';

/** EKS takes a token for 15 minutes after it was signed (aws-iam-authenticator); a fresh one is made after 10. */
export const EKS_TOKEN_REFRESH_MS = 10 * 60 * 1000;
/** X-Amz-Expires, as `aws eks get-token` sets it: for STS itself; the authenticator counts its own 15 minutes. */
const PRESIGN_SECONDS = 60;

const environmentSchema = z.object({
  AWS_REGION: z.string().min(1),
  AWS_ACCESS_KEY_ID: z.string().min(1),
  AWS_SECRET_ACCESS_KEY: z.string().min(1),
  AWS_SESSION_TOKEN: z.string().optional(),
});

/** Tokens for a cluster, signed with the environment's credentials, each kept while it is good. */
export function eksTokens(env: Env, clusterName: string, clock: Clock): (fresh: boolean) => Promise<string> {
  const { AWS_REGION: region, ...given } = environmentSchema.parse(env);
  const credentials = {
    accessKeyId: given.AWS_ACCESS_KEY_ID,
    secretAccessKey: given.AWS_SECRET_ACCESS_KEY,
    ...(given.AWS_SESSION_TOKEN !== undefined && { sessionToken: given.AWS_SESSION_TOKEN }),
  };
  let kept: { token: string; signedAtEpochMs: number } | undefined;
  return async fresh => {
    const nowEpochMs = clock.now();
    if (fresh || kept === undefined || nowEpochMs - kept.signedAtEpochMs > EKS_TOKEN_REFRESH_MS) {
      const token = await signEksToken({ clusterName, region, credentials, nowEpochMs });
      kept = { token, signedAtEpochMs: nowEpochMs };
    }
    return kept.token;
  };
}

/**
 * The bearer token of an EKS cluster: `k8s-aws-v1.` and the base64url of a presigned STS GetCallerIdentity that has the
 * cluster's name signed into it. Made without a call.
 */
export async function signEksToken(input: {
  clusterName: string;
  region: string;
  credentials: AwsCredentials;
  nowEpochMs: number;
}): Promise<string> {
  const { clusterName, region, credentials, nowEpochMs } = input;
  const host = `sts.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
  const signer = new SignatureV4({ service: 'sts', region, credentials, sha256: SignerSha256 });
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname: host,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host, 'x-k8s-aws-id': clusterName },
    },
    { signingDate: new Date(nowEpochMs), expiresIn: PRESIGN_SECONDS },
  );
  const query = new URLSearchParams(signed.query as Record<string, string>);
  return `k8s-aws-v1.${Buffer.from(`https://${host}/?${query}`).toString('base64url')}`;
}
