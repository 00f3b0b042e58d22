import { afterEach, beforeAll, expect, it } from 'vitest';
import { type ClusterStack, clusterTemplate } from './cluster-stack.ts';
import type { Template } from './stack.ts';

const STACK_TIMEOUT_MS = 240_000;

/** What a stack does with the cluster of a control plane, whoever runs its function. */
export function keepsClusterStackContract(open: (options?: { isTwice?: boolean }) => Promise<ClusterStack>): void {
  const opened: ClusterStack[] = [];
  const openOne = async (options?: { isTwice?: boolean }) => {
    const one = await open(options);
    opened.push(one);
    return one;
  };
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
  });
  let first: Template;
  let promoted: Template;
  let moved: Template;
  beforeAll(() => {
    first = clusterTemplate();
    promoted = clusterTemplate(['sluice-readers', 'sluice']); // of the first role alone
    moved = clusterTemplate(['"Name":"prod"', '"Name":"stage"']);
  }, STACK_TIMEOUT_MS);

  async function life(one: ClusterStack) {
    const { stack } = one;
    const seen: unknown[] = [];
    const after = async (ended: unknown) => seen.push([ended, one.world(), stack.physicalIds()]);
    await after(await stack.create(first));
    await after(await stack.update(promoted));
    await after(await stack.update(first, true));
    await after(await stack.update(moved)); // another cluster: what was in the first one is removed
    await after(await stack.update(first, true));
    await after(await stack.delete());
    return seen;
  }

  it(
    'is made, changed, moved to another cluster, taken back and removed, and leaves no access entry',
    async () => {
      const one = await openOne();
      const [made, changed, back, elsewhere, stayed, gone] = (await life(one)) as [object, Record<string, string[]>][];
      const entries = made?.[1] ?? {};
      expect(made?.[0]).toEqual({ status: 'CREATE_COMPLETE' });
      expect(Object.keys(entries).length).toBeGreaterThan(5);
      expect(Object.keys(entries).every(name => name.startsWith('prod '))).toBe(true);
      const differing = Object.keys(entries).filter(name => entries[name]?.[0] !== changed?.[1]?.[name]?.[0]);
      expect(changed?.[0]).toEqual({ status: 'UPDATE_COMPLETE' });
      expect(differing).toHaveLength(1);
      expect(back?.[0]).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE' });
      expect(back?.[1]).toEqual(changed?.[1]);
      expect(elsewhere?.[0]).toEqual({ status: 'UPDATE_COMPLETE' });
      expect(elsewhere?.[1]).toEqual(
        Object.fromEntries(Object.entries(entries).map(([name, groups]) => [name.replace('prod ', 'stage '), groups])),
      );
      expect(stayed).toEqual([
        expect.objectContaining({ status: 'UPDATE_ROLLBACK_COMPLETE' }),
        ...(elsewhere ?? []).slice(1),
      ]);
      expect(gone?.[0]).toEqual({ status: 'DELETE_COMPLETE' });
      expect(gone?.[1]).toEqual({});
    },
    STACK_TIMEOUT_MS,
  );

  it(
    'is the same where every event comes twice, and where an answer is not taken',
    async () => {
      const once = await life(await openOne());
      const twice = await openOne({ isTwice: true });
      expect(await life(twice)).toEqual(once);
      for (const status of [503, 403, 0]) {
        const one = await openOne();
        one.bucket.fail(status);
        expect(await life(one)).toEqual(once);
      }
    },
    STACK_TIMEOUT_MS,
  );

  it(
    'that cannot be made says why and leaves nothing, and a Delete of what was never made succeeds',
    async () => {
      const one = await openOne();
      const { prod } = one.lab.eks.clusters;
      if (prod === undefined) throw new Error('no cluster prod');
      one.lab.eks.clusters.prod = { ...prod, authenticationMode: 'CONFIG_MAP' };
      const { status, because } = await one.stack.create(first);
      expect(status).toBe('ROLLBACK_COMPLETE');
      expect(because).toMatch(/authenticationMode: found CONFIG_MAP/);
      expect(one.world()).toEqual({});
      one.lab.eks.clusters.prod = prod;
      one.bucket.fail(403, 403, 403); // nobody hears of it: CloudFormation gives it a name, and has it deleted
      expect(await one.stack.create(first)).toMatchObject({
        status: 'ROLLBACK_COMPLETE',
        because: expect.stringContaining('did not receive a response'),
      });
      expect(one.world()).toEqual({});
      expect(await one.stack.create(first)).toEqual({ status: 'CREATE_COMPLETE' });
    },
    STACK_TIMEOUT_MS,
  );

  it(
    'whose attributes are more than CloudFormation takes fails with that, and leaves nothing',
    async () => {
      const one = await openOne();
      const { prod } = one.lab.eks.clusters;
      one.lab.eks.clusters.prod = { ...prod, certificateAuthority: 'QUFB'.repeat(1_500) };
      const { status, because } = await one.stack.create(first);
      expect(status).toBe('ROLLBACK_COMPLETE');
      expect(because).toMatch(/the answer has \d+ bytes, and CloudFormation takes 4096/);
      expect(one.world()).toEqual({});
    },
    STACK_TIMEOUT_MS,
  );
}
