import { type HandlerCase, PLAN_FILE, WORKLOAD_FILE } from './release-probe.ts';

/** Two values of a key and what there is besides: the release does not do the same. */
export interface ReleaseRow {
  a: object;
  b: object;
  of: 'plan' | 'workload';
  handlerCase?: HandlerCase;
}

const plan = (a: object, b: object, handlerCase: HandlerCase = {}): ReleaseRow => ({
  of: 'plan',
  a: { ...PLAN_FILE, ...a },
  b: { ...PLAN_FILE, ...b },
  handlerCase,
});
const workload = (a: object, b: object, handlerCase: HandlerCase = {}): ReleaseRow => ({
  of: 'workload',
  a: { ...WORKLOAD_FILE, ...a },
  b: { ...WORKLOAD_FILE, ...b },
  handlerCase,
});
const steps = (a: object, b: object, handlerCase: HandlerCase = {}): ReleaseRow => {
  const of = (step: object) => ({ steps: [{ setWeight: 10 }, step, { bake: '3m' }, { setWeight: 100 }] });
  return plan(of(a), of(b), handlerCase);
};
const hook = (more: object = {}) => ({
  hook: { name: 'smoke', url: 'https://hooks.example.com/smoke', timeout: '3m', retries: 0, ...more },
});
const approval = (more: object = {}) => ({ approval: { name: 'go-live', groups: ['leads'], within: '1h', ...more } });
const preview = (name: string, value: string) => ({ preview: { header: { name, value } } });
const [errors] = PLAN_FILE.metrics;
const BAD: HandlerCase = { quality: { kind: 'bad', afterMs: 0, failureShare: 0.5 } };
const QUIET: HandlerCase = { requestsPerSecond: 0 };
const FLAPS: HandlerCase = { quality: { kind: 'flaps', afterMs: 60_000, everyMs: 20_000, pods: 'all' } };
const NEVER_READY: HandlerCase = { quality: { kind: 'neverReady' } };
const PUSH_MEANWHILE: HandlerCase = { acts: [{ atMs: 200_000, action: { kind: 'push', image: 1, announced: true } }] };
const PEOPLE: HandlerCase = { approverEveryMs: 30_000 };
const { blue, green } = WORKLOAD_FILE.router.targetGroups;
const alb = (more: object) => ({ router: { ...WORKLOAD_FILE.router, ...more } });
const [rule = ''] = WORKLOAD_FILE.router.rules;

/** Of a plan. */
export const PLAN_ROWS: Record<string, ReleaseRow> = {
  onNewImage: plan({ onNewImage: 'queue' }, { onNewImage: 'reject' }, PUSH_MEANWHILE),
  deadline: plan(
    { deadline: '4h', progressDeadline: '30m' },
    { deadline: '12m', progressDeadline: '30m' },
    NEVER_READY,
  ),
  progressDeadline: plan({ progressDeadline: '10m' }, { progressDeadline: '2m' }, NEVER_READY),
  canaryHealth: plan({ canaryHealth: { restarts: 1 } }, { canaryHealth: { restarts: 100 } }, FLAPS),
  'canaryHealth.restarts': plan({ canaryHealth: { restarts: 1 } }, { canaryHealth: { restarts: 100 } }, FLAPS),
  hold: plan({ hold: { atMost: '5m', then: 'rollBack' } }, { hold: { atMost: '9m', then: 'proceed' } }, QUIET),
  'hold.atMost': plan(
    { hold: { atMost: '5m', then: 'rollBack' } },
    { hold: { atMost: '9m', then: 'rollBack' } },
    QUIET,
  ),
  'hold.then': plan({ hold: { atMost: '5m', then: 'rollBack' } }, { hold: { atMost: '5m', then: 'proceed' } }, QUIET),
  window: plan({ window: '60s' }, { window: '120s' }, BAD),
  preview: plan({}, preview('x-sluice-preview', 'canary')),
  'preview.header': plan({}, preview('x-sluice-preview', 'canary')),
  'preview.header.name': plan(preview('x-sluice-preview', 'canary'), preview('x-other', 'canary')),
  'preview.header.value': plan(preview('x-sluice-preview', 'canary'), preview('x-sluice-preview', 'other')),
  metrics: plan({}, { metrics: [], soak: '0s' }, BAD),
  'metrics[].name': plan({}, { metrics: [{ ...errors, name: 'failures' }] }),
  steps: plan({}, { steps: [{ setWeight: 100 }] }),
  'steps[].setWeight': steps({ setWeight: 20 }, { setWeight: 30 }),
  'steps[].bake': steps({ bake: '2m' }, { bake: '9m' }),
  'steps[].analysis': steps({ analysis: { metrics: ['errors'], count: 2 } }, { bake: '1m' }),
  'steps[].analysis.count': steps(
    { analysis: { metrics: ['errors'], count: 2 } },
    { analysis: { metrics: ['errors'], count: 6 } },
  ),
  'steps[].hook': steps(hook(), { bake: '1m' }),
  'steps[].hook.name': steps(hook(), hook({ name: 'other' })),
  'steps[].hook.url': steps(hook(), hook({ url: 'https://hooks.example.com/other' })),
  'steps[].hook.timeout': steps(hook(), hook({ timeout: '9m' }), { hookAnswers: ['running'] }),
  'steps[].hook.retries': steps(hook(), hook({ retries: 3 }), { hookAnswers: ['unreachable'] }),
  'steps[].approval': steps(approval(), { bake: '1m' }, PEOPLE),
  'steps[].approval.name': steps(approval(), approval({ name: 'other' })),
  'steps[].approval.groups': steps(approval(), approval({ groups: ['nobody'] }), PEOPLE),
  'steps[].approval.required': steps(approval(), approval({ required: 2 }), PEOPLE),
  'steps[].approval.notTheStarter': steps(
    approval({ notTheStarter: false }),
    approval({ notTheStarter: true }),
    PEOPLE,
  ),
  'steps[].approval.within': steps(approval(), approval({ within: '10m' })),
  soak: plan({ soak: '5m' }, { soak: '0s' }),
  control: plan({}, { control: 5 }),
  notify: plan({}, { notify: [] }),
  'notify[].on': plan({}, { notify: [{ kind: 'sns', on: ['started'] }] }),
  'notify[].topicArn': plan(
    {},
    { notify: [{ ...PLAN_FILE.notify[0], topicArn: 'arn:aws:sns:eu-west-1:123456789012:team' }] },
  ),
};

/** Of a workload. */
export const WORKLOAD_ROWS: Record<string, ReleaseRow> = {
  service: workload({}, { service: 'shop' }),
  container: workload({}, { container: 'other' }),
  repositories: workload({}, { repositories: [{ name: 'other', tags: 'v*' }] }),
  'repositories[].name': workload({}, { repositories: [{ name: 'other', tags: 'v*' }] }),
  'repositories[].tags': workload({}, { repositories: [{ name: 'shop', tags: 'release-*' }] }, PUSH_MEANWHILE),
  alarms: workload({}, { alarms: ['slo'] }),
  router: workload({}, alb({ rules: [`${rule}f`] })),
  'router.rules': workload({}, alb({ rules: [rule, `${rule}f`] })),
  'router.targetGroups': workload({}, alb({ targetGroups: { blue: green, green: blue } })),
  'router.targetGroups.blue': workload({}, alb({ targetGroups: { blue: `${blue}f`, green } })),
  // the second release goes back to green
  'router.targetGroups.green': workload({}, alb({ targetGroups: { blue, green: `${green}f` } }), {
    acts: [{ atMs: 3_600_000, action: { kind: 'start', image: 1, by: 'ann' } }],
  }),
  'router.previewRule': workload({}, alb({ previewRule: `${rule}e` })),
  connections: workload({ connections: 'cut' }, { connections: 'drain' }, BAD),
  maxDrain: workload({ maxDrain: '1m' }, { maxDrain: '20m' }, { clientsSeconds: 3600 }),
};
