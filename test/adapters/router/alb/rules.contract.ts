import { describe, expect, it } from 'vitest';
import { RouterRuleError } from '../../../../adapters/router/errors.ts';
import type { TrafficRouter } from '../../../../adapters/router/router.ts';
import { type Dial, dialFor, SLOTS } from '../../../../domain/dial.ts';
import type { WorkloadOf } from '../../../../domain/workload.ts';
import { targetGroupArn } from '../../../../lab/aws/elbv2-arns.ts';
import { apiRuleArn, blueArn, greenArn, mainRuleArn, previewRuleArn } from '../../../lab/aws/memory-load-balancer.ts';

/** A rule as anybody could have written it past Sluice. */
export interface WrittenRule {
  /** None: it answers by itself, as a maintenance page does. */
  groups: [arn: string, weight: number][];
  stickinessSeconds?: number;
  /** Who may come is asked before the forward. */
  authenticate?: AuthenticateType;
}

export type AuthenticateType = 'authenticate-oidc' | 'authenticate-cognito';

/** What stands behind the router, as a person at the console sees and changes it. */
export interface RouterSetup {
  router: TrafficRouter;
  writeRule(arn: string, rule: WrittenRule): void;
  removeRule(arn: string): void;
  readRule(arn: string): Required<Omit<WrittenRule, 'authenticate'>> & Pick<WrittenRule, 'authenticate'>;
}

export const otherGroupArn = targetGroupArn('other');

/** Two rules carry its dial, both at {blue: 100, green: 0}; the preview rule asks for x-sluice-preview: canary. */
export const checkout: WorkloadOf<'alb'> = {
  name: 'checkout',
  cluster: { name: 'prod', namespace: 'shop' },
  deployment: 'checkout',
  container: 'app',
  repositories: [{ name: 'checkout', tags: 'v*' }],
  router: {
    kind: 'alb',
    rules: [apiRuleArn, mainRuleArn],
    targetGroups: { blue: blueArn, green: greenArn },
    previewRule: previewRuleArn,
  },
  backgroundWork: 'none',
  connections: 'cut',
  maxDrainSeconds: 900,
};

/** What is an Application Load Balancer's own, beside the contract of every router (dial.contract.ts). */
export const keepsRulesContract = (open: () => Promise<RouterSetup>) => {
  describe('the dial', () => {
    it.each<Dial>([
      { blue: 66.7, green: 33.3 },
      { blue: 99.9, green: 0.1 },
    ])('reads back to a tenth of a per cent: %o', async dial => {
      const { router } = await open();
      await router.setDial(checkout, dial);
      expect(await router.readDial(checkout)).toEqual(dial);
    });

    it('keeps both groups in every rule at 0 and at 100, so that both stay health-checked', async () => {
      const { router, readRule } = await open();
      await router.setDial(checkout, { blue: 0, green: 100 });
      for (const arn of checkout.router.rules) {
        expect(readRule(arn).groups).toEqual([
          [blueArn, 0],
          [greenArn, 100],
        ]);
      }
    });

    it('is the share of the sum, whatever weights somebody wrote', async () => {
      const { router, writeRule } = await open();
      await router.setDial(checkout, { blue: 75, green: 25 });
      for (const arn of checkout.router.rules) {
        writeRule(arn, {
          groups: [
            [greenArn, 2],
            [blueArn, 1],
          ],
        });
      }
      expect(await router.readDial(checkout)).toEqual({ blue: 33.3, green: 66.7 });
    });

    it('reads a rule with one group alone as everything there', async () => {
      const { router, writeRule } = await open();
      for (const arn of checkout.router.rules) writeRule(arn, { groups: [[greenArn, 0]] });
      expect(await router.readDial(checkout)).toEqual({ blue: 0, green: 100 });
    });

    it.each([
      ['first', apiRuleArn],
      ['last', mainRuleArn],
    ])('is not back while any one rule, the %s, still sends requests to the canary', async (_, arn) => {
      const { router, writeRule } = await open();
      for (const [canary, group] of [
        ['green', greenArn],
        ['blue', blueArn],
      ] as const) {
        await router.setDial(checkout, dialFor(canary, 0));
        writeRule(arn, { groups: [[group, 1]] });
        expect(await router.readDial(checkout)).toEqual({ blue: 100, green: 100 });
      }
    });

    it('keeps the stickiness of each rule', async () => {
      const { router, writeRule, readRule } = await open();
      writeRule(mainRuleArn, { groups: [[blueArn, 1]], stickinessSeconds: 60 });
      await router.setDial(checkout, { blue: 50, green: 50 });
      expect(readRule(mainRuleArn).stickinessSeconds).toBe(60);
      expect(readRule(apiRuleArn).stickinessSeconds).toBe(0);
    });

    it('with hundredths is refused: the weights of a rule are as fine as tenths', async () => {
      const { router, readRule } = await open();
      const before = readRule(mainRuleArn);
      await expect(router.setDial(checkout, { blue: 66.67, green: 33.33 })).rejects.toThrow('is not a dial');
      expect(readRule(mainRuleArn)).toEqual(before);
    });
  });

  describe('a group that a rule does not name', () => {
    it.each([
      ['green alone', greenArn, { blue: 0, green: 100 }],
      ['blue alone', blueArn, { blue: 100, green: 0 }],
    ])('is put beside %s at weight 0, and no request moves', async (_, only, dial) => {
      const { router, writeRule, readRule } = await open();
      for (const arn of checkout.router.rules) writeRule(arn, { groups: [[only, 7]], stickinessSeconds: 60 });
      await router.joinGroups(checkout);
      for (const arn of checkout.router.rules) {
        const { groups, stickinessSeconds } = readRule(arn);
        expect(groups.map(([group, weight]) => [group, weight > 0])).toEqual([
          [blueArn, only === blueArn],
          [greenArn, only === greenArn],
        ]);
        expect(stickinessSeconds).toBe(60);
      }
      expect(await router.readDial(checkout)).toEqual(dial);
    });

    it('changes nothing where all rules name both', async () => {
      const { router, readRule } = await open();
      await router.setDial(checkout, { blue: 75, green: 25 });
      const before = readRule(mainRuleArn);
      await router.joinGroups(checkout);
      expect(readRule(mainRuleArn)).toEqual(before);
    });
  });

  describe('a rule that answers by itself', () => {
    it('is found among the others, and is no dial', async () => {
      const { router, writeRule } = await open();
      expect(await router.readPages(checkout)).toEqual([]);
      writeRule(mainRuleArn, { groups: [] });
      expect(await router.readPages(checkout)).toEqual([{ what: `rule ${mainRuleArn}`, answers: 'fixed-response' }]);
      await expect(router.readDial(checkout)).rejects.toThrow(RouterRuleError);
      await expect(router.joinGroups(checkout)).rejects.toThrow(RouterRuleError);
    });
  });

  describe('a rule that cannot carry a dial is a RouterRuleError that names it', () => {
    const spoilt: [string, (fakes: RouterSetup) => void, RegExp][] = [
      ['not there', fakes => fakes.removeRule(mainRuleArn), /rule/],
      [
        'with three groups',
        fakes =>
          fakes.writeRule(mainRuleArn, {
            groups: [
              [blueArn, 1],
              [greenArn, 1],
              [otherGroupArn, 1],
            ],
          }),
        /other/,
      ],
      [
        "with a group that is not the workload's",
        fakes =>
          fakes.writeRule(mainRuleArn, {
            groups: [
              [blueArn, 1],
              [otherGroupArn, 0],
            ],
          }),
        /other/,
      ],
    ];
    it.each(spoilt)('%s', async (_, spoil, found) => {
      const fakes = await open();
      spoil(fakes);
      const calls = [
        () => fakes.router.readDial(checkout),
        () => fakes.router.setDial(checkout, { blue: 50, green: 50 }),
        () => fakes.router.planWayBack(checkout, 'blue'),
      ];
      for (const call of calls) {
        const error = await call().catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(RouterRuleError);
        expect((error as Error).message).toContain(mainRuleArn);
        expect((error as Error).message).toMatch(found);
      }
      // the rule before it in the order was left alone as well
      expect(fakes.readRule(apiRuleArn).groups).toEqual([
        [blueArn, 100],
        [greenArn, 0],
      ]);
    });

    it('with all weights 0, where nobody gets a request; setting it mends it', async () => {
      const { router, writeRule } = await open();
      writeRule(mainRuleArn, {
        groups: [
          [blueArn, 0],
          [greenArn, 0],
        ],
      });
      await expect(router.readDial(checkout)).rejects.toThrow(RouterRuleError);
      await router.setDial(checkout, { blue: 100, green: 0 });
      expect(await router.readDial(checkout)).toEqual({ blue: 100, green: 0 });
    });
  });

  describe('the way back', () => {
    it('sends every rule, the preview too, to stable alone; planned before, as plain JSON, done twice', async () => {
      const { router, writeRule, readRule } = await open();
      writeRule(previewRuleArn, { groups: [[greenArn, 1]] });
      const planned = await router.planWayBack(checkout, 'blue');
      await router.setDial(checkout, { blue: 0, green: 100 });
      const wayBack = JSON.parse(JSON.stringify(planned));
      await router.goBack(checkout, wayBack);
      await router.goBack(checkout, wayBack);
      expect(planned).toMatchObject({ kind: 'alb', stable: 'blue' });
      for (const arn of [...checkout.router.rules, previewRuleArn]) {
        expect(readRule(arn).groups.map(([group]) => group)).toEqual([blueArn]);
      }
      expect(await router.readDial(checkout)).toEqual({ blue: 100, green: 0 });
    });

    it('keeps the stickiness valid, and the two-group form comes back with the next dial', async () => {
      const { router, writeRule, readRule } = await open();
      writeRule(mainRuleArn, {
        groups: [
          [blueArn, 50],
          [greenArn, 50],
        ],
        stickinessSeconds: 60,
      });
      await router.goBack(checkout, await router.planWayBack(checkout, 'green'));
      expect(readRule(mainRuleArn)).toMatchObject({ stickinessSeconds: 60 });
      await router.setDial(checkout, { blue: 0, green: 100 });
      expect(readRule(mainRuleArn)).toEqual({
        groups: [
          [blueArn, 0],
          [greenArn, 100],
        ],
        stickinessSeconds: 60,
      });
    });

    it('takes the other rules back although one of them is gone, then says so', async () => {
      const { router, removeRule, readRule } = await open();
      const wayBack = await router.planWayBack(checkout, 'blue');
      await router.setDial(checkout, { blue: 0, green: 100 });
      removeRule(apiRuleArn);
      const error = await router.goBack(checkout, wayBack).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RouterRuleError);
      expect((error as Error).message).toContain(apiRuleArn);
      expect(readRule(mainRuleArn).groups.map(([group]) => group)).toEqual([blueArn]);
    });

    it('of a workload without a preview rule leaves that rule alone', async () => {
      const { router, readRule, writeRule } = await open();
      writeRule(previewRuleArn, { groups: [[greenArn, 1]] });
      const { previewRule: _, ...routing } = checkout.router;
      await router.goBack(checkout, await router.planWayBack({ ...checkout, router: routing }, 'blue'));
      expect(readRule(previewRuleArn).groups.map(([group]) => group)).toEqual([greenArn]);
    });
  });

  describe.each<AuthenticateType>(['authenticate-oidc', 'authenticate-cognito'])('a rule that asks by %s', type => {
    const opened = async () => {
      const world = await open();
      for (const arn of [...checkout.router.rules, previewRuleArn]) {
        world.writeRule(arn, { groups: [[blueArn, 1]], authenticate: type });
      }
      return world;
    };
    const asking = ({ readRule }: RouterSetup) =>
      [...checkout.router.rules, previewRuleArn].map(arn => readRule(arn).authenticate);
    const everywhere = [type, type, type];

    it('asks on whatever is done to the dial, forth and back', async () => {
      const world = await opened();
      const { router } = world;
      await router.joinGroups(checkout);
      expect(asking(world)).toEqual(everywhere);
      const wayBack = JSON.parse(JSON.stringify(await router.planWayBack(checkout, 'blue')));
      await router.setPreview(checkout, 'green', { name: 'x-sluice-preview', value: 'canary' });
      await router.setDial(checkout, { blue: 75, green: 25 });
      expect(asking(world)).toEqual(everywhere);
      for (const _ of [1, 2]) await router.goBack(checkout, wayBack);
      expect(asking(world)).toEqual(everywhere);
      expect(await router.readDial(checkout)).toEqual({ blue: 100, green: 0 });
    });

    it('asks after a way back that was planned before it did', async () => {
      const world = await open();
      const wayBack = await world.router.planWayBack(checkout, 'blue');
      for (const arn of [...checkout.router.rules, previewRuleArn]) {
        world.writeRule(arn, { groups: [[greenArn, 1]], authenticate: type });
      }
      await world.router.goBack(checkout, wayBack);
      expect(asking(world)).toEqual(everywhere);
      expect(await world.router.readDial(checkout)).toEqual({ blue: 100, green: 0 });
    });

    it('goes back where somebody has taken that away since it was planned', async () => {
      const world = await opened();
      const wayBack = await world.router.planWayBack(checkout, 'blue');
      for (const arn of [...checkout.router.rules, previewRuleArn]) world.writeRule(arn, { groups: [[greenArn, 1]] });
      await world.router.goBack(checkout, wayBack);
      expect(asking(world)).toEqual([undefined, undefined, undefined]);
      expect(await world.router.readDial(checkout)).toEqual({ blue: 100, green: 0 });
    });
  });

  describe('the preview', () => {
    it.each(SLOTS)('points to the %s slot, and leaves the dial alone', async slot => {
      const { router, readRule } = await open();
      await router.setPreview(checkout, slot, { name: 'X-Sluice-Preview', value: 'canary' });
      expect(readRule(previewRuleArn).groups.map(([group]) => group)).toEqual([checkout.router.targetGroups[slot]]);
      expect(await router.readDial(checkout)).toEqual({ blue: 100, green: 0 });
    });

    it.each([
      { name: 'x-other', value: 'canary' },
      { name: 'x-sluice-preview', value: 'other' },
    ])('is refused where the rule does not ask for $name: $value', async header => {
      const { router, readRule } = await open();
      const before = readRule(previewRuleArn);
      const error = await router.setPreview(checkout, 'blue', header).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(RouterRuleError);
      expect((error as Error).message).toContain(`${header.name}: ${header.value}`);
      expect(readRule(previewRuleArn)).toEqual(before);
    });

    it('is refused without a preview rule', async () => {
      const { router } = await open();
      const { previewRule: _, ...routing } = checkout.router;
      const header = { name: 'x-sluice-preview', value: 'canary' };
      await expect(router.setPreview({ ...checkout, router: routing }, 'blue', header)).rejects.toThrow(
        RouterRuleError,
      );
    });
  });
};
