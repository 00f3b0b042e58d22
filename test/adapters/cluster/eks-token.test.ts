import { describe, expect, it } from 'vitest';
import { signEksToken } from '../../../adapters/cluster/eks-token.ts';

const sign = (region: string) =>
  signEksToken({
    clusterName: 'prod',
    region,
    // the example key of AWS' documentation
    credentials: {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
      sessionToken: 'session/token+==',
    },
    nowEpochMs: Date.UTC(2026, 10, 21, 12),
  });
const urlOf = (token: string) => new URL(Buffer.from(token.slice('k8s-aws-v1.'.length), 'base64url').toString());

describe('the token of an EKS cluster', () => {
  it('is the presigned GetCallerIdentity that botocore signs, with the cluster’s name in it', async () => {
    // Act
    const token = await sign('eu-west-1');

    // Assess: the signature is botocore 1.43.11's for the same key, instant and cluster
    expect(token).toMatch(/^k8s-aws-v1\.[\w-]+$/);
    const url = urlOf(token);
    expect(url.origin).toBe('https://sts.eu-west-1.amazonaws.com');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      Action: 'GetCallerIdentity',
      Version: '2011-06-15',
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': 'AKIDEXAMPLE/20261121/eu-west-1/sts/aws4_request',
      'X-Amz-Date': '20261121T120000Z',
      'X-Amz-Expires': '60',
      'X-Amz-SignedHeaders': 'host;x-k8s-aws-id',
      'X-Amz-Security-Token': 'session/token+==',
      'X-Amz-Signature': 'ab6e205437aa85980d1746787b15890d9db0f8ef3d16cba74bc195013558c6cd',
    });
  });

  it('asks the STS of China in China', async () => {
    expect(urlOf(await sign('cn-north-1')).hostname).toBe('sts.cn-north-1.amazonaws.com.cn');
  });
});
