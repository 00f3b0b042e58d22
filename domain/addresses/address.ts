/** What an address may be besides https to another computer. */
export interface AllowedAddresses {
  /** On this computer, over http too: the lab's. In a Lambda that is the runtime's own API, which a plan must not reach. */
  loopback: boolean;
  /** Over http. */
  http: boolean;
}

export interface RefusedAddress {
  /** What it is, where the address itself does not show what is wrong with it. */
  is?: string;
  expected: string;
}

/**
 * Why this address is never asked, as what it is and what is expected; undefined: it is asked. The same where a plan is
 * checked and where a function asks. An address inside a private network is allowed: a function may stand in it.
 */
export function refusedAddress(text: string, allowed: AllowedAddresses): RefusedAddress | undefined {
  const expected = expectedAddress(allowed);
  if (!URL.canParse(text)) return { expected };
  const { protocol, hostname, username, password } = new URL(text);
  // fetch refuses them with a TypeError that shows them
  if (username !== '' || password !== '') return { expected };
  const where = placeOf(hostname);
  if (where === 'linkLocal') return { is: 'a link-local address, where credentials are given out', expected };
  if (where === 'loopback' && !allowed.loopback) return { is: 'on this computer, which only the lab asks', expected };
  if (protocol === 'https:' || (protocol === 'http:' && (allowed.http || where === 'loopback'))) return undefined;
  return { expected };
}

/** In a sentence. @param name the address, without what should not be shown */
export const refusalText = (name: string, { is, expected }: RefusedAddress): string =>
  `${name} is not asked: expected ${expected}${is === undefined ? '' : `, and it is ${is}`}`;

export const expectedAddress = ({ http }: { http: boolean }): string =>
  `an ${http ? 'http or https' : 'https'} address without a user name and password in it`;

/** The URL parser has made plain numbers and names of every way to write them. */
function placeOf(hostname: string): 'loopback' | 'linkLocal' | 'elsewhere' {
  const host = hostname.replace(/\.$/, '');
  if (host === 'localhost' || host.endsWith('.localhost')) return 'loopback';
  if (/^(?:127\.|0\.)\d+\.\d+(?:\.\d+)?$/.test(host) || /^\[::(?:1|ffff:7f[\da-f]{2}:[\da-f]+)?\]$/.test(host))
    return 'loopback';
  if (/^169\.254\.\d+\.\d+$/.test(host) || /^\[(?:fe[89ab][\da-f]:|::ffff:a9fe:)/.test(host)) return 'linkLocal';
  return 'elsewhere';
}
