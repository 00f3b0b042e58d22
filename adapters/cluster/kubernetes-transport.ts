import { HttpMethod, KubeConfig, RequestContext } from '@kubernetes/client-node';
import { describeFailure } from '../aws-client-config.ts';
import type { ClusterAddress } from './eks/directory.ts';

type Dispatcher = ReturnType<RequestContext['getDispatcher']>;

/** Connections to one address, whose certificate is always verified. */
export interface Transport {
  endpoint: string;
  caData: string;
  dispatcher: Dispatcher;
}

/** The way to a cluster, which may move: its authority is rotated, its endpoint another. */
export interface Transports {
  /** Of the next request. */
  current(): Transport;
  /**
   * Looks where the cluster is now, when a request over `used` had no answer. Two at once look once.
   * @returns moved: the next request takes another way; else why not, for the sentence of a failure
   */
  follow(used: Transport): Promise<{ kind: 'moved' } | { kind: 'same' } | { kind: 'unknown'; because: string }>;
  close(): Promise<void>;
}

/** @param find where the cluster is now; absent: it never moves */
export async function kubernetesTransports(
  address: ClusterAddress,
  find?: () => Promise<ClusterAddress>,
): Promise<Transports> {
  let now = await openTransport(address);
  const left: Transport[] = [];
  let looking: Promise<ClusterAddress> | undefined;

  async function look(): Promise<ClusterAddress> {
    looking ??= (find ?? (async () => now))();
    try {
      return await looking;
    } finally {
      looking = undefined;
    }
  }

  return {
    current: () => now,
    async follow(used) {
      if (find === undefined) return { kind: 'same' };
      if (!isSame(used, now)) return { kind: 'moved' }; // another request has followed it meanwhile
      try {
        const found = await look();
        if (!isSame(found, now)) {
          const next = await openTransport(found);
          left.push(now); // requests may be on their way over it
          now = next;
        }
      } catch (error) {
        return { kind: 'unknown', because: describeFailure(error) };
      }
      return isSame(used, now) ? { kind: 'same' } : { kind: 'moved' };
    },
    close: async () => {
      await Promise.all([now, ...left].map(({ dispatcher }) => dispatcher?.close()));
    },
  };
}

const isSame = (one: ClusterAddress, other: ClusterAddress): boolean =>
  one.endpoint === other.endpoint && one.caData === other.caData;

async function openTransport({ endpoint, caData }: ClusterAddress): Promise<Transport> {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'cluster', server: endpoint, caData, skipTLSVerify: false },
    { name: 'sluice' },
  );
  // one dispatcher for all requests: the library would make a new one, and a TLS handshake, for each
  const probe = new RequestContext(endpoint, HttpMethod.GET);
  await config.applySecurityAuthentication(probe);
  return { endpoint, caData, dispatcher: probe.getDispatcher() };
}
