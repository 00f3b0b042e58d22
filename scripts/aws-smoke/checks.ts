import type { SmokeCheck } from './check.ts';
import { inFlight } from './in-flight.ts';
import { actionsNow, ask, countOf, forward, type SmokeLoadBalancer } from './load-balancer.ts';
import { retag } from './retag.ts';
import { slowCounts } from './slow-counts.ts';
import { tagConditions } from './tag-conditions.ts';

const MINUTE_MS = 60_000;
/** Points may come 3 minutes late; two more, so that nothing grows any longer. */
const SETTLED_MS = 5 * MINUTE_MS;

const untilNextMinute = async (alb: SmokeLoadBalancer): Promise<number> => {
  await alb.pause(MINUTE_MS - (alb.now() % MINUTE_MS));
  return alb.now();
};

/** Sends requests and reads, when the metrics have settled, what each target group's counts say of them. */
const unanswered: SmokeCheck = {
  name: 'unanswered',
  question: 'Does RequestCount of a target group include requests that the load balancer answered with 502 and 504?',
  assumed: 'yes: failedRequests counts RequestCount minus the answers (docs/design.md, "Metrics and judgement")',
  otherwise: 'a check on HTTPCode_ELB_5XX_Count becomes the default, since a hanging canary shows nowhere else',
  async run(alb) {
    await forward(alb, { blue: 100, green: 0 });
    const fromEpochMs = await untilNextMinute(alb);
    const good = await Promise.all(Array.from({ length: 20 }, () => ask(alb, '/')));
    const closed = await Promise.all(Array.from({ length: 10 }, () => ask(alb, '/close')));
    const hung = await Promise.all(Array.from({ length: 3 }, () => ask(alb, '/hang')));
    alb.say('sent; waits until the metrics have settled');
    await alb.pause(SETTLED_MS);
    const span = { fromEpochMs, toEpochMs: alb.now() };
    const of = (metric: string) => countOf(alb, metric, span, 'blue');
    const requestCount = await of('RequestCount');
    const sent = good.length + closed.length + hung.length;
    return {
      sent,
      statuses: tally([...good, ...closed, ...hung].map(({ status }) => String(status))),
      RequestCount: requestCount,
      HTTPCode_Target_2XX_Count: await of('HTTPCode_Target_2XX_Count'),
      HTTPCode_Target_5XX_Count: await of('HTTPCode_Target_5XX_Count'),
      TargetConnectionErrorCount: await of('TargetConnectionErrorCount'),
      HTTPCode_ELB_5XX_Count: await countOf(alb, 'HTTPCode_ELB_5XX_Count', span),
      answer: requestCount === sent ? 'yes, all of them' : `no: ${requestCount} of ${sent}`,
    };
  },
};

const stickiness: SmokeCheck = {
  name: 'stickiness',
  question:
    'Where does a client with a cookie go when its group leaves the rule, and when the group is back at weight 0?',
  assumed: 'to the group that is left, at once; back at weight 0 nobody new goes there (docs/design.md, "Going back")',
  otherwise: 'the way back turns stickiness off as well, or waits for it',
  async run(alb) {
    await forward(alb, { green: 1 }, 600);
    await alb.pause(MINUTE_MS);
    const first = await ask(alb, '/');
    await forward(alb, { blue: 100, green: 0 }, 600);
    await alb.pause(MINUTE_MS);
    const atWeight0 = await ask(alb, '/', first.cookies);
    await forward(alb, { blue: 1 });
    await alb.pause(MINUTE_MS);
    const groupGone = await ask(alb, '/', first.cookies);
    await forward(alb, { blue: 100, green: 0 }, 600);
    await alb.pause(MINUTE_MS);
    const backAtWeight0 = await ask(alb, '/', first.cookies);
    return {
      cookieOf: first.body,
      stickyAtWeight0: atWeight0.body,
      groupGone: groupGone.body,
      backAtWeight0: backAtWeight0.body,
      answer: groupGone.body === 'blue' ? 'the cookie cannot choose a group that left' : 'the cookie still chooses it',
    };
  },
};

const propagation: SmokeCheck = {
  name: 'propagation',
  question: 'How long after ModifyRule has answered do requests still go by the old weights?',
  assumed: 'at most 30 s for a shift (straddling windows), and 120 s before pods go (docs/design.md)',
  otherwise: 'SLUICE_PROPAGATION_SECONDS and the 120 s of the drain become what was measured, with a margin',
  async run(alb) {
    const lastOldAfterMs: number[] = [];
    for (let turn = 0; turn < 5; turn += 1) {
      const [to, old] = turn % 2 === 0 ? (['green', 'blue'] as const) : (['blue', 'green'] as const);
      await forward(alb, { [to]: 100, [old]: 0 });
      const acceptedAtEpochMs = alb.now();
      let last = 0;
      while (alb.now() < acceptedAtEpochMs + 2 * MINUTE_MS) {
        const answers = await Promise.all(Array.from({ length: 10 }, () => ask(alb, '/')));
        if (answers.some(({ body }) => body === old)) last = alb.now() - acceptedAtEpochMs;
        await alb.pause(200);
      }
      lastOldAfterMs.push(last);
    }
    return { lastOldAfterMs, answer: `${Math.max(...lastOldAfterMs)} ms at the most, of ${lastOldAfterMs.length}` };
  },
};

const lateness: SmokeCheck = {
  name: 'lateness',
  question: 'How late does RequestCount appear, and how long does it grow?',
  assumed: '1 to 3 minutes late; frozen when two reads 10 s apart agree, or after 180 s (docs/design.md)',
  otherwise: "the freeze rule's numbers change",
  async run(alb) {
    await forward(alb, { blue: 100, green: 0 });
    const fromEpochMs = await untilNextMinute(alb);
    const span = { fromEpochMs, toEpochMs: fromEpochMs + MINUTE_MS };
    await Promise.all(Array.from({ length: 100 }, () => ask(alb, '/')));
    const seen: { secondsAfterTheMinute: number; count: number }[] = [];
    while (alb.now() < span.toEpochMs + SETTLED_MS) {
      const count = await countOf(alb, 'RequestCount', span, 'blue');
      if (count !== undefined && count !== seen.at(-1)?.count) {
        seen.push({ secondsAfterTheMinute: Math.round((alb.now() - span.toEpochMs) / 1000), count });
      }
      await alb.pause(5_000);
    }
    const { secondsAfterTheMinute } = seen.at(-1) ?? {};
    return { seen, answer: secondsAfterTheMinute === undefined ? 'never' : `whole after ${secondsAfterTheMinute} s` };
  },
};

/** The first three first: most of the judgement and of the way back stands on them. */
export const CHECKS: readonly SmokeCheck[] = [
  unanswered,
  stickiness,
  propagation,
  lateness,
  tagConditions,
  inFlight,
  slowCounts,
  retag,
];

/** Runs checks one after the other, and puts the rule back as it was, whatever happens. */
export async function runChecks(alb: SmokeLoadBalancer, checks: readonly SmokeCheck[]) {
  const { ModifyRuleCommand } = await import('@aws-sdk/client-elastic-load-balancing-v2');
  const before = await actionsNow(alb);
  const results: Record<string, Record<string, unknown>> = {};
  try {
    for (const check of checks) {
      alb.say(`${check.name}: ${check.question}`);
      results[check.name] = await check.run(alb);
      alb.say(
        `  ${results[check.name]?.answer}\n  assumed: ${check.assumed}\n  if it is otherwise: ${check.otherwise}`,
      );
    }
  } finally {
    await alb.elb.send(new ModifyRuleCommand({ RuleArn: alb.ruleArn, Actions: before }));
  }
  return results;
}

function tally(values: string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
