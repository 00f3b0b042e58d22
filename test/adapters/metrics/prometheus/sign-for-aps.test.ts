import { describe, expect, it } from 'vitest';
import { signForAps } from '../../../../adapters/metrics/prometheus/sign-for-aps.ts';

const request = {
  method: 'POST' as const,
  url: 'https://aps-workspaces.eu-west-1.amazonaws.com/workspaces/ws-1/api/v1/query',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: 'query=up&time=1',
};
// the example key of AWS' documentation; the region of the address goes before that of the environment
const env = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
  AWS_REGION: 'us-east-1',
};
const noon = new Date(Date.UTC(2026, 10, 21, 12));
const scope = 'AKIDEXAMPLE/20261121/eu-west-1/aps/aws4_request';

describe('a request to Amazon Managed Prometheus', () => {
  it('is signed as botocore 1.43.11 signs it', async () => {
    const { headers } = await signForAps(request, env, noon);
    expect(headers).toEqual({
      'content-type': 'application/x-www-form-urlencoded',
      'x-amz-date': '20261121T120000Z',
      authorization: `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=content-type;host;x-amz-date, Signature=1b98d97d287225b31bc79d843b0f690fed9658a78d87bfae116e6fbe6e51edb3`,
    });
  });

  it('is signed as botocore signs it with a session', async () => {
    const { headers } = await signForAps(request, { ...env, AWS_SESSION_TOKEN: 'session/token+==' }, noon);
    expect(headers['x-amz-security-token']).toBe('session/token+==');
    expect(headers.authorization).toMatch(/7b91314004fd0c40d690f4f2be4c51c27be8ee9c0175a0003968789d995960ea$/);
  });

  it('is signed for the region of the environment where the address has none', async () => {
    const { headers } = await signForAps({ ...request, url: 'https://prometheus.example/api/v1/query' }, env, noon);
    expect(headers.authorization).toContain('/us-east-1/aps/');
  });
});
