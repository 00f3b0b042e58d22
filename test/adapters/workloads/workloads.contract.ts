import { describe, expect, it } from 'vitest';
import type { Workloads } from '../../../adapters/workloads/workloads.ts';
import { hook, planOf, shop, weight } from '../../support/ledger-lines.ts';

const registered = (name: string, more: Parameters<typeof planOf>[0] = {}) => ({
  workload: { ...shop, name },
  plan: planOf({ workload: name, ...more }),
});
const notFound = (message: string) => expect.objectContaining({ name: 'WorkloadNotFoundError', message });

/** All stores of workloads keep this. */
export const keepsWorkloadsContract = (open: () => Promise<Workloads>) => {
  it('reads back what was registered', async () => {
    const workloads = await open();
    await workloads.register(registered('shop'));
    expect(await workloads.read('shop')).toEqual(registered('shop'));
  });

  it('has the newest of a workload that is registered again', async () => {
    const workloads = await open();
    await workloads.register(registered('shop'));
    await workloads.register(registered('shop', { soakSeconds: 900 }));
    expect((await workloads.read('shop')).plan.soakSeconds).toBe(900);
    expect(await workloads.list()).toEqual(['shop']);
  });

  it('gives them all at once, whole, in the order of their names', async () => {
    const workloads = await open();
    expect(await workloads.readAll()).toEqual([]);
    const shopSince = { ...registered('shop'), registeredAtEpochMs: 1_700_000_000_000 };
    await workloads.register(shopSince);
    await workloads.register(registered('api'));
    expect(await workloads.readAll()).toEqual([registered('api'), shopSince]);
  });

  it('lists names, sorted', async () => {
    const workloads = await open();
    expect(await workloads.list()).toEqual([]);
    for (const name of ['shop', 'api', 'search']) await workloads.register(registered(name));
    expect(await workloads.list()).toEqual(['api', 'search', 'shop']);
  });

  it('lists them all, also where plans are long', async () => {
    const workloads = await open();
    const url = `https://hooks.example.com/${'x'.repeat(40_000)}`;
    const names = Array.from({ length: 30 }, (_, i) => `shop-${String(i).padStart(2, '0')}`);
    for (const name of names) await workloads.register(registered(name, { steps: [hook({ url }), weight(100)] }));
    expect(await workloads.list()).toEqual(names);
    expect((await workloads.readAll()).map(({ workload }) => workload.name)).toEqual(names);
  });

  it('forgets a workload that is removed, and no other; removing it twice is removing it once', async () => {
    const workloads = await open();
    for (const name of ['shop', 'api']) await workloads.register(registered(name));
    await workloads.remove('shop');
    await workloads.remove('shop');
    expect(await workloads.list()).toEqual(['api']);
    await expect(workloads.read('shop')).rejects.toEqual(notFound('there is no workload "shop"; known: api'));
  });

  it('says of a workload that is not there which ones are', async () => {
    const workloads = await open();
    await expect(workloads.read('shop')).rejects.toEqual(notFound('there is no workload "shop"; none is registered'));
    await workloads.register(registered('shop'));
    await workloads.register(registered('api'));
    await expect(workloads.read('shp')).rejects.toEqual(notFound('there is no workload "shp"; known: api, shop'));
    await expect(workloads.read('')).rejects.toEqual(notFound('there is no workload ""; known: api, shop'));
  });

  describe('what a workload must have for itself', () => {
    const claim = (workload: string, more: object = {}) => ({
      resource: 'rule arn:rule/1',
      workload,
      stack: `arn:stack/${workload}`,
      atEpochMs: 1_000,
      ...more,
    });

    it('is claimed by one workload of one stack, which may claim it again', async () => {
      const workloads = await open();
      expect(await workloads.claim(claim('shop'))).toEqual(claim('shop'));
      expect(await workloads.claim(claim('api'))).toEqual(claim('shop'));
      expect(await workloads.claim(claim('shop', { stack: 'arn:stack/other' }))).toEqual(claim('shop'));
      expect(await workloads.claim(claim('shop', { atEpochMs: 2_000 }))).toEqual(claim('shop', { atEpochMs: 2_000 }));
      expect(await workloads.readClaims('shop')).toEqual([claim('shop', { atEpochMs: 2_000 })]);
      expect(await workloads.readClaims('api')).toEqual([]);
      expect(await workloads.list()).toEqual([]);
    });

    it('is claimed by one of two at once', async () => {
      const workloads = await open();
      const holders = await Promise.all(['shop', 'api', 'search'].map(name => workloads.claim(claim(name))));
      expect(new Set(holders.map(holder => holder.workload)).size).toBe(1);
    });

    it('is taken over only as it was read', async () => {
      const workloads = await open();
      await workloads.claim(claim('shop'));
      await workloads.claim(claim('shop', { atEpochMs: 2_000 }));
      expect(await workloads.claim(claim('api'), claim('shop'))).toEqual(claim('shop', { atEpochMs: 2_000 }));
      expect(await workloads.claim(claim('api'), claim('shop', { atEpochMs: 2_000 }))).toEqual(claim('api'));
    });

    it('is given up by whose it is, and by nobody else', async () => {
      const workloads = await open();
      await workloads.claim(claim('shop'));
      await workloads.unclaim(claim('api'));
      await workloads.unclaim(claim('shop', { stack: 'arn:stack/other' }));
      expect(await workloads.claim(claim('api'))).toEqual(claim('shop'));
      await workloads.unclaim(claim('shop'));
      await workloads.unclaim(claim('shop'));
      expect(await workloads.claim(claim('api'))).toEqual(claim('api'));
    });
  });

  it('keeps what it was given, whatever becomes of that', async () => {
    const workloads = await open();
    const given = registered('shop');
    await workloads.register(given);
    given.plan.soakSeconds = 1;
    (await workloads.read('shop')).plan.soakSeconds = 2;
    expect((await workloads.read('shop')).plan.soakSeconds).toBe(0);
  });
};
