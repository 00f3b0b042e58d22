import { afterEach, describe, expect, it } from 'vitest';
import { openEksClusters } from '../../../../adapters/cluster/eks/clusters.ts';
import { eksEndpoint, type LabEks } from '../../../../lab/aws/eks-endpoint.ts';
import { openWireServer } from '../../../../lab/aws/wire-server.ts';
import { shop } from '../../../support/ledger-lines.ts';
import { openTlsCluster, type TlsCluster } from './tls-cluster.ts';

/*
 * The functions' way to a cluster: EKS behind its real client, and TLS servers that show real certificates. What is asked of the
 * cluster itself is the contract's business; here it is empty.
 */
const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

const inCluster = (name: string) => ({ ...shop, cluster: { ...shop.cluster, name } });

/** EKS tells of each TLS server as it is now, unless `eks` is changed. */
async function open(names = ['prod']) {
  const eks: LabEks = { clusters: {}, entries: new Map() };
  const servers: Record<string, TlsCluster> = {};
  const tell = (name: string, { endpoint, certificateAuthority }: TlsCluster) => {
    eks.clusters[name] = { endpoint, certificateAuthority: certificateAuthority() };
  };
  const start = async (name: string): Promise<TlsCluster> => {
    const server = await openTlsCluster();
    closers.push(() => server.close());
    servers[name] = server;
    tell(name, server);
    return server;
  };
  for (const name of names) await start(name);
  const wire = await openWireServer({ endpoints: [eksEndpoint(eks)] });
  closers.push(() => wire.close());
  const clusters = openEksClusters({
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'lab',
    AWS_SECRET_ACCESS_KEY: 'lab',
    AWS_ENDPOINT_URL_EKS: wire.url,
    CLUSTER_NAMES: names.join(','),
  });
  closers.push(() => clusters.close());
  const server = (name: string): TlsCluster => {
    const found = servers[name];
    if (found === undefined) throw new Error(`no server ${name}`);
    return found;
  };
  return { eks, wire, clusters, server, start, tell };
}

const isEmpty = { desired: 0, ready: false };

describe('a cluster by its name', () => {
  it('is found once, and its certificate is verified by the authority that EKS names', async () => {
    const { clusters, wire, server } = await open();

    expect(await clusters.readSlot(inCluster('prod'), 'blue')).toMatchObject(isEmpty);
    expect(await clusters.readSlot(inCluster('prod'), 'green')).toMatchObject(isEmpty);

    expect(wire.calls('DescribeCluster')).toBe(1);
    expect(server('prod').tokens[0]).toMatch(/^Bearer k8s-aws-v1\./);
  });

  it('goes on through a rotated authority: it is asked for again, once by all who notice', async () => {
    // Prepare
    const { clusters, wire, server, tell } = await open();
    await clusters.readSlot(inCluster('prod'), 'blue');
    await server('prod').rotate();
    tell('prod', server('prod'));

    // Act: a reading is two requests at once, and these are four
    const [blue, green] = await Promise.all([
      clusters.readSlot(inCluster('prod'), 'blue'),
      clusters.readSlot(inCluster('prod'), 'green'),
    ]);

    // Assess
    expect([blue, green]).toEqual([expect.objectContaining(isEmpty), expect.objectContaining(isEmpty)]);
    expect(wire.calls('DescribeCluster')).toBe(2);
    await clusters.readSlot(inCluster('prod'), 'blue');
    expect(wire.calls('DescribeCluster')).toBe(2);
  });

  it('never takes a certificate of an authority that EKS does not name', async () => {
    // Prepare: somebody else answers at the cluster's address
    const { clusters, server } = await open();
    await clusters.readSlot(inCluster('prod'), 'blue');
    const asked = server('prod').tokens.length;
    await server('prod').rotate();

    // Act, Assess: nothing was sent there, the token least of all
    await expect(clusters.readSlot(inCluster('prod'), 'blue')).rejects.toMatchObject({
      name: 'ClusterUnreachableError',
      message: expect.stringMatching(/certificate/),
    });
    expect(server('prod').tokens).toHaveLength(asked);
  });

  it('is followed to another endpoint', async () => {
    // Prepare: made again under its name
    const { clusters, server, start } = await open();
    await clusters.readSlot(inCluster('prod'), 'blue');
    await server('prod').close();
    const next = await start('prod');

    // Act
    const status = await clusters.readSlot(inCluster('prod'), 'blue');

    // Assess
    expect(status).toMatchObject(isEmpty);
    expect(next.tokens.length).toBeGreaterThan(0);
  });

  it('says both where neither the cluster nor EKS answers, and is found when they do again', async () => {
    // Prepare
    const { clusters, server, start, wire } = await open();
    await clusters.readSlot(inCluster('prod'), 'blue');
    await server('prod').close();
    wire.faults.fail('DescribeCluster', 20, 500);

    // Act, Assess
    await expect(clusters.readSlot(inCluster('prod'), 'blue')).rejects.toMatchObject({
      name: 'ClusterUnreachableError',
      message: expect.stringMatching(
        /no answer from the cluster .*whether it has moved is not known: .*EKS did not say/,
      ),
    });
    wire.faults.clear();
    await start('prod');
    expect(await clusters.readSlot(inCluster('prod'), 'blue')).toMatchObject(isEmpty);
  });

  it('is looked for again at the next call where EKS did not know it, or had no address of it yet', async () => {
    // Prepare
    const { clusters, eks, tell, server } = await open();
    delete eks.clusters.prod;

    // Act, Assess
    await expect(clusters.readSlot(inCluster('prod'), 'blue')).rejects.toMatchObject({
      name: 'ClusterNotFoundError',
      message: 'EKS has no cluster prod in this account and region',
    });
    eks.clusters.prod = { status: 'CREATING' };
    await expect(clusters.readSlot(inCluster('prod'), 'blue')).rejects.toMatchObject({
      name: 'ClusterUnreachableError',
      message: expect.stringMatching(
        /EKS does not say how cluster prod is reached; its status is CREATING: .*endpoint/s,
      ),
    });
    tell('prod', server('prod'));
    expect(await clusters.readSlot(inCluster('prod'), 'blue')).toMatchObject(isEmpty);
  });

  it('of several is the workload’s own, with a token for it alone', async () => {
    // Prepare
    const { clusters, server } = await open(['prod', 'staging']);

    // Act
    await clusters.readSlot(inCluster('staging'), 'blue');
    await clusters.readSlot(inCluster('prod'), 'blue');

    // Assess
    expect(server('staging').tokens.length).toBeGreaterThan(0);
    expect(server('prod').tokens.some(token => server('staging').tokens.includes(token))).toBe(false);
  });

  it('that the control plane does not have is refused before anything is asked', async () => {
    const { clusters, wire } = await open();

    await expect(clusters.readSlot(inCluster('other'), 'blue')).rejects.toMatchObject({
      name: 'ClusterRefusedError',
      message: 'workload shop is in cluster other: this reaches prod alone',
    });
    await expect(clusters.scaleSlot(inCluster('other'), 'blue', 0, 1)).rejects.toThrow(/is in cluster other/);
    expect(wire.calls('DescribeCluster')).toBe(0);
  });

  it.each([undefined, '', ','])('where CLUSTER_NAMES is %j nothing is opened', CLUSTER_NAMES => {
    expect(() => openEksClusters({ CLUSTER_NAMES })).toThrow(/CLUSTER_NAMES is not set/);
  });
});
