import { dialFor } from '../../domain/dial.ts';
import type { Admission } from '../../domain/ledger/facts.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { Workload } from '../../domain/workload.ts';
import {
  admissionOf,
  approval,
  at,
  hook,
  imageOf,
  type Line,
  planOf,
  readied,
  shifted,
  shop,
  weight,
} from '../support/ledger-lines.ts';
import { type Fakes, openFakes } from './fakes.ts';

/** A handler, its input, and fakes in which it has something to do. */
export interface HandlerCase {
  name: string;
  input: object;
  open: () => Promise<Fakes>;
}

export const road = { releaseId: 'shop-1', run: 1 };
const preview = { header: { name: 'x-sluice-preview', value: 'canary' } };

const fakes = async (plan: Partial<Plan>, seconds: number, set: (fakes: Fakes) => Promise<void>) => {
  const opened = await openFakes(plan);
  await set(opened);
  opened.wait(seconds);
  return opened;
};
const admitted = (plan: Partial<Plan>, seconds: number, ...ledgerLines: Line[]) =>
  fakes(plan, seconds, async opened => {
    await opened.admitted(...ledgerLines);
    await opened.canary(4);
  });
/** As the fake router plans it for blue. */
export const admissionWith = (more: Partial<Admission>): Admission =>
  admissionOf({ wayBack: { kind: 'fake' }, ...more });
const at10 = [...readied(0, 10), ...shifted(20, { from: 0, to: 10 })];
const at100 = [...readied(0, 100, 4), ...shifted(20, { from: 0, to: 100 })];
const soaked: Line[] = [...at100, [30, { kind: 'soakStarted' }], [40, { kind: 'soakDone', because: 'good' }]];
const promoted = () =>
  admitted(
    {},
    900,
    ...soaked,
    [500, { kind: 'stableRetired', slot: 'blue' }],
    [501, { kind: 'closed', outcome: 'promoted', because: 'live' }],
  );

/** A handler's twin in the cluster does the same with the same ports: it has to stand the same cases. */
export const withTwins = <S extends { name: string }>(handlerCases: S[], ...names: string[]): S[] => [
  ...handlerCases,
  ...handlerCases
    .filter(({ name }) => names.includes(name))
    .map(handlerCase => ({ ...handlerCase, name: `${handlerCase.name}-in-cluster` })),
];

/** The handlers of release.asl.json. */
export const releaseCases: HandlerCase[] = withTwins(
  [
    {
      name: 'admit',
      input: road,
      open: () =>
        fakes({}, 5, async opened => {
          await opened.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
        }),
    },
    {
      name: 'write-canary',
      input: road,
      open: () =>
        fakes({}, 5, async opened => {
          await opened.run('start', { workload: 'shop', image: 'v2', by: 'ann' });
          await opened.run('admit', road);
        }),
    },
    { name: 'next-step', input: road, open: () => admitted({}, 25, ...at10) },
    { name: 'size-canary', input: road, open: () => admitted({ steps: [weight(50), weight(100)] }, 5) },
    {
      name: 'read-slot',
      input: road,
      open: () => admitted({}, 5, [1, { kind: 'sizeIntended', slot: 'green', replicas: 4, weight: 10 }]),
    },
    { name: 'open-preview', input: road, open: () => admitted({ preview }, 5, ...readied(0, 10)) },
    { name: 'shift-traffic', input: road, open: () => admitted({}, 20, ...readied(0, 10)) },
    {
      name: 'call-hook',
      input: road,
      open: async () => {
        const opened = await admitted({ steps: [weight(10), hook(), weight(100)] }, 25, ...at10);
        opened.hooks.answer('https://hooks.example.com/smoke', { kind: 'passed' });
        return opened;
      },
    },
    {
      name: 'open-approval',
      input: road,
      open: () =>
        admitted(
          { steps: [weight(10), approval(), weight(100)], notify: [{ kind: 'sns', on: ['approvalNeeded'] }] },
          25,
          ...at10,
        ),
    },
    {
      name: 'await-approval',
      input: { ...road, taskToken: 'token-1' },
      open: () =>
        admitted({ steps: [weight(10), approval(), weight(100)] }, 25, ...at10, [
          22,
          { kind: 'approvalOpened', name: 'go-live' },
        ]),
    },
    {
      name: 'look',
      input: { ...road, move: { events: 3 } },
      open: async () => {
        const opened = await admitted({}, 200, ...at10, [22, { kind: 'stepStarted', index: 1 }]);
        await opened.router.setDial(shop, dialFor('green', 10));
        return opened;
      },
    },
    { name: 'soak', input: road, open: () => admitted({ steps: [weight(100)], soakSeconds: 60 }, 25, ...at100) },
    {
      name: 'retire-stable',
      input: road,
      open: async () => {
        const opened = await admitted({ steps: [weight(100)] }, 400, ...soaked, [50, { kind: 'retiring' }]);
        await opened.router.setDial(shop, dialFor('green', 100));
        return opened;
      },
    },
  ],
  'look',
  'shift-traffic',
);

/** The input of roll-back.asl.json as the claim writes it. */
export const backInput = async (opened: Fakes, attempt = 1) => ({
  releaseId: 'shop-1',
  attempt,
  back: {
    workload: shop,
    wayBack: await opened.router.planWayBack(shop, 'blue'),
    stable: 'blue',
    deadlineEpochMs: opened.clock.now() + 600_000,
  },
});

/** A release at 10 % whose way back was claimed at 100 s. */
export const goingBack = async (...ledgerLines: Line[]): Promise<Fakes> => {
  const opened = await admitted(
    {},
    110,
    [1, { kind: 'canaryWritten', slot: 'green', revision: 'new' }],
    ...at10,
    [100, { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors: 5 of 100' }],
    ...ledgerLines,
  );
  await opened.router.setDial(shop, dialFor('green', 10));
  return opened;
};

/** The handlers of roll-back.asl.json, and those that both machines end with or hand over by. */
export const rollBackCases: HandlerCase[] = withTwins(
  [
    { name: 'restore-traffic', input: {}, open: () => goingBack() },
    {
      name: 'verify-traffic',
      input: {},
      open: async () => {
        const opened = await goingBack(
          [101, { kind: 'goingBack', attempt: 1 }],
          [102, { kind: 'dialRestored', dial: dialFor('green', 0) }],
        );
        await opened.router.setDial(shop, dialFor('green', 0));
        return opened;
      },
    },
    {
      name: 'retire-canary',
      input: {},
      open: async () => {
        const opened = await goingBack(
          [102, { kind: 'dialRestored', dial: dialFor('green', 0) }],
          [103, { kind: 'dialVerified', dial: dialFor('green', 0) }],
        );
        await opened.router.setDial(shop, dialFor('green', 0));
        return opened;
      },
    },
  ],
  'restore-traffic',
  'verify-traffic',
);

export const endingCases: HandlerCase[] = [
  {
    name: 'close',
    input: { releaseId: 'shop-1', attempt: 1 },
    open: () => goingBack([200, { kind: 'canaryRetired', slot: 'green' }]),
  },
  { name: 'start-next-run', input: road, open: () => admitted({}, 25, ...at10) },
  {
    name: 'start-roll-back',
    input: { ...road, move: { kind: 'rollBack', reason: 'degraded', because: 'errors: 5 of 100', seconds: 1 } },
    open: () => admitted({}, 25, ...at10),
  },
];

/** The operations of people and pipelines. */
export const operationCases: HandlerCase[] = [
  {
    name: 'start-with-plan',
    input: {
      ...{ workload: 'shop', image: 'v2', by: 'ann' },
      plan: {
        file: 'plan.yaml',
        text: 'apiVersion: sluice/v1\nkind: Plan\nworkload: shop\nstrategy: canary\nmetrics: []\nsteps: [{ setWeight: 100 }]\n',
      },
    },
    open: () => openFakes(),
  },
  { name: 'start', input: { workload: 'shop', image: 'v2', by: 'ann' }, open: () => openFakes() },
  {
    name: 'abort',
    input: { releaseId: 'shop-1', by: 'ann', because: 'not today' },
    open: () => admitted({}, 25, ...at10),
  },
  {
    name: 'approve',
    input: { releaseId: 'shop-1', name: 'go-live', opening: 9, by: 'bob', groups: ['leads'] },
    open: () =>
      admitted({ steps: [weight(10), approval(), weight(100)] }, 25, ...at10, [
        22,
        { kind: 'approvalOpened', name: 'go-live' },
      ]),
  },
  {
    name: 'undo',
    input: { workload: 'shop', by: 'ann' },
    open: promoted,
  },
  {
    name: 'record-live',
    input: { workload: 'shop', slot: 'blue', by: 'ann', because: 'errors at night' },
    open: promoted,
  },
  { name: 'audit', input: { workload: 'shop' }, open: () => admitted({}, 25, ...at10) },
  { name: 'status', input: { workload: 'shop', afterSeq: 0 }, open: () => admitted({}, 25, ...at10) },
];

/** ECR's event of a push: `v2` is the image of the digit 2. */
export const pushed = (tag: string | undefined, digit: string, more: object = {}) => ({
  version: '0',
  id: '13cde686-328b-6117-af20-0e5566167482',
  'detail-type': 'ECR Image Action',
  source: 'aws.ecr',
  account: '123456789012',
  time: new Date(at(-60)).toISOString(),
  region: 'eu-west-1',
  resources: [],
  detail: {
    result: 'SUCCESS',
    'repository-name': 'shop',
    'image-digest': imageOf(digit).digest,
    'action-type': 'PUSH',
    ...(tag === undefined ? {} : { 'image-tag': tag }),
    ...more,
  },
});

/** The event of Step Functions about an execution that ended. */
export const executionEnded = (
  machine: 'release' | 'roll-back',
  name: string,
  status = 'FAILED',
  more: object = {},
) => ({
  'detail-type': 'Step Functions Execution Status Change',
  source: 'aws.states',
  detail: { stateMachineArn: `arn:stateMachine:${machine}`, name, status, error: null, cause: null, ...more },
});

export const alarmArn = (name: string): string => `arn:aws:cloudwatch:eu-west-1:123456789012:alarm:${name}`;

/** CloudWatch's event of an alarm that went into a state `seconds` after NOON. */
export const alarmChanged = (name: string, seconds: number, { from = 'OK', to = 'ALARM' } = {}) => ({
  'detail-type': 'CloudWatch Alarm State Change',
  source: 'aws.cloudwatch',
  resources: [alarmArn(name)],
  detail: {
    alarmName: name,
    configuration: { description: '' },
    previousState: { value: from, timestamp: '2023-11-14T00:00:00.000+0000' },
    state: {
      value: to,
      reason: 'Threshold Crossed: 1 datapoint [20.0] was greater than 5.0',
      timestamp: new Date(at(seconds)).toISOString().replace('Z', '+0000'),
    },
  },
});

/** A release of a workload whose alarms are `shop-burns`, by name, and `shop-slow`, by ARN. */
export async function watched(ledgerLines: Line[]): Promise<Fakes> {
  const opened = await admitted({}, 25, ...ledgerLines);
  await opened.workloads.register({
    workload: { ...shop, alarms: ['shop-burns', alarmArn('shop-slow')] },
    plan: planOf(),
  });
  for (const name of ['shop-burns', 'shop-slow']) opened.alarms.set(name, 'ALARM', 'errors', at(24));
  return opened;
}

/** EventBridge's event of a schedule. */
export const scheduled = { version: '0', 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} };

/** The event handlers. */
export const eventCases: HandlerCase[] = [
  { name: 'image-pushed', input: pushed('v2', '2'), open: () => openFakes() },
  { name: 'alarm-changed', input: alarmChanged('shop-burns', 24), open: () => watched(at10) },
  { name: 'execution-ended', input: executionEnded('release', 'shop-1-1'), open: () => stopped() },
  { name: 'reconcile', input: scheduled, open: () => stopped() },
];

/** A release that goes back, and whose nth attempt ended without closing it. */
export async function attemptEnded(attempt: number): Promise<Fakes> {
  const opened = await goingBack(
    ...Array.from(
      { length: attempt - 1 },
      (_, index): Line => [
        101 + index,
        { kind: 'rollBackClaimed', attempt: index + 2, reason: 'degraded', because: 'errors: 5 of 100' },
      ],
    ),
  );
  await opened.executions.start('rollBack', `rb-shop-1-${attempt}`, {});
  opened.executions.end('rollBack', `rb-shop-1-${attempt}`, 'TIMED_OUT');
  return opened;
}

/** A release at 10 % whose execution failed. */
export async function stopped(...ledgerLines: Line[]): Promise<Fakes> {
  const opened = await admitted({}, 25, ...at10, ...ledgerLines);
  opened.executions.end('release', 'shop-1-1', 'FAILED');
  return opened;
}

/** The active release as if it had been admitted with this workload, and this way back: it is the ledger that says them. */
export function admittedWith(fakes: Fakes, workload: Workload, wayBack?: unknown): void {
  const read = fakes.ledger.read.bind(fakes.ledger);
  fakes.ledger.read = async name => {
    const state = await read(name);
    if (state.active?.admission === undefined) return state;
    const admission = { ...state.active.admission, ...(wayBack !== undefined && { wayBack }) };
    return { ...state, active: { ...state.active, workload, admission } };
  };
}

/** Every handler's. */
export const allCases: HandlerCase[] = [
  ...releaseCases,
  ...rollBackCases,
  ...endingCases,
  ...operationCases,
  ...eventCases,
];

/** The way back's input is planned by the router of its world. */
export async function inputOf(handlerCase: HandlerCase, opened: Fakes): Promise<object> {
  return rollBackCases.some(({ name }) => name === handlerCase.name) ? backInput(opened) : handlerCase.input;
}
