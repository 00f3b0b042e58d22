import { describe, expect, it } from 'vitest';
import type { FoundRule, RuleKeeper, WantedRule } from '../../../../adapters/router/alb/rule-keeper.ts';

export interface OpenKeeper {
  rules: RuleKeeper;
  listenerArn: string;
  groups: { blue: string; green: string };
  /** Registers a target in a group. */
  register(group: string): void;
  /** Weights as a release leaves them. */
  turn(arn: string, weights: { blue: number; green: number }): void;
}

const host = (name: string): FoundRule['conditions'] => [
  { Field: 'host-header', HostHeaderConfig: { Values: [name] } },
];
const TAGS = { 'sluice:owner': 'sluice/checkout', 'sluice:carries': 'dial' };

/** Every keeper of listener rules keeps this. */
export const keepsRuleKeeperContract = (open: () => Promise<OpenKeeper>) => {
  async function opened() {
    const keeper = await open();
    const { listenerArn, groups: targetGroups } = keeper;
    const wanted = (more: Partial<WantedRule> = {}): WantedRule => ({
      ...{ listenerArn, targetGroups, priority: 40, conditions: host('shop.example.com') },
      ...{ carries: 'dial', stickinessSeconds: 0, tags: TAGS },
      ...more,
    });
    return { ...keeper, wanted };
  }

  describe('a rule that is made', () => {
    it('has everything on blue, stands where it should, and has its tags from its first instant on', async () => {
      const { rules, groups, wanted } = await opened();
      const arn = await rules.create(wanted());
      expect(await rules.find(arn)).toMatchObject({
        ...{ arn, priority: 40, authenticates: false },
        weights: [
          { arn: groups.blue, weight: 100 },
          { arn: groups.green, weight: 0 },
        ],
      });
      expect((await rules.readTags([arn]))[arn]).toEqual(TAGS);
    });

    it('of a preview has green alone, which gets everything', async () => {
      const { rules, groups, wanted } = await opened();
      const arn = await rules.create(wanted({ carries: 'preview' }));
      expect((await rules.find(arn))?.weights).toEqual([{ arn: groups.green, weight: 1 }]);
    });

    it('is not made where the priority is taken', async () => {
      const { rules, wanted } = await opened();
      await rules.create(wanted());
      await expect(rules.create(wanted({ conditions: host('other.example.com') }))).rejects.toThrow(/PriorityInUse/);
    });

    it('is among those of its listener, with the default rule behind all', async () => {
      const { rules, listenerArn, wanted } = await opened();
      const arn = await rules.create(wanted());
      const all = await rules.readAll(listenerArn);
      expect(all.map(rule => rule.arn)).toContain(arn);
      expect(all.filter(({ priority }) => priority === Number.POSITIVE_INFINITY)).toHaveLength(1);
    });
  });

  it('conditions and priority change, and no weight does', async () => {
    const { rules, groups, turn, wanted } = await opened();
    const arn = await rules.create(wanted());
    turn(arn, { blue: 75, green: 25 });
    await rules.setConditions(arn, host('www.example.com'));
    await rules.setPriority(arn, 41);
    const found = await rules.find(arn);
    expect(found).toMatchObject({ priority: 41, conditions: [{ HostHeaderConfig: { Values: ['www.example.com'] } }] });
    expect(found?.weights).toEqual([
      { arn: groups.blue, weight: 75 },
      { arn: groups.green, weight: 25 },
    ]);
  });

  it('who comes is asked, or no longer, and the forward stays as it is', async () => {
    const { rules, turn, wanted } = await opened();
    const arn = await rules.create(wanted());
    turn(arn, { blue: 75, green: 25 });
    const { weights } = (await rules.find(arn)) ?? {};
    const config = {
      ...{ Issuer: 'https://login.example.com', ClientId: 'shop', Scope: 'openid' },
      AuthorizationEndpoint: 'https://login.example.com/authorize',
      TokenEndpoint: 'https://login.example.com/token',
      UserInfoEndpoint: 'https://login.example.com/userinfo',
    };
    await rules.setAuthentication(arn, { type: 'authenticate-oidc', config }, 'secret');
    const asking = await rules.find(arn);
    expect(asking).toMatchObject({
      weights,
      authenticates: true,
      authentication: { type: 'authenticate-oidc', config },
    });
    expect(JSON.stringify(asking)).not.toContain('"secret"');
    await rules.setAuthentication(arn, undefined);
    expect(await rules.find(arn)).toMatchObject({ weights, authenticates: false });
  });

  it('a rule that is removed is not there, and is removed once more', async () => {
    const { rules, wanted } = await opened();
    const arn = await rules.create(wanted());
    await rules.remove(arn);
    await rules.remove(arn);
    expect(await rules.find(arn)).toBeUndefined();
    await expect(rules.readTags([arn])).rejects.toMatchObject({ name: 'RouterRuleError' });
    await expect(rules.setPriority(arn, 42)).rejects.toThrow();
  });

  it('a listener that is not there is an error, and no empty one', async () => {
    const { rules, listenerArn } = await opened();
    await expect(rules.readAll(listenerArn.replace(/.$/, 'f0'))).rejects.toMatchObject({ name: 'RouterRuleError' });
  });

  it('targets are those of any of the groups; a group that is not there has none', async () => {
    const { rules, groups, register } = await opened();
    const all = [groups.blue, groups.green, `${groups.green}0`];
    expect(await rules.hasTargets(all)).toBe(false);
    register(groups.green);
    expect(await rules.hasTargets(all)).toBe(true);
    expect(await rules.hasTargets([groups.blue])).toBe(false);
  });
};
