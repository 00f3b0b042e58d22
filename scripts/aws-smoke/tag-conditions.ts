import { AddTagsCommand, ModifyRuleCommand, RemoveTagsCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { OWNER_TAG } from '../../domain/routers/alb/ownership.ts';
import type { SmokeCheck } from './check.ts';
import { actionsNow, type SmokeLoadBalancer } from './load-balancer.ts';

/** As long as a custom resource asks again what is not allowed yet (functions/lambda/custom-resource.ts). */
const ASSUMED_SECONDS = 80;
const WAITS_MS = 180_000;
const ASK_EVERY_MS = 5_000;

/** Whether AWS limits by tags what Sluice's roles limit by them, and when a tag is known. */
export const tagConditions: SmokeCheck = {
  name: 'tag-conditions',
  question: "Does IAM ask a rule's tags for ModifyRule, and the call that tags for AddTags, and after how long?",
  assumed: 'yes, within 80 s: all that a role may change is limited by tags (decision 46)',
  otherwise:
    'rights go by load balancer; where it only takes longer, a custom resource asks again for longer than 80 s',
  async run(alb) {
    const { elbByTag } = alb;
    if (elbByTag === undefined) return { answer: 'not asked: --tag-profile names nobody who is limited by tags' };
    const ResourceArns = [alb.ruleArn];
    const tag = (value: string) => alb.elb.send(tagging(ResourceArns, value));
    const untag = () => alb.elb.send(new RemoveTagsCommand({ ResourceArns, TagKeys: [OWNER_TAG] }));
    const actions = await actionsNow(alb);
    const may = () => isAllowed(() => elbByTag.send(new ModifyRuleCommand({ RuleArn: alb.ruleArn, Actions: actions })));
    try {
      await tag('smoke/own');
      const allowedAfterSeconds = await secondsUntil(alb, may, true);
      await tag('other/own');
      const deniedToOthersAfterSeconds = await secondsUntil(alb, may, false);
      await tag('smoke/own');
      await secondsUntil(alb, may, true);
      await untag();
      const deniedUntaggedAfterSeconds = await secondsUntil(alb, may, false);
      const mayTagWhatIsThere = await isAllowed(() => elbByTag.send(tagging(ResourceArns, 'smoke/own')));
      const seconds = { allowedAfterSeconds, deniedToOthersAfterSeconds, deniedUntaggedAfterSeconds };
      const isAssumed = Object.values(seconds).every(one => typeof one === 'number' && one <= ASSUMED_SECONDS);
      return { ...seconds, mayTagWhatIsThere, answer: isAssumed && !mayTagWhatIsThere ? 'yes, all of it' : 'no' };
    } finally {
      await untag();
    }
  },
};

const tagging = (ResourceArns: string[], Value: string) =>
  new AddTagsCommand({ ResourceArns, Tags: [{ Key: OWNER_TAG, Value }] });

/** @throws Error every failure that is not a refusal: it answers nothing */
async function isAllowed(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (error instanceof Error && /^AccessDenied/.test(error.name)) return false;
    throw error;
  }
}

async function secondsUntil(
  alb: SmokeLoadBalancer,
  ask: () => Promise<boolean>,
  wanted: boolean,
): Promise<number | 'never'> {
  const fromEpochMs = alb.now();
  for (;;) {
    if ((await ask()) === wanted) return Math.round((alb.now() - fromEpochMs) / 1000);
    if (alb.now() > fromEpochMs + WAITS_MS) return 'never';
    await alb.pause(ASK_EVERY_MS);
  }
}
