import type { Hash, Hmac } from 'node:crypto';
import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

export interface AwsCredentials {
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
}

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
  const signer = new SignatureV4({ service: 'sts', region, credentials, sha256: Sha256 });
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

type Bytes = string | ArrayBuffer | ArrayBufferView;
const bytesOf = (data: Bytes): string | Uint8Array => {
  if (typeof data === 'string') return data;
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
};

/** The signer's hash on node:crypto; with a secret an HMAC. */
class Sha256 {
  private readonly secret: Bytes | undefined;
  private hash: Hash | Hmac;
  constructor(secret?: Bytes) {
    this.secret = secret;
    this.hash = this.start();
  }
  update(data: Bytes): void {
    this.hash.update(bytesOf(data));
  }
  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.hash.digest());
  }
  reset(): void {
    this.hash = this.start();
  }
  private start(): Hash | Hmac {
    return this.secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(this.secret));
  }
}
