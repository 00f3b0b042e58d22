import { describe, expect, it } from 'vitest';
import { RouterUnreachableError } from '../../../adapters/router/errors.ts';
import { fakeRouter } from '../../../adapters/router/fake-router.ts';
import { checkout, keepsRulesContract } from './alb/rules.contract.ts';
import { keepsDialContract } from './dial.contract.ts';

describe('the fake router', () => {
  keepsRulesContract(async () => {
    const router = fakeRouter(checkout);
    return {
      router,
      writeRule(arn, { groups, stickinessSeconds = 0, authenticate }) {
        const httpHeaders = router.rules.get(arn)?.httpHeaders ?? [];
        router.rules.set(arn, {
          groups: groups.map(([groupArn, weight]) => ({ arn: groupArn, weight })),
          stickinessSeconds,
          httpHeaders,
          ...(authenticate !== undefined && { authenticate }),
        });
      },
      removeRule: arn => router.rules.delete(arn),
      readRule(arn) {
        const rule = router.rules.get(arn);
        if (rule === undefined) throw new Error(`no rule ${arn}`);
        const { groups, ...rest } = rule;
        const { stickinessSeconds, authenticate } = rest;
        return {
          groups: groups.map(group => [group.arn, group.weight]),
          stickinessSeconds,
          ...(authenticate !== undefined && { authenticate }),
        };
      },
    };
  });

  keepsDialContract(async () => {
    const router = fakeRouter(checkout);
    const write = (groups: { arn: string; weight: number }[]) => {
      for (const arn of checkout.router.rules) router.rules.set(arn, { groups, stickinessSeconds: 0, httpHeaders: [] });
    };
    return {
      router,
      workload: checkout,
      turnByHand: async slot => write([{ arn: checkout.router.targetGroups[slot], weight: 1 }]),
      spoil: async () => write([]),
    };
  });

  it('fails as often as it is asked to, then works', async () => {
    const router = fakeRouter(checkout, 'green');
    router.failNext(1);
    await expect(router.readDial(checkout)).rejects.toThrow(RouterUnreachableError);
    expect(await router.readDial(checkout)).toEqual({ blue: 0, green: 100 });
  });
});
