import { afterEach, describe, expect, it } from 'vitest';
import type { Log } from '../../adapters/log/log.ts';
import { withLedger } from '../../application/release-call.ts';
import { claimRollBack } from '../../application/roll-back/claim-roll-back.ts';
import { dialFor } from '../../domain/dial.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { makeHandlers } from '../../functions/lambda/handlers.ts';
import { functionSubstitutions } from '../../lab/asl/arns.ts';
import { openEmbeddedHost } from '../../lab/asl/embedded-host.ts';
import type { ExecutionDescription, StateMachineHost } from '../../lab/asl/state-machine-host.ts';
import { openLabClock } from '../../lab/clock.ts';
import { embeddedExecutions, MACHINE_NAMES } from '../../lab/simulation/embedded-executions.ts';
import { inVirtualTime, virtualSleep } from '../../lab/simulation/virtual-time.ts';
import releaseMachine from '../../state-machines/release.asl.json' with { type: 'json' };
import rollBackMachine from '../../state-machines/roll-back.asl.json' with { type: 'json' };
import { type Fakes, openFakes } from '../functions/fakes.ts';
import {
  admissionOf,
  approval,
  at,
  type Line,
  readied,
  requested,
  shifted,
  shop,
  weight,
} from '../support/ledger-lines.ts';

/*
 * A release that waits for a month, in each loop of either machine: the shipped definitions and the real handlers, on the host
 * that fails an execution at the 25,000th event of its history. It has to be where it was, nobody may be called because an
 * execution was followed by the next, and it goes on as soon as what it waits for is there. All waits are longer by the
 * case's `stretch`, so that a month is a few histories and not a hundred; STRETCH=1 plays them as they are (an hour of work).
 */

const DAY_SECONDS = 86_400;
const DAYS = 30;
const MONTH_SECONDS = 30 * DAY_SECONDS;
const silent: Log = { info() {}, warn() {}, error() {}, with: () => silent };

const far: Partial<Plan> = {
  metrics: [],
  deadlineSeconds: 3 * MONTH_SECONDS,
  hold: { atMostSeconds: 2 * MONTH_SECONDS, then: 'rollBack' },
};
const baseAdmission = admissionOf({ deadlineEpochMs: at(3 * MONTH_SECONDS) });
const at10: Line[] = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 })];
const at100: Line[] = [
  ...at10,
  [30, { kind: 'stepDone', index: 1, because: '' }],
  ...readied(31, 100, 4),
  ...shifted(40, { from: 10, to: 100 }),
];
const pastNoReturn: Line[] = [
  ...at100,
  [50, { kind: 'soakStarted' }],
  [51, { kind: 'soakDone', because: '' }],
  [52, { kind: 'retiring' }],
];

interface WaitingCase {
  plan?: Partial<Plan>;
  /** What the ledger says before. */
  lines: Line[];
  weight?: number;
  alarms?: string[];
  goesBack?: boolean;
  stretch: number;
  /** How it ends, once what it waits for is there; `open` where that never comes. */
  ends: string;
  /** How often a person is called meanwhile. */
  calls?: number;
  wait(fakes: Fakes): void;
  /** What it waits for comes. */
  mend(fakes: Fakes): void;
}

const both = (fakes: Fakes, healthy: number) => {
  fakes.targets.counts.blue = { healthy, draining: 0, initial: 0, unhealthy: healthy === 0 ? 4 : 0, unused: 0 };
  fakes.targets.counts.green = { healthy, draining: 0, initial: 0, unhealthy: healthy === 0 ? 4 : 0, unused: 0 };
};

const waitingCases: Record<string, WaitingCase> = {
  'an alarm that rings before it is admitted': {
    stretch: 40,
    ends: 'promoted',
    lines: [],
    alarms: ['burn'],
    wait: fakes => {
      fakes.alarms.set('burn', 'ALARM');
      fakes.targets.counts.green.healthy = 4;
    },
    mend: fakes => fakes.alarms.set('burn', 'OK'),
  },
  'an approval that nobody gives': {
    stretch: 30,
    ends: 'open',
    plan: { steps: [weight(10), approval({ withinSeconds: 2 * MONTH_SECONDS }), weight(100)] },
    lines: at10,
    weight: 10,
    wait() {},
    mend() {},
  },
  'a dial that somebody turned in a bake': {
    stretch: 120,
    ends: 'promoted',
    lines: at10,
    weight: 30,
    wait() {},
    mend: fakes => void fakes.router.setDial(shop, dialFor('green', 10)),
  },
  'a soak of a month': {
    stretch: 240,
    ends: 'promoted',
    plan: { soakSeconds: MONTH_SECONDS + 1_800 },
    lines: at100,
    weight: 100,
    wait() {},
    mend() {},
  },
  'pods that are not ready, of a plan that waits for them': {
    stretch: 360,
    ends: 'promoted',
    plan: { progressDeadlineSeconds: 2 * MONTH_SECONDS },
    lines: [],
    wait: fakes => {
      fakes.targets.counts.green.healthy = 0;
    },
    mend: fakes => {
      fakes.targets.counts.green.healthy = 4;
    },
  },
  'a live slot that cannot carry it, behind the point of no return': {
    stretch: 40,
    ends: 'promoted',
    calls: DAYS * 24, // at once, and then each hour (decision 25)
    lines: pastNoReturn,
    weight: 100,
    wait: fakes => both(fakes, 0),
    mend: fakes => both(fakes, 4),
  },
  'a cluster that is away, behind the point of no return': {
    stretch: 30,
    ends: 'promoted',
    lines: pastNoReturn,
    weight: 100,
    wait: fakes => fakes.cluster.setReachable(false),
    mend: fakes => fakes.cluster.setReachable(true),
  },
  'a way back behind both slots without a healthy target': {
    stretch: 120,
    ends: 'rolledBack',
    lines: at10,
    weight: 10,
    goesBack: true,
    wait: fakes => both(fakes, 0),
    mend: fakes => both(fakes, 4),
  },
  'a way back behind a maintenance page': {
    stretch: 120,
    ends: 'rolledBack',
    lines: at10,
    weight: 10,
    goesBack: true,
    wait: fakes => {
      const [rule] = fakes.router.rules.values();
      if (rule !== undefined) rule.groups = [];
    },
    mend: fakes => {
      const { blue, green } = shop.router.targetGroups;
      const [rule] = fakes.router.rules.values();
      if (rule !== undefined)
        rule.groups = [
          { arn: blue, weight: 90 },
          { arn: green, weight: 10 },
        ];
    },
  },
  'a way back whose rule was deleted': {
    stretch: 240,
    ends: 'rolledBack',
    lines: at10,
    weight: 10,
    goesBack: true,
    wait: fakes => void fakes.router.rules.delete(shop.router.rules[0] ?? ''),
    mend: fakes => {
      const { blue, green } = shop.router.targetGroups;
      const groups = [
        { arn: blue, weight: 90 },
        { arn: green, weight: 10 },
      ];
      fakes.router.rules.set(shop.router.rules[0] ?? '', { groups, stickinessSeconds: 0, httpHeaders: [] });
    },
  },
  'a way back whose cluster is away': {
    stretch: 60,
    ends: 'rolledBack',
    lines: at10,
    weight: 10,
    goesBack: true,
    wait: fakes => fakes.cluster.setReachable(false),
    mend: fakes => fakes.cluster.setReachable(true),
  },
};

const hosts: StateMachineHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map(host => host.close()));
});

/** The definition with all of its own waits so many times as long. */
function stretched(definition: object, times: number): object {
  const waits = new Set(['seconds', 'Seconds', 'IntervalSeconds']);
  const text = JSON.stringify(definition, (key, value) =>
    typeof value === 'number' && waits.has(key) ? value * times : value,
  );
  const copy = JSON.parse(text);
  const { AwaitApproval } = copy.States;
  if (AwaitApproval !== undefined) AwaitApproval.TimeoutSeconds *= times;
  return copy;
}

async function play(waitingCase: WaitingCase) {
  const { plan = {}, lines, weight: share = 0, alarms, goesBack = false, wait, mend } = waitingCase;
  let stretch = Number(process.env.STRETCH ?? waitingCase.stretch);
  const fakes = await openFakes({ ...far, ...plan });
  const workload = alarms === undefined ? shop : { ...shop, alarms };
  await fakes.tell(
    [0, requested({ plan: (await fakes.workloads.read('shop')).plan, workload })],
    [0, { kind: 'runClaimed', run: 1 }],
  );
  if (lines.length > 0) {
    const admission = { ...baseAdmission, wayBack: await fakes.router.planWayBack(shop, 'blue') };
    await fakes.tell(
      [0, { kind: 'admitted', admission }],
      [1, { kind: 'canaryWritten', slot: 'green', revision: 'new' }],
      ...lines,
    );
    await fakes.canary(4);
    await fakes.router.setDial(shop, dialFor('green', share));
  }
  return inVirtualTime({ startEpochMs: at(60), random: () => 0.5 }, async () => {
    const ended: ExecutionDescription[] = [];
    const clock = openLabClock({ startEpochMs: Date.now(), compress: 1 });
    const deps = {
      ...fakes.deps,
      log: silent,
      clock: { now: () => Date.now() },
      executions: embeddedExecutions(() => host),
    };
    const made = Object.entries(makeHandlers(deps)).map(([name, handler]) => {
      const slower = async (event: unknown) => {
        const move = (await handler(event)) as { seconds?: number } | undefined;
        return move?.seconds === undefined ? move : { ...move, seconds: move.seconds * stretch };
      };
      return [name, slower] as const;
    });
    const functions = Object.fromEntries(made);
    const host = await openEmbeddedHost({ clock, functions, keepsHistory: false });
    hosts.push(host);
    const substitutions = functionSubstitutions(Object.keys(functions));
    host.registerMachine({
      name: MACHINE_NAMES.release,
      definition: stretched(releaseMachine, stretch),
      substitutions,
    });
    host.registerMachine({
      name: MACHINE_NAMES.rollBack,
      definition: stretched(rollBackMachine, stretch),
      substitutions,
    });
    host.onStatusChange(change => void (change.status !== 'RUNNING' && ended.push(change)));
    wait(fakes);
    if (goesBack) {
      await withLedger(deps, { releaseId: 'shop-1', by: 'ann', log: silent }, call =>
        claimRollBack(deps, call, 'aborted', 'no'),
      );
    } else await deps.executions.start('release', 'shop-1-1', { releaseId: 'shop-1', run: 1 });
    // a timer has room for 24 days
    for (let day = 0; day < DAYS; day += 1) await virtualSleep(DAY_SECONDS * 1000);
    const during = { ended: [...ended], release: (await fakes.ledger.read('shop')).active };
    mend(fakes);
    stretch = 1;
    // what an execution waits for now was stretched, and so are the waits of the definitions
    await virtualSleep(10 * DAY_SECONDS * 1000);
    const { active, ended: over } = await fakes.ledger.read('shop');
    const calls = fakes.notifier.notices.filter(({ message }) => message.includes('needsAPerson'));
    return { during, end: active === undefined ? over[0]?.outcome : 'open', calls };
  });
}

describe('a month of waiting', () => {
  it.each(Object.entries(waitingCases))('for %s', { timeout: 3_600_000 }, async (_, waitingCase) => {
    const { during, end, calls } = await play(waitingCase);
    // each has handed over to the next, and none has died
    expect(during.ended.length).toBeGreaterThan(0);
    expect(new Set(during.ended.map(({ status }) => status))).toEqual(new Set(['SUCCEEDED']));
    expect(during.release?.releaseId).toBe('shop-1');
    expect(during.release?.rollBack !== undefined).toBe(waitingCase.goesBack === true);
    expect(end).toBe(waitingCase.ends);
    expect(calls).toHaveLength(waitingCase.calls ?? 0);
  });
});
