import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { makeCertificates } from '../../../../lab/kubernetes/certificates.ts';

/** A real TLS server in a cluster's place, in which there is nothing: whoever verifies its certificate is told so. */
export interface TlsCluster {
  endpoint: string;
  /** As EKS gives it: of the authority that signed the certificate that it shows now. */
  certificateAuthority(): string;
  /** The tokens that it was called with, in order. */
  tokens: string[];
  /** Another authority, and a certificate of it; connections that were open are gone, as after a rotation. */
  rotate(): Promise<void>;
  close(): Promise<void>;
}

export async function openTlsCluster(): Promise<TlsCluster> {
  let certificates = await makeCertificates();
  const tokens: string[] = [];
  const server = createServer({ cert: certificates.cert, key: certificates.key }, (request, response) => {
    tokens.push(String(request.headers.authorization));
    response.writeHead(404, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'Status', reason: 'NotFound', message: 'nothing is here' }));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificateAuthority: () => Buffer.from(certificates.ca).toString('base64'),
    tokens,
    async rotate() {
      certificates = await makeCertificates();
      server.setSecureContext({ cert: certificates.cert, key: certificates.key });
      server.closeAllConnections();
    },
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
