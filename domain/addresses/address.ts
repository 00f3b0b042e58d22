import { type Ip, ipOf, isInside, meantBy, networkOf } from './ip.ts';

/** Where a plan's addresses may lead to, besides the internet. */
export interface Destinations {
  /** This computer: the lab's. In a Lambda that is the runtime's own API. */
  loopback?: boolean;
  /** Networks that are not the internet's, such as `10.20.0.0/16`; `all`: on a person's own computer. Absent: none. */
  privateNetworks?: readonly string[] | 'all';
}

/** What an address may be besides https to another computer. */
export interface AllowedAddresses {
  /** On this computer, over http too. */
  loopback: boolean;
  /** Over http. */
  http: boolean;
}

export interface RefusedAddress {
  /** What it is, where the address itself does not show what is wrong with it. */
  is?: string;
  expected: string;
}

/** Whose an address is. */
type Whose = 'nobodys' | 'loopback' | 'private' | 'internet';

/**
 * The first list that has an address says whose it is. What is nobody's service no list opens: 169.254.0.0/16 and
 * fd00:ec2::/32 are where AWS gives out credentials; 64:ff9b:1::/48 (RFC 8215) and 2001::/32 (Teredo) stand for IPv4 addresses
 * that nobody sees in them.
 */
const NETWORKS: readonly (readonly [Whose, readonly string[]])[] = [
  [
    'nobodys',
    [
      '0.0.0.0/8',
      '169.254.0.0/16',
      '224.0.0.0/4',
      '240.0.0.0/4',
      '::/128',
      'fd00:ec2::/32',
      'fe80::/10',
      'ff00::/8',
      '64:ff9b:1::/48',
      '2001::/32',
    ],
  ],
  ['loopback', ['127.0.0.0/8', '::1/128']],
  // RFC 1918, 6598 (which EKS uses for pods), 2544, 6890, 4193 and 3879
  [
    'private',
    [
      '10.0.0.0/8',
      '172.16.0.0/12',
      '192.168.0.0/16',
      '100.64.0.0/10',
      '198.18.0.0/15',
      '192.0.0.0/24',
      'fc00::/7',
      'fec0::/10',
    ],
  ],
];

const listed = NETWORKS.map(([whose, networks]) => ({
  whose,
  networks: networks.flatMap(one => networkOf(one) ?? []),
}));

const whoseIs = (ip: Ip): Whose =>
  listed.find(({ networks }) => networks.some(network => isInside(meantBy(ip), network)))?.whose ?? 'internet';

const NOBODYS = 'a link-local or reserved address, where credentials are given out';
const LOOPBACK = 'on this computer, which only the lab asks';

/**
 * Why this address is never asked, as what it is and what is expected; undefined: it is asked, as far as its text says. The
 * same where a plan is checked and where a function asks. A private address is allowed here: whether a function stands in that
 * network is the control plane's to say (`refusedDestination`).
 * @example refusedAddress('http://169.254.169.254/', { loopback: false, http: true })?.is // a link-local or reserved address, …
 */
export function refusedAddress(text: string, allowed: AllowedAddresses): RefusedAddress | undefined {
  const expected = expectedAddress(allowed);
  if (!URL.canParse(text)) return { expected };
  const { protocol, hostname, username, password } = new URL(text);
  // whoever sends a request refuses them with an error that shows them
  if (username !== '' || password !== '') return { expected };
  const whose = whoseHost(hostname);
  if (whose === 'nobodys') return { is: NOBODYS, expected };
  if (whose === 'loopback' && !allowed.loopback) return { is: LOOPBACK, expected };
  if (protocol === 'https:' || (protocol === 'http:' && (allowed.http || whose === 'loopback'))) return undefined;
  return { expected };
}

/** @param hostname of a parsed URL, which has made plain numbers and names of every way to write them */
function whoseHost(hostname: string): Whose {
  const host = hostname.replace(/\.$/, '');
  if (host === 'localhost' || host.endsWith('.localhost')) return 'loopback';
  const ip = ipOf(host);
  // where a name leads is looked at when it is connected to
  return ip === undefined ? 'internet' : whoseIs(ip);
}

/**
 * Why nothing is asked at this IP address; undefined: it may be. Of the address that a name was resolved to, so that a name
 * which leads somewhere else tomorrow leads nowhere.
 * @param text as the resolver says it, or the host of an address: IPv4 or IPv6
 * @throws RangeError a network of the list is none
 */
export function refusedDestination(
  text: string,
  { loopback = false, privateNetworks = [] }: Destinations,
): string | undefined {
  const ip = ipOf(text);
  if (ip === undefined) return `${text} is no IP address`;
  const whose = whoseIs(ip);
  if (whose === 'nobodys') return `${text} is ${NOBODYS}`;
  if (whose === 'loopback') return loopback ? undefined : `${text} is ${LOOPBACK}`;
  if (whose === 'internet' || privateNetworks === 'all') return undefined;
  const opened = privateNetworks.map(network => {
    const mistake = networkMistake(network);
    if (mistake !== undefined) throw new RangeError(mistake);
    return networkOf(network);
  });
  if (opened.some(network => network !== undefined && isInside(meantBy(ip), network))) return undefined;
  return `${text} is in a private network that the control plane's privateNetworks does not name`;
}

/** What is wrong with a network of the control plane's list; undefined: nothing. */
export const networkMistake = (text: string): string | undefined =>
  networkOf(text) === undefined
    ? `${text} is no network; expected an address and the length of its prefix, such as 10.20.0.0/16`
    : undefined;

/** In a sentence. @param name the address, without what should not be shown */
export const refusalText = (name: string, { is, expected }: RefusedAddress): string =>
  `${name} is not asked: expected ${expected}${is === undefined ? '' : `, and it is ${is}`}`;

export const expectedAddress = ({ http }: { http: boolean }): string =>
  `an ${http ? 'http or https' : 'https'} address without a user name and password in it`;
