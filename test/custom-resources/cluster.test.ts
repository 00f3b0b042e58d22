import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeHandler } from '../../functions/custom-resources/cluster.ts';
import { OTHER_STACK, openCloudFormationLab, SHOP_STACK } from './cloud-formation-lab.ts';

let lab: Awaited<ReturnType<typeof openCloudFormationLab>>;
beforeEach(async () => {
  lab = await openCloudFormationLab();
});
afterEach(() => lab.close());

const role = (name: string) => `arn:aws:iam::123456789012:role/sluice-${name}-eu-west-1`;
const READER = { principalArn: role('read-slot'), group: 'sluice-readers' };
const WRITER = { principalArn: role('write-canary'), group: 'sluice' };
const prod = (...entries: object[]) => ({
  Name: 'prod',
  Network: 'public',
  From: '',
  AccessEntries: JSON.stringify(entries),
});
const call = async (type: string, properties: object, { id, stack }: { id?: string; stack?: string } = {}) => {
  await makeHandler(lab.deps)(lab.request(type, properties, id, stack));
  const { answer } = lab.answers.at(-1) ?? {};
  if (answer === undefined) throw new Error('no answer');
  return answer;
};
const entries = () =>
  [...(lab.eks.entries.get('prod') ?? new Map()).values()].map(({ principalArn, kubernetesGroups }) => [
    principalArn,
    ...kubernetesGroups,
  ]);

describe('a cluster, when its control plane is deployed', () => {
  it('is described, and each function gets its access entry, marked as of this stack', async () => {
    const answer = await call('Create', prod(READER, WRITER));

    expect(answer).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: 'prod',
      Data: {
        Endpoint: 'https://prod.example.com',
        CertificateAuthority: 'Q0E=',
        Version: '1.34',
        AuthenticationMode: 'API_AND_CONFIG_MAP',
        VpcId: 'vpc-11111111',
      },
    });
    expect(entries()).toEqual([
      [READER.principalArn, 'sluice-readers'],
      [WRITER.principalArn, 'sluice'],
    ]);
    expect(lab.eks.entries.get('prod')?.get(READER.principalArn)).toMatchObject({
      type: 'STANDARD',
      tags: { 'sluice:owner': 'sluice', 'sluice:stack': SHOP_STACK },
    });
  });

  it.each([
    ['CONFIG_MAP', 'CONFIG_MAP'],
    [undefined, 'nothing'],
    ['SOMETHING_NEW', 'SOMETHING_NEW'],
  ])('that authenticates by %s is refused with the command that changes it', async (authenticationMode, found) => {
    lab.eks.clusters.prod = { ...lab.eks.clusters.prod };
    if (authenticationMode === undefined) delete lab.eks.clusters.prod.authenticationMode;
    else lab.eks.clusters.prod.authenticationMode = authenticationMode;

    const answer = await call('Create', prod(READER));

    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain(
      `cluster prod: authenticationMode: found ${found}; expected API or API_AND_CONFIG_MAP`,
    );
    expect(answer.Reason).toContain(
      'aws eks update-cluster-config --name prod --access-config authenticationMode=API_AND_CONFIG_MAP',
    );
    expect(entries()).toEqual([]);
  });

  it('that its functions would not reach is refused, with the command that changes it, and lets nobody in', async () => {
    const answer = await call('Create', { ...prod(READER), Network: 'privateWithoutNat' });

    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain('cluster prod: endpointPrivateAccess: found false; expected true');
    expect(answer.Reason).toContain('--resources-vpc-config endpointPrivateAccess=true');
    expect(entries()).toEqual([]);
  });

  it('is reached by the addresses that it lists', async () => {
    lab.eks.clusters.prod = { ...lab.eks.clusters.prod, publicAccessCidrs: ['203.0.113.0/29'] };
    const listed = { ...prod(READER), Network: 'publicAllowList', From: '203.0.113.7' };

    expect((await call('Create', listed)).Status).toBe('SUCCESS');
    const answer = await call('Update', { ...listed, From: '203.0.113.7,203.0.113.9' }, { id: 'prod' });

    expect(answer.Reason).toContain('publicAccessCidrs: found 203.0.113.0/29; expected one with 203.0.113.9');
  });

  it('that is not there fails the deployment by its name', async () => {
    const answer = await call('Create', { ...prod(READER), Name: 'pord' });

    expect(answer).toMatchObject({ Status: 'FAILED', Reason: 'EKS has no cluster pord in this account and region' });
  });

  it('gets one function more and one less by an update, and its rolled-back update undoes both', async () => {
    await call('Create', prod(READER));

    await call('Update', prod(WRITER), { id: 'prod' });
    expect(entries()).toEqual([[WRITER.principalArn, 'sluice']]);

    await call('Update', prod(READER), { id: 'prod' });
    expect(entries()).toEqual([[READER.principalArn, 'sluice-readers']]);
  });

  it('has a function’s new group after an update', async () => {
    await call('Create', prod(READER));

    await call('Update', prod({ ...READER, group: 'sluice' }), { id: 'prod' });

    expect(entries()).toEqual([[READER.principalArn, 'sluice']]);
  });

  it('loses at the end what this stack made, and nothing else', async () => {
    await call('Create', prod(READER, WRITER));
    const entry = { kubernetesGroups: ['sluice'], type: 'STANDARD' };
    const byHand = { ...entry, principalArn: role('size-canary'), tags: {} };
    const admin = { ...entry, principalArn: 'arn:aws:iam::123456789012:role/admin', tags: {} };
    for (const one of [byHand, admin]) lab.eks.entries.get('prod')?.set(one.principalArn, one);

    const answer = await call('Delete', prod(READER, WRITER), { id: 'prod' });

    expect(answer.Status).toBe('SUCCESS');
    expect(entries().map(([arn]) => arn)).toEqual([byHand.principalArn, admin.principalArn]);
  });

  it('keeps what another stack of the control plane made meanwhile', async () => {
    await call('Create', prod(READER), { stack: OTHER_STACK });

    await call('Delete', prod(READER), { id: 'prod' });

    expect(entries()).toEqual([[READER.principalArn, 'sluice-readers']]);
  });

  it('loses what a Create made that failed half way', async () => {
    lab.eks.entries.set(
      'prod',
      new Map([
        [
          WRITER.principalArn,
          { principalArn: WRITER.principalArn, kubernetesGroups: ['admins'], type: 'STANDARD', tags: {} },
        ],
      ]),
    );
    const failed = await call('Create', prod(READER, WRITER));
    expect(failed.Status).toBe('FAILED');
    expect(entries().map(([arn]) => arn)).toContain(READER.principalArn);

    await call('Delete', prod(READER, WRITER), { id: failed.PhysicalResourceId });

    expect(entries().map(([arn]) => arn)).toEqual([WRITER.principalArn]);
  });

  it.each([
    ['a cluster that is gone', { ...prod(READER), Name: 'gone' }, 'gone'],
    ['properties that were why nothing was made', {}, 'nothing-made'],
    ['an id that CloudFormation made up', prod(READER), 'Delivery-Cluster-1ABC'],
  ])('a Delete succeeds with %s', async (_, properties, id) => {
    expect((await call('Delete', properties, { id })).Status).toBe('SUCCESS');
  });
});

describe('an access entry that is there already', () => {
  const there = (entry: object) =>
    lab.eks.entries.set(
      'prod',
      new Map([
        [
          READER.principalArn,
          {
            principalArn: READER.principalArn,
            kubernetesGroups: ['sluice-readers'],
            type: 'STANDARD',
            tags: {},
            ...entry,
          },
        ],
      ]),
    );

  it('of somebody else’s making is used where it is right, and is not ours to remove', async () => {
    there({});

    expect((await call('Create', prod(READER))).Status).toBe('SUCCESS');
    await call('Delete', prod(READER), { id: 'prod' });

    expect(entries()).toEqual([[READER.principalArn, 'sluice-readers']]);
  });

  it('of somebody else’s making is refused where it is wrong, with what was found and the way out', async () => {
    there({ kubernetesGroups: ['system:masters'] });

    const answer = await call('Create', prod(READER));

    expect(answer.Status).toBe('FAILED');
    expect(answer.Reason).toContain('kubernetesGroups: found system:masters; expected sluice-readers');
    expect(answer.Reason).toContain(
      `aws eks delete-access-entry --cluster-name prod --principal-arn ${READER.principalArn}`,
    );
  });

  it('of a stack before this one is made anew: EKS would not know the new role by it', async () => {
    there({ tags: { 'sluice:owner': 'sluice', 'sluice:stack': OTHER_STACK } });

    await call('Create', prod(READER));

    expect(lab.eks.entries.get('prod')?.get(READER.principalArn)?.tags['sluice:stack']).toBe(SHOP_STACK);
    expect(lab.wire.calls('CreateAccessEntry')).toBe(2);
  });
});

describe('what takes its time', () => {
  it('a role that EKS does not know yet is waited for', async () => {
    lab.eks.unknownPrincipals?.set(READER.principalArn, 3);

    expect((await call('Create', prod(READER))).Status).toBe('SUCCESS');

    expect(lab.pauses).toEqual([2_000, 2_000, 2_000]);
    expect(entries()).toHaveLength(1);
  });

  it('a role that EKS never knows fails the deployment after 30 s, and is named', async () => {
    lab.eks.unknownPrincipals?.set(READER.principalArn, Number.POSITIVE_INFINITY);

    const answer = await call('Create', prod(READER));

    expect(answer.Reason).toBe(
      `no access entry of ${READER.principalArn} in cluster prod: EKS does not know the role, after 30 s`,
    );
    expect(lab.pauses.reduce((sum, ms) => sum + ms, 0)).toBe(30_000);
  });

  it('a permission that has not arrived is waited for', async () => {
    lab.eks.denied = 2;

    expect((await call('Create', prod(READER))).Status).toBe('SUCCESS');

    expect(lab.pauses).toEqual([10_000, 10_000]);
  });
});

describe('whoever invokes the function past CloudFormation', () => {
  it.each([
    [
      'a role that is not the control plane’s',
      { ...READER, principalArn: 'arn:aws:iam::123456789012:role/evil' },
      /is no role of control plane sluice/,
    ],
    [
      'a user',
      { ...READER, principalArn: 'arn:aws:iam::123456789012:user/sluice-evil' },
      /is no role of control plane/,
    ],
    ['a group of Kubernetes that is not Sluice’s', { ...READER, group: 'system:masters' }, /Invalid option/],
  ])('lets %s into no cluster', async (_, entry, why) => {
    const answer = await call('Create', prod(WRITER, entry));

    expect(answer).toMatchObject({ Status: 'FAILED', Reason: expect.stringMatching(why) });
    expect(entries()).toEqual([]);
  });
});
