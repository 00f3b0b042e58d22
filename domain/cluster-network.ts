import { ipOf, isInside, networkOf } from './addresses/ip.ts';

/**
 * How functions come to the clusters of a control plane. There is no default: functions that left a VPC because somebody forgot
 * to say where they run would reach no private cluster, and nobody would know before the next release.
 */
export const NETWORK_KINDS = {
  public: 'functions outside of any VPC; the endpoints are public, and open to every address',
  publicAllowList: 'functions in a VPC with NAT; the endpoints are public, and list the addresses of that NAT',
  private: 'functions in a VPC with NAT; the endpoints have private addresses',
  privateWithoutNat: 'functions in a VPC with VPC endpoints alone; the endpoints have private addresses',
} as const;

export type NetworkKind = keyof typeof NETWORK_KINDS;

/** Of a cluster, what says who reaches its endpoint; undefined: not known. */
export interface EndpointAccess {
  name: string;
  isPublic?: boolean | undefined;
  isPrivate?: boolean | undefined;
  publicCidrs?: readonly string[] | undefined;
}

/**
 * Why functions in such a network do not reach the cluster's endpoint, with what changes it. Undefined: nothing says so.
 * @param from the addresses of the NAT, of `publicAllowList`
 */
export function endpointProblem(
  cluster: EndpointAccess,
  network: { kind: NetworkKind; from: readonly string[] },
): string | undefined {
  const { kind, from } = network;
  const { name, isPublic, isPrivate, publicCidrs = [] } = cluster;
  const change = (what: string) => `aws eks update-cluster-config --name ${name} --resources-vpc-config ${what}`;
  const says = (field: string, found: unknown, expected: string, way: string) =>
    `cluster ${name}: ${field}: found ${found ?? 'nothing'}; expected ${expected}, because the control plane's network is ${kind} (${NETWORK_KINDS[kind]}). ${way}`;
  if (kind === 'private' || kind === 'privateWithoutNat') {
    if (isPrivate === true) return undefined;
    return says('endpointPrivateAccess', isPrivate, 'true', `To change it: ${change('endpointPrivateAccess=true')}`);
  }
  if (isPublic !== true) {
    const way = 'Another network of the control plane reaches a private endpoint: private, or privateWithoutNat';
    return says('endpointPublicAccess', isPublic, 'true', way);
  }
  const found = publicCidrs.join(', ') || undefined;
  if (kind === 'public') {
    if (publicCidrs.includes('0.0.0.0/0')) return undefined;
    const way =
      'Functions outside of a VPC have no address that could be listed: publicAllowList gives them that of a NAT';
    return says('publicAccessCidrs', found, '0.0.0.0/0', way);
  }
  const outside = from.filter(address => !isListed(address, publicCidrs));
  if (outside.length === 0) return undefined;
  const all = [...publicCidrs, ...outside.map(address => `${address}/32`)].join(',');
  const way = `To list it: ${change(`publicAccessCidrs=${all}`)}`;
  return says('publicAccessCidrs', found, `one with ${outside.join(' and ')}`, way);
}

function isListed(address: string, cidrs: readonly string[]): boolean {
  const ip = ipOf(address);
  return (
    ip !== undefined && cidrs.some(cidr => (network => network !== undefined && isInside(ip, network))(networkOf(cidr)))
  );
}
