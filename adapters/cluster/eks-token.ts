import { SignatureV4 } from '@smithy/signature-v4';
import type { AwsCredentials } from '../aws-client-config.ts';
import { SignerSha256 } from '../signer-sha256.ts';

/** EKS takes a token for 15 minutes after it was signed (aws-iam-authenticator); a fresh one is made after 10. */
export const EKS_TOKEN_REFRESH_MS = 10 * 60 * 1000;
/** X-Amz-Expires, as `aws eks get-token` sets it: for STS itself; the authenticator counts its own 15 minutes. */
const PRESIGN_SECONDS = 60;

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
