import { dialFor } from '../../domain/dial.ts';
import {
  approval,
  at,
  bake,
  hook,
  imageOf,
  type Line,
  planOf,
  readied,
  requested,
  shifted,
  shop,
  weight,
} from '../support/ledger-lines.ts';
import { type Fakes, openFakes } from './fakes.ts';
import {
  admissionWith,
  allCases,
  attemptEnded,
  executionEnded,
  goingBack,
  type HandlerCase,
  pushed,
  road,
  scheduled,
  stopped,
  withTwins,
} from './handler-cases.ts';

/** A case in which a process may die, and what may stand in the ledger twice then. */
export interface CrashCase extends HandlerCase {
  title: string;
  /** Facts that a repeated run writes again: the intent of a call whose answer died with the process. */
  maySayAgain?: string;
}

const SMOKE = 'https://hooks.example.com/smoke';
const everyNotice = [
  { kind: 'sns', on: ['started', 'approvalNeeded', 'promoted', 'rolledBack', 'rejected', 'held'] } as const,
].map(target => ({ ...target, on: [...target.on] }));
const at10 = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 })];
const at100 = [...readied(0, 100, 4), ...shifted(20, { from: 0, to: 100 })];

async function openAt(seconds: number, plan: Parameters<typeof openFakes>[0], ledgerLines: Line[]): Promise<Fakes> {
  const fakes = await openFakes(plan);
  await fakes.admitted(...ledgerLines);
  await fakes.canary(4);
  fakes.wait(seconds);
  return fakes;
}

/** Stable's autoscaler has 4 as its minimum, and the team gave it 2. */
async function withRaisedMinimum(...ledgerLines: Line[]): Promise<Fakes> {
  const fakes = await openFakes();
  fakes.cluster.putAutoscaler(shop, 'blue', 4);
  await fakes.tell(
    [0, requested()],
    [0, { kind: 'runClaimed', run: 1 }],
    [0, { kind: 'admitted', admission: admissionWith({ stableMinimum: 2 }) }],
    ...ledgerLines,
  );
  return fakes;
}

/** Effects that a handler's first case does not show. */
const more: CrashCase[] = [
  {
    name: 'restore-traffic',
    title: 'restore-traffic, of a stable slot that is in no rule',
    input: {},
    open: async () => {
      const fakes = await goingBack();
      const rule = fakes.router.rules.get('arn:rule/shop');
      if (rule !== undefined) rule.groups = [{ arn: 'arn:tg/shop-green', weight: 1 }];
      Object.assign(fakes.targets.counts.blue, { healthy: 0, unused: 4 });
      return fakes;
    },
  },
  {
    name: 'retire-stable',
    title: 'retire-stable, past the point of no return and over a live slot that somebody emptied',
    input: road,
    open: async () => {
      const soaked: Line[] = [...at100, [30, { kind: 'soakStarted' }], [40, { kind: 'soakDone', because: 'good' }]];
      const fakes = await openAt(400, { steps: [weight(100)] }, [...soaked, [50, { kind: 'retiring' }]]);
      await fakes.router.setDial(shop, dialFor('green', 100));
      fakes.targets.counts.green.healthy = 0;
      return fakes;
    },
  },
  {
    name: 'size-canary',
    title: 'size-canary, of a slot that is in no rule',
    input: road,
    open: async () => {
      const fakes = await openAt(5, {}, []);
      const rule = fakes.router.rules.get('arn:rule/shop');
      if (rule !== undefined) rule.groups = [{ arn: 'arn:tg/shop-blue', weight: 1 }];
      return fakes;
    },
  },
  {
    name: 'admit',
    title: 'admit, of a release that is refused',
    input: road,
    open: async () => {
      const fakes = await openFakes({ notify: everyNotice });
      await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
      fakes.cluster.removeTemplate(shop);
      return fakes;
    },
  },
  {
    name: 'admit',
    title: 'admit, with somebody to tell',
    input: road,
    open: async () => {
      const fakes = await openFakes({ notify: everyNotice });
      await fakes.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
      return fakes;
    },
  },
  {
    name: 'size-canary',
    title: "size-canary, where somebody has put the minimum of stable's autoscaler back",
    input: road,
    open: async () => {
      const fakes = await openFakes();
      fakes.cluster.putAutoscaler(shop, 'blue', 2);
      const seen = { slot: 'green' as const, desired: 1, available: 1, ready: true };
      await fakes.tell(
        [0, requested()],
        [0, { kind: 'runClaimed', run: 1 }],
        [0, { kind: 'admitted', admission: admissionWith({ stableMinimum: 2 }) }],
        [0, { kind: 'sizeIntended', slot: 'green', replicas: 1, weight: 10, stableReplicas: 4 }],
        [0, { kind: 'slotSeen', ...seen, stable: { desired: 4, available: 4, minimum: 2 } }],
        [0, { kind: 'readied', weight: 10 }],
        [0, { kind: 'stepStarted', index: 0 }],
      );
      await fakes.canary(1);
      return fakes;
    },
  },
  {
    name: 'size-canary',
    title: 'size-canary, where stable has an autoscaler',
    input: road,
    open: async () => {
      const fakes = await openFakes();
      fakes.cluster.putAutoscaler(shop, 'blue', 2);
      fakes.cluster.putAutoscaler(shop, 'green', 2);
      await fakes.tell(
        [0, requested()],
        [0, { kind: 'runClaimed', run: 1 }],
        [0, { kind: 'admitted', admission: admissionWith({ stableMinimum: 2 }) }],
      );
      await fakes.canary(0);
      return fakes;
    },
  },
  {
    name: 'await-approval',
    title: 'await-approval, of an approval that came while the pause began',
    input: { ...road, taskToken: 'release-shop-1-1-1' },
    open: async () => {
      const fakes = await openAt(25, { steps: [weight(10), approval(), weight(100)] }, [
        ...at10,
        [22, { kind: 'approvalOpened', name: 'go-live' }],
        [23, { kind: 'approved', name: 'go-live', groups: ['leads'] }, { by: 'bob' }],
      ]);
      fakes.executions.openToken('release', 'shop-1-1');
      return fakes;
    },
  },
  {
    name: 'approve',
    title: 'approve, while the pause waits for it',
    input: { releaseId: 'shop-1', name: 'go-live', opening: 9, by: 'bob', groups: ['leads'] },
    open: async () => {
      const fakes = await openAt(25, { steps: [weight(10), approval(), weight(100)] }, [
        ...at10,
        [22, { kind: 'approvalOpened', name: 'go-live' }],
      ]);
      await fakes.ledger.putToken('shop-1', fakes.executions.openToken('release', 'shop-1-1'));
      return fakes;
    },
  },
  {
    name: 'look',
    title: 'look, which reads windows and judges them',
    input: { ...road, move: { events: 3 } },
    open: async () => {
      const fakes = await openAt(310, { notify: everyNotice }, [...at10, [22, { kind: 'stepStarted', index: 1 }]]);
      await fakes.router.setDial(shop, dialFor('green', 10));
      for (const seconds of [60, 120]) {
        fakes.metrics.publish('green', at(seconds), { good: 80, target5xx: 20 });
        fakes.metrics.publish('blue', at(seconds), { good: 900 });
      }
      return fakes;
    },
  },
  {
    name: 'look',
    title: 'look, which folds the windows that were judged',
    input: { ...road, move: { events: 3 } },
    open: async () => {
      const steps = [weight(10), bake(20_000), weight(100)];
      const fakes = await openAt(130 * 60, { steps, deadlineSeconds: 40_000 }, [
        ...at10,
        [22, { kind: 'stepStarted', index: 1 }],
      ]);
      await fakes.router.setDial(shop, dialFor('green', 10));
      for (let minute = 0; minute < 126; minute += 1) {
        await fakes.ledger.putWindow('shop-1', {
          ...{ metric: 'errors', startEpochMs: at(60 * minute), endEpochMs: at(60 * minute + 60), straddles: false },
          reading: { kind: 'counts', canary: { requests: 100, bad: [0] }, stable: { requests: 900, bad: [0] } },
          ...{ readAtEpochMs: at(60 * minute + 150), frozenAtEpochMs: at(60 * minute + 160) },
        });
      }
      return fakes;
    },
  },
  {
    name: 'look',
    title: 'look, which holds a release whose dial somebody moved',
    input: { ...road, move: { events: 3 } },
    open: async () => {
      const fakes = await openAt(200, { notify: everyNotice }, [...at10, [22, { kind: 'stepStarted', index: 1 }]]);
      await fakes.router.setDial(shop, dialFor('green', 40));
      return fakes;
    },
  },
  {
    name: 'look',
    title: 'look, which asks a person what to do with a hold that lasts too long',
    input: { ...road, move: { events: 3 } },
    open: async () => {
      const fakes = await openAt(1_300, { notify: everyNotice, hold: { atMostSeconds: 600, then: 'ask' } }, [
        ...at10,
        [22, { kind: 'stepStarted', index: 1 }],
        [400, { kind: 'held', because: 'too little data', fault: false }],
      ]);
      await fakes.router.setDial(shop, dialFor('green', 10));
      return fakes;
    },
  },
  {
    name: 'look',
    title: 'look, which calls a hook again',
    input: { ...road, move: { events: 3 } },
    maySayAgain: 'hookCalled',
    open: async () => {
      const fakes = await openAt(60, { steps: [weight(10), hook({ retries: 3 }), weight(100)] }, [
        ...at10,
        [30, { kind: 'hookCalled', name: 'smoke', attempt: 1 }],
      ]);
      await fakes.router.setDial(shop, dialFor('green', 10));
      fakes.hooks.answer(SMOKE, { kind: 'running', statusUrl: `${SMOKE}/1` });
      return fakes;
    },
  },
  {
    name: 'call-hook',
    title: 'call-hook, which is told where to ask again',
    input: road,
    maySayAgain: 'hookCalled',
    open: async () => {
      const fakes = await openAt(60, { steps: [weight(10), hook({ retries: 3 }), weight(100)] }, at10);
      await fakes.router.setDial(shop, dialFor('green', 10));
      fakes.hooks.answer(SMOKE, { kind: 'running', statusUrl: `${SMOKE}/1?signature=secret` });
      return fakes;
    },
  },
  {
    name: 'retire-stable',
    title: 'retire-stable, at its point of no return',
    input: road,
    open: async () => {
      const fakes = await openAt(50, { steps: [weight(100)] }, [
        ...at100,
        [30, { kind: 'soakStarted' }],
        [40, { kind: 'soakDone', because: 'good' }],
      ]);
      await fakes.router.setDial(shop, dialFor('green', 100));
      return fakes;
    },
  },
  {
    name: 'retire-stable',
    title: 'retire-stable, where stable has an autoscaler',
    input: road,
    open: async () => {
      const fakes = await openFakes({ steps: [weight(100)] });
      fakes.cluster.putAutoscaler(shop, 'blue', 4);
      fakes.cluster.putAutoscaler(shop, 'green', 4);
      await fakes.tell(
        [0, requested()],
        [0, { kind: 'runClaimed', run: 1 }],
        [0, { kind: 'admitted', admission: admissionWith({ stableMinimum: 2 }) }],
        ...at100,
        [50, { kind: 'retiring' }],
      );
      await fakes.canary(4);
      await fakes.router.setDial(shop, dialFor('green', 100));
      fakes.wait(1_000);
      return fakes;
    },
  },
  {
    name: 'retire-canary',
    title: 'retire-canary, where stable has an autoscaler',
    input: {},
    open: async () => {
      const fakes = await withRaisedMinimum(
        [1, { kind: 'canaryWritten', slot: 'green', revision: 'new' }],
        ...at10,
        [100, { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors' }],
        [103, { kind: 'dialVerified', dial: dialFor('green', 0) }],
      );
      await fakes.canary(1);
      fakes.wait(400);
      return fakes;
    },
  },
  {
    name: 'retire-stable',
    title: 'retire-stable, of a release whose traffic was turned back by hand',
    input: road,
    open: async () => {
      const fakes = await withRaisedMinimum(
        ...at100,
        [30, { kind: 'soakStarted' }],
        [40, { kind: 'soakDone', because: 'good' }],
        [50, { kind: 'retiring' }],
        [60, { kind: 'liveRecorded', slot: 'blue', revision: 'old', images: {}, because: 'errors' }],
      );
      await fakes.canary(4);
      fakes.wait(1_000);
      return fakes;
    },
  },
  {
    name: 'start-roll-back',
    title: 'start-roll-back, past the point of no return',
    input: { ...road, error: { Error: 'States.Timeout', Cause: '' } },
    open: () => openAt(60, {}, [...at100, [50, { kind: 'retiring' }]]),
  },
  {
    name: 'shift-traffic',
    title: 'shift-traffic, of a first release',
    input: road,
    open: async () => {
      const fakes = await openFakes({}, { isNew: true });
      await fakes.tell(
        [0, requested()],
        [0, { kind: 'runClaimed', run: 1 }],
        [0, { kind: 'admitted', admission: admissionWith({ first: true }) }],
        ...readied(0, 100, 4),
      );
      await fakes.canary(4);
      fakes.wait(20);
      return fakes;
    },
  },
  {
    name: 'start-roll-back',
    title: 'start-roll-back, after an attempt that ended without closing',
    input: { ...road, error: { Error: 'States.Timeout', Cause: '' } },
    open: async () => {
      const fakes = await goingBack();
      await fakes.executions.start('rollBack', 'rb-shop-1-1', {});
      fakes.executions.end('rollBack', 'rb-shop-1-1', 'FAILED');
      return fakes;
    },
  },
  {
    name: 'execution-ended',
    title: 'execution-ended, of the second attempt to go back, which calls a person',
    input: executionEnded('roll-back', 'rb-shop-1-2', 'TIMED_OUT'),
    open: () => attemptEnded(2),
  },
  {
    name: 'execution-ended',
    title: 'execution-ended, past the point of no return',
    input: executionEnded('release', 'shop-1-1'),
    open: () => stopped([24, { kind: 'retiring' }]),
  },
  {
    name: 'reconcile',
    title: 'reconcile, of the second attempt to go back, which calls a person',
    input: scheduled,
    open: () => attemptEnded(2),
  },
  {
    name: 'reconcile',
    title: 'reconcile, of a release past its deadline',
    input: scheduled,
    open: () => openAt(100_000, {}, at10),
  },
  {
    name: 'reconcile',
    title: 'reconcile, of a release that nobody has started, and a push that nobody has announced',
    input: scheduled,
    open: async () => {
      const fakes = await openFakes();
      await fakes.tell([0, requested({ images: { app: imageOf('1') } })]);
      fakes.images.push({ repository: 'shop', tag: 'v5', digest: imageOf('5').digest, atEpochMs: at(10) });
      fakes.wait(500);
      return fakes;
    },
  },
  {
    name: 'reconcile',
    title: 'reconcile, of a release that was to be replaced',
    input: scheduled,
    open: () =>
      openAt(25, { onNewImage: 'replace' }, [
        ...at10,
        [
          22,
          requested({ images: { app: imageOf('3') }, plan: planOf({ onNewImage: 'replace' }) }),
          { releaseId: 'shop-2' },
        ],
      ]),
  },
  {
    name: 'reconcile',
    title: 'reconcile, of functions in a VPC that nobody has called for an hour',
    input: scheduled,
    open: async () => {
      const fakes = await openFakes();
      fakes.sleepers.functions.push('arn:function:admit:1', 'arn:function:write-canary:1');
      return fakes;
    },
  },
  {
    name: 'reconcile',
    title: 'reconcile, of an open release that is not in the list, opened by an older version',
    input: scheduled,
    open: async () => {
      const fakes = await openAt(25, {}, at10);
      await fakes.ledger.unmarkOpen({ workload: 'shop', seq: 1 });
      return fakes;
    },
  },
  {
    name: 'reconcile',
    title: 'reconcile, of a workload at rest that is in the list of open releases',
    input: scheduled,
    open: () => openAt(25, {}, [[20, { kind: 'closed', outcome: 'rejected', because: 'no' }]]),
  },
  {
    name: 'image-pushed',
    title: 'image-pushed, which replaces the release on its way',
    input: pushed('v3', '3'),
    open: () => openAt(25, { onNewImage: 'replace' }, at10),
  },
  {
    name: 'image-pushed',
    title: 'image-pushed, which the plan refuses',
    input: pushed('v3', '3'),
    open: () => openAt(25, { onNewImage: 'reject' }, at10),
  },
  {
    name: 'close',
    title: 'close, with a release that waits',
    input: { releaseId: 'shop-1', attempt: 1 },
    open: async () => {
      const fakes = await openFakes({ notify: everyNotice });
      await fakes.admitted(
        [50, requested({ images: { app: imageOf('3') } }), { releaseId: 'shop-2' }],
        [100, { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors' }],
        [200, { kind: 'canaryRetired', slot: 'green' }],
      );
      return fakes;
    },
  },
  {
    name: 'start',
    title: 'start, which replaces the release on its way',
    input: { workload: 'shop', image: 'v3', by: 'ann' },
    open: () => openAt(25, { onNewImage: 'replace' }, at10),
  },
  {
    name: 'start',
    title: 'start, while another release is on its way',
    input: { workload: 'shop', image: 'v3', by: 'ann' },
    open: () => openAt(25, {}, at10),
  },
  {
    name: 'open-approval',
    title: 'open-approval, in a plan with a bake before it',
    input: road,
    open: () => openAt(25, { steps: [weight(10), approval(), bake(60), weight(100)], notify: everyNotice }, [...at10]),
  },
];

/** Every case of every handler, and what they do not show. A handler without a case fails every-handler.test.ts. */
export const crashCases: CrashCase[] = [
  ...allCases.map(handlerCase => ({
    ...handlerCase,
    title: handlerCase.name,
    ...(handlerCase.name === 'call-hook' && { maySayAgain: 'hookCalled' }),
  })),
  ...withTwins(more, 'look', 'restore-traffic', 'shift-traffic', 'verify-traffic'),
];
