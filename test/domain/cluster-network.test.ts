import { describe, expect, it } from 'vitest';
import { type EndpointAccess, endpointProblem, type NetworkKind } from '../../domain/cluster-network.ts';

const open: EndpointAccess = { name: 'prod', isPublic: true, isPrivate: false, publicCidrs: ['0.0.0.0/0'] };
const hidden: EndpointAccess = { name: 'prod', isPublic: false, isPrivate: true, publicCidrs: [] };
const listing = (...publicCidrs: string[]): EndpointAccess => ({ ...open, publicCidrs });
const from = ['203.0.113.7', '203.0.113.8'];
const problem = (cluster: EndpointAccess, kind: NetworkKind) => endpointProblem(cluster, { kind, from });

describe('functions reach a cluster', () => {
  it.each<[NetworkKind, EndpointAccess]>([
    ['public', open],
    ['public', { ...open, isPrivate: true }],
    ['publicAllowList', open],
    ['publicAllowList', listing('198.51.100.0/24', '203.0.113.0/28')],
    ['publicAllowList', listing('203.0.113.7/32', '203.0.113.8/32')],
    ['private', hidden],
    ['private', { ...open, isPrivate: true }],
    ['privateWithoutNat', hidden],
  ])('%s, %j', (kind, cluster) => {
    expect(problem(cluster, kind)).toBeUndefined();
  });
});

describe('functions do not reach a cluster', () => {
  it.each<[string, NetworkKind, EndpointAccess, string, string]>([
    [
      'a private endpoint from outside',
      'public',
      hidden,
      'endpointPublicAccess: found false; expected true',
      'private, or privateWithoutNat',
    ],
    [
      'an allow-list without an address of theirs',
      'public',
      listing('203.0.113.0/24'),
      'publicAccessCidrs: found 203.0.113.0/24; expected 0.0.0.0/0',
      'publicAllowList',
    ],
    [
      'an empty allow-list',
      'public',
      listing(),
      'publicAccessCidrs: found nothing; expected 0.0.0.0/0',
      'publicAllowList',
    ],
    [
      'an allow-list with one of two addresses',
      'publicAllowList',
      listing('203.0.113.7/32'),
      'publicAccessCidrs: found 203.0.113.7/32; expected one with 203.0.113.8',
      'aws eks update-cluster-config --name prod --resources-vpc-config publicAccessCidrs=203.0.113.7/32,203.0.113.8/32',
    ],
    ['a private endpoint by its list', 'publicAllowList', hidden, 'endpointPublicAccess: found false', 'private'],
    [
      'a public endpoint from a private network',
      'private',
      open,
      'endpointPrivateAccess: found false; expected true',
      'aws eks update-cluster-config --name prod --resources-vpc-config endpointPrivateAccess=true',
    ],
    [
      'a public endpoint without NAT',
      'privateWithoutNat',
      open,
      'endpointPrivateAccess: found false',
      'endpointPrivateAccess=true',
    ],
  ])('%s', (_, kind, cluster, found, way) => {
    expect(problem(cluster, kind)).toContain(`cluster prod: ${found}`);
    expect(problem(cluster, kind)).toContain(way);
  });

  it.each<NetworkKind>(['public', 'publicAllowList', 'private', 'privateWithoutNat'])(
    'where EKS does not say, as far as is known: %s',
    kind => {
      expect(problem({ name: 'prod' }, kind)).toContain('found nothing; expected true');
    },
  );
});
