import { randomBytes } from 'node:crypto';
import { generate } from 'selfsigned';

export interface Certificates {
  /** PEM; what a client has to trust. */
  ca: string;
  /** PEM of the server for 127.0.0.1 and localhost, signed by that authority. */
  cert: string;
  key: string;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** A certificate authority and one server certificate, new for each lab, good for a week of real time. */
export async function makeCertificates(): Promise<Certificates> {
  // a day of slack for a wall clock that is a little off
  const validity = { notBeforeDate: new Date(Date.now() - DAY_MS), notAfterDate: new Date(Date.now() + 7 * DAY_MS) };
  const common = { keyType: 'ec', algorithm: 'sha256', ...validity } as const;
  const serial = randomBytes(4).toString('hex');
  const authority = await generate([{ name: 'commonName', value: `sluice-lab-ca-${serial}` }], {
    ...common,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'sluice-lab-kubernetes' }], {
    ...common,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: '127.0.0.1' },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
  return { ca: authority.cert, cert: server.cert, key: server.private };
}
