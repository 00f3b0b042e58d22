import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CARRIES_TAG } from '../../domain/routers/alb/ownership.ts';
import { forward, greenArn, sticky } from '../lab/aws/memory-load-balancer.ts';
import { type Shop, shopTemplate } from './shop-stack.ts';
import type { Template } from './stack.ts';

/** Those that a stack has made, of a load balancer that has others. */
const ownRules = (world: unknown) =>
  (world as { rules: { tags?: object }[] }).rules.filter(({ tags = {} }) => CARRIES_TAG in tags);

/** One PUT, which is refused, in each of Lambda's three calls of one request. */
const MOST_TRIES_OF_ONE = 3;

/** For several whole stacks, of which each function may have to start first, on a computer that does much else. */
const STACK_TIMEOUT_MS = 240_000;

/** What a stack does with the custom resources of a workload, whoever runs their functions. */
export function keepsStackContract(open: (options?: { isTwice?: boolean }) => Promise<Shop>): void {
  const shops: Shop[] = [];
  const openOne = async (options?: { isTwice?: boolean }) => {
    const shop = await open(options);
    shops.push(shop);
    return shop;
  };
  afterEach(async () => {
    for (const shop of shops.splice(0)) await shop.close();
  });
  let first: Template;
  let second: Template;
  beforeAll(() => {
    first = shopTemplate();
    second = shopTemplate(
      ['shop.example.com', 'www.example.com'],
      ['"Priority":100', '"Priority":120'],
      ['\\"soak\\":\\"15m\\"', '\\"soak\\":\\"20m\\"'],
    );
  }, STACK_TIMEOUT_MS);

  async function life(shop: Shop) {
    const { stack } = shop;
    const seen: unknown[] = [await shop.world()];
    const after = async (ended: unknown) => seen.push(ended, await shop.world(), Object.keys(stack.physicalIds()));
    await after(await stack.create(first));
    const named = stack.physicalIds();
    await after(await stack.update(second));
    expect(stack.physicalIds()).toEqual(named); // nothing was replaced
    await after(await stack.update(first, true));
    expect(stack.physicalIds()).toEqual(named);
    await after(await stack.delete());
    return seen;
  }

  it(
    'is made, changed, taken back and removed, and leaves what there was before',
    async () => {
      const shop = await openOne();
      const [empty, made, withIt, , changed, withSecond, , backed, back, , deleted, gone] = await life(shop);
      expect(made).toEqual({ status: 'CREATE_COMPLETE' });
      expect(ownRules(withIt)).toMatchObject([{ priority: 100 }, { priority: 99 }]);
      expect(withIt).toMatchObject({ registered: [{ plan: { soakSeconds: 900 } }] });
      expect(changed).toEqual({ status: 'UPDATE_COMPLETE' });
      expect(ownRules(withSecond)).toMatchObject([
        { priority: 120, conditions: [{ values: ['www.example.com'] }, {}] },
        { priority: 99, conditions: [{ field: 'http-header' }, { values: ['www.example.com'] }, {}] },
      ]);
      expect(withSecond).toMatchObject({ registered: [{ plan: { soakSeconds: 1_200 } }] });
      expect(backed).toMatchObject({ status: 'UPDATE_ROLLBACK_COMPLETE' });
      expect(back).toEqual(withSecond);
      expect(deleted).toEqual({ status: 'DELETE_COMPLETE' });
      expect(gone).toEqual(empty);
    },
    STACK_TIMEOUT_MS,
  );

  it(
    'is the same where every event comes twice, and the second answer is the first',
    async () => {
      const once = await life(await openOne());
      const shop = await openOne({ isTwice: true });
      expect(await life(shop)).toEqual(once);
      const byPath = Map.groupBy(shop.bucket.puts, ({ path }) => path);
      expect(byPath.size).toBeGreaterThan(8);
      for (const puts of byPath.values()) {
        expect(puts).toHaveLength(2);
        expect(puts[1]?.body.toString()).toBe(puts[0]?.body.toString());
      }
    },
    STACK_TIMEOUT_MS,
  );

  it.each([
    ['is taken at the second try', 503],
    ['is not taken, so that Lambda calls again', 403],
    ['meets a connection that is closed', 0],
  ])(
    'is the same where the first answer of each kind %s',
    async (_, status) => {
      const once = await life(await openOne());
      const shop = await openOne();
      shop.bucket.fail(status);
      expect(await shop.stack.create(first)).toEqual(once[1]);
      expect(await shop.world()).toEqual(once[2]);
      shop.bucket.fail(status);
      expect(await shop.stack.update(second)).toEqual(once[4]);
      expect(await shop.world()).toEqual(once[5]);
      shop.bucket.fail(status);
      expect(await shop.stack.delete()).toEqual({ status: 'DELETE_COMPLETE' });
      expect(await shop.world()).toEqual(once.at(-2));
      expect(shop.bucket.puts.filter(put => put.status === status)).toHaveLength(3);
    },
    STACK_TIMEOUT_MS,
  );

  it(
    'that fails says why in what CloudFormation takes, leaves nothing, and can be made afterwards',
    async () => {
      const shop = await openOne();
      const empty = await shop.world();
      const unknown = Array.from({ length: 200 }, (_, number) => `\\"größe✖${number}\\":1`).join(',');
      const wrong = shopTemplate(['\\"soak\\":', `${unknown},\\"soak\\":`]);
      const { status, because = '' } = await shop.stack.create(wrong);
      expect(status).toBe('ROLLBACK_COMPLETE');
      expect(because).toMatch(/^CheckoutItem\w+: the plan of checkout: .*größe✖0/);
      const longest = Math.max(...shop.bucket.puts.map(({ body }) => body.byteLength));
      expect(longest).toBeGreaterThan(4_000);
      expect(longest).toBeLessThanOrEqual(4_096);
      expect(await shop.world()).toEqual(empty);
      expect(await shop.stack.create(first)).toEqual({ status: 'CREATE_COMPLETE' });
    },
    STACK_TIMEOUT_MS,
  );

  it(
    'that meets a load balancer which fails says so, leaves nothing, and can be made and changed afterwards',
    async () => {
      const shop = await openOne();
      const empty = await shop.world();
      const { faults } = shop.lab.wire;
      faults.fail('CreateRule', Number.POSITIVE_INFINITY, 500);
      const failed = await shop.stack.create(first);
      expect(failed).toEqual({
        status: 'ROLLBACK_COMPLETE',
        because: expect.stringMatching(/^CheckoutRule\w+: .*CreateRule/),
      });
      expect(await shop.world()).toEqual(empty);
      faults.clear();
      faults.loseAnswer('CreateRule', 1); // made, and nobody heard of it
      expect(await shop.stack.create(first)).toEqual({ status: 'CREATE_COMPLETE' });
      const made = await shop.world();
      faults.fail('ModifyRule', 3, 500); // all tries of the SDK, so that the way back finds it well again
      const changed = await shop.stack.update(second);
      expect(changed).toEqual({
        status: 'UPDATE_ROLLBACK_COMPLETE',
        because: expect.stringMatching(/^CheckoutRule\w+: .*ModifyRule/),
      });
      expect(await shop.world()).toEqual(made);
    },
    STACK_TIMEOUT_MS,
  );

  it(
    'that fails elsewhere while it is made leaves nothing',
    async () => {
      const shop = await openOne();
      const empty = await shop.world();
      expect(await shop.stack.create(first, true)).toMatchObject({ status: 'ROLLBACK_COMPLETE' });
      expect(await shop.world()).toEqual(empty);
    },
    STACK_TIMEOUT_MS,
  );

  it(
    'whose change is refused goes back to what it was, and never moves traffic',
    async () => {
      const shop = await openOne();
      await shop.stack.create(first);
      const rule = shop.lab.loadBalancer.rules().find(({ priority }) => priority === 100);
      if (rule === undefined) throw new Error('no rule');
      const { targetGroups } = rule.action as ReturnType<typeof forward>;
      const turned = forward(...targetGroups.map(({ arn }): [string, number] => [arn, arn === greenArn ? 25 : 75]));
      shop.lab.loadBalancer.putRule({ ...rule, action: sticky(turned, 300) });
      const before = await shop.world();
      const other = shopTemplate(['"Priority":100', '"Priority":0']);
      const { status, because } = await shop.stack.update(other);
      expect(status).toBe('UPDATE_ROLLBACK_COMPLETE');
      expect(because).toMatch(/^CheckoutRule\w+: .*Priority/s);
      expect(await shop.world()).toEqual(before);
    },
    STACK_TIMEOUT_MS,
  );

  it(
    'of which no Create ever answered is taken back, and can be made by the next try, another stack',
    async () => {
      const shop = await openOne();
      const empty = await shop.world();
      shop.bucket.fail(...Array.from({ length: MOST_TRIES_OF_ONE }, () => 403));
      const { status, because } = await shop.stack.create(first);
      expect({ status, because }).toEqual({
        status: 'ROLLBACK_COMPLETE',
        because: expect.stringMatching(/CloudFormation did not receive a response/),
      });
      expect(shop.stack.events.at(-1)).toMatchObject({
        RequestType: 'Delete',
        PhysicalResourceId: expect.stringMatching(/-1A2B3C4D5E6F7$/),
      });
      expect(await shop.world()).toEqual(empty);
      expect(await shop.stack.create(first)).toEqual({ status: 'CREATE_COMPLETE' });
    },
    STACK_TIMEOUT_MS,
  );

  it(
    'whose construct gets another id keeps its rules and its workload',
    async () => {
      const shop = await openOne();
      await shop.stack.create(first);
      const before = await shop.world();
      const renamed = shopTemplate(['CheckoutRule', 'TillRule'], ['CheckoutItem', 'TillItem']);
      shop.lab.loadBalancer.setHealth(greenArn, [{ host: '10.0.0.1', port: 8080, state: 'healthy' }]);
      // as the load balancer of a workload that serves
      expect(await shop.stack.update(renamed)).toEqual({ status: 'UPDATE_COMPLETE' });
      const after = await shop.world();
      expect(after.rules).toEqual(before.rules);
      expect(after.registered.map(({ workload }) => workload)).toEqual(
        before.registered.map(({ workload }) => workload),
      );
      expect(after.claims).toEqual(before.claims);
    },
    STACK_TIMEOUT_MS,
  );

  describe('a Delete', () => {
    const UNKNOWN = ['nothing-made', 'shop-CheckoutRule093D87B2-1A2B3C4D5E6F7'];
    const deleteAll = async (shop: Shop, physicalId: string) => {
      for (const { LogicalResourceId, ResourceType: type, ResourceProperties: properties } of shop.stack.events
        .slice()
        .reverse()) {
        const made = { type, properties, physicalId };
        expect(await shop.stack.ask(LogicalResourceId, 'Delete', made)).toMatchObject({ kind: 'success' });
      }
    };

    it.each(UNKNOWN)(
      'of %s, of which nobody knows an answer, removes what its Create made',
      async physicalId => {
        const shop = await openOne();
        const empty = await shop.world();
        await shop.stack.create(first);
        await deleteAll(shop, physicalId);
        expect(await shop.world()).toEqual(empty);
        await deleteAll(shop, physicalId);
        expect(await shop.world()).toEqual(empty);
      },
      STACK_TIMEOUT_MS,
    );

    it.each(UNKNOWN)(
      'of %s by another stack or another construct succeeds and touches nothing',
      async physicalId => {
        const shop = await openOne();
        await shop.stack.create(first);
        const before = await shop.world();
        for (const event of shop.stack.events.slice()) {
          const asked = {
            ...event,
            RequestType: 'Delete',
            PhysicalResourceId: physicalId,
            ServiceToken: event.ServiceToken,
          };
          await shop.caller.invoke(event.ServiceToken, { ...asked, StackId: `${event.StackId}9` } as never);
          await shop.caller.invoke(event.ServiceToken, { ...asked, LogicalResourceId: 'Another' } as never);
        }
        expect(await shop.world()).toEqual(before);
      },
      STACK_TIMEOUT_MS,
    );
  });
}
