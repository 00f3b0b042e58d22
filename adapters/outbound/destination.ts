import { BlockList, isIPv6 } from 'node:net';
import type { Destinations } from './destinations.ts';

/** What is nobody's service: no list opens it. fd00:ec2::/32 and 169.254.0.0/16 are where AWS gives out credentials. */
const NEVER = [
  '0.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  'fd00:ec2::/32',
  'fe80::/10',
  'ff00::/8',
];
const LOOPBACK = ['127.0.0.0/8', '::1/128'];
/** RFC 1918, 4193, 6598 (which EKS uses for pods), 2544 and 3879. */
const PRIVATE = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '198.18.0.0/15',
  '192.0.0.0/24',
  'fc00::/7',
  'fec0::/10',
];

const lists = { never: listOf(NEVER), loopback: listOf(LOOPBACK), private: listOf(PRIVATE) };

/**
 * Why nothing is asked at this address; undefined: it may be. Of the address that a name was resolved to, so that a name which
 * leads somewhere else tomorrow leads nowhere.
 * @param ip as the resolver says it: IPv4, or IPv6, also one with an IPv4 address in it
 */
export function refusedDestination(
  ip: string,
  { loopback = false, privateNetworks = [] }: Destinations,
): string | undefined {
  const address = embedded(ip) ?? ip;
  if (isIn(lists.never, address)) return `${ip} is a link-local or reserved address, where credentials are given out`;
  if (isIn(lists.loopback, address)) return loopback ? undefined : `${ip} is this computer, which only the lab asks`;
  if (!isIn(lists.private, address) || privateNetworks === 'all' || isIn(listOf(privateNetworks), address))
    return undefined;
  return `${ip} is in a private network that the control plane's privateNetworks does not name`;
}

/** What is wrong with a network of the list; undefined: nothing. */
export function networkMistake(text: string): string | undefined {
  try {
    listOf([text]);
    return undefined;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return `${text} is no network; expected an address and the length of its prefix, such as 10.20.0.0/16`;
  }
}

/** @throws RangeError for what is no network */
function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [, address = '', prefix = ''] = /^([\da-fA-F.:]+)\/(\d{1,3})$/.exec(network) ?? [];
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    try {
      list.addSubnet(address, Number(prefix === '' ? Number.NaN : prefix), family);
    } catch (error) {
      throw new RangeError(`${network} is no network`, { cause: error });
    }
  }
  return list;
}

const isIn = (list: BlockList, ip: string): boolean => list.check(ip, isIPv6(ip) ? 'ipv6' : 'ipv4');

/** The IPv4 address that an IPv6 one stands for: mapped, by NAT64 (RFC 6052) and by 6to4 (RFC 3056). */
function embedded(ip: string): string | undefined {
  if (!isIPv6(ip)) return undefined;
  const groups = groupsOf(ip);
  const at = (index: number) => groups[index] ?? 0;
  const v4 = (high: number, low: number) => `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  const isMapped = groups.slice(0, 5).every(group => group === 0) && (at(5) === 0xffff || (at(5) === 0 && at(6) !== 0));
  const isNat64 = at(0) === 0x64 && at(1) === 0xff9b && groups.slice(2, 6).every(group => group === 0);
  if (isMapped || isNat64) return v4(at(6), at(7));
  return at(0) === 0x2002 ? v4(at(1), at(2)) : undefined;
}

/** Its eight groups of 16 bits; a zone (`%eth0`) is left out. */
function groupsOf(ip: string): number[] {
  const written = new URL(`http://[${ip.replace(/%.*$/, '')}]`).hostname.slice(1, -1);
  const [head = '', tail] = written.split('::');
  const numbers = (text: string) => (text === '' ? [] : text.split(':').map(group => Number.parseInt(group, 16)));
  const [before, after] = [numbers(head), numbers(tail ?? '')];
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after];
}
