/** An IP address as the number that it is. */
export interface Ip {
  bits: 32 | 128;
  value: bigint;
}

/**
 * The address that a text is: IPv4 with four decimal numbers, or IPv6, also in brackets, with a zone (`%eth0`, which is left
 * out) or with an IPv4 address at its end. undefined: it is none. Every other way to write one (octal, hexadecimal, fewer
 * numbers) is the URL parser's to read, who makes one of these of it.
 */
export function ipOf(text: string): Ip | undefined {
  const plain = text.replace(/^\[(.*)\]$/, '$1').replace(/%.*$/, '');
  return plain.includes(':') ? ipv6Of(plain) : ipv4Of(plain);
}

function ipv4Of(text: string): Ip | undefined {
  if (!/^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/.test(text)) return undefined;
  const numbers = text.split('.').map(Number);
  if (numbers.some(number => number > 255)) return undefined;
  return { bits: 32, value: joined(numbers, 8n) };
}

function ipv6Of(text: string): Ip | undefined {
  if (!URL.canParse(`http://[${text}]/`)) return undefined;
  // the parser writes it in one way: groups in hexadecimal, the longest run of zeros as ::
  const written = new URL(`http://[${text}]/`).hostname.slice(1, -1);
  const [head = '', tail = ''] = written.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':').map(group => Number.parseInt(group, 16)));
  const [before, after] = [groups(head), groups(tail)];
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return { bits: 128, value: joined([...before, ...zeros, ...after], 16n) };
}

const joined = (numbers: readonly number[], bits: bigint): bigint =>
  numbers.reduce((value, number) => (value << bits) | BigInt(number), 0n);

/** All addresses whose first bits are the same. */
export interface Network extends Ip {
  /** How many bits: 0 to `bits`. */
  prefix: number;
}

/** `10.20.0.0/16`; undefined: it is no network. */
export function networkOf(text: string): Network | undefined {
  const [, address = '', length = ''] = /^([\da-fA-F.:]+)\/(\d{1,3})$/.exec(text) ?? [];
  const ip = ipOf(address);
  const prefix = Number(length);
  return ip === undefined || prefix > ip.bits ? undefined : { ...ip, prefix };
}

export function isInside(ip: Ip, { bits, value, prefix }: Network): boolean {
  const rest = BigInt(bits - prefix);
  return ip.bits === bits && ip.value >> rest === value >> rest;
}

/** Prefixes of IPv6 in which an IPv4 address stands, and how far from the right end it does, in bits. */
const EMBEDDING = (
  [
    // mapped, and compatible (RFC 4291); translated (RFC 2765); by NAT64 (RFC 6052); by 6to4 (RFC 3056)
    ['::ffff:0:0/96', 0n],
    ['::/96', 0n],
    ['::ffff:0:0:0/96', 0n],
    ['64:ff9b::/96', 0n],
    ['2002::/16', 80n],
  ] as const
).flatMap(([text, shift]) => {
  const network = networkOf(text);
  return network === undefined ? [] : [{ network, shift }];
});

/** The IPv4 address that an IPv6 one stands for, where it stands for one; else itself. `::` and `::1` are addresses of their own. */
export function meantBy(ip: Ip): Ip {
  if (ip.bits === 32 || ip.value <= 0xffffn) return ip;
  const found = EMBEDDING.find(({ network }) => isInside(ip, network));
  return found === undefined ? ip : { bits: 32, value: (ip.value >> found.shift) & 0xffff_ffffn };
}
