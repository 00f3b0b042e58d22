import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../domain/ledger/facts.ts';
import { PROCEED } from '../../../domain/ledger/state.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { isPageDue, type Waiting, waitingOf } from '../../../domain/release/waiting.ts';
import { WAITS, type WaitKind } from '../../../domain/release/waits.ts';
import {
  admissionOf,
  approval,
  at,
  bake,
  hook,
  type Line,
  planOf,
  readied,
  releaseLines,
  requested,
  shifted,
  stateOf,
  weight,
} from '../../support/ledger-lines.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const written: Line[] = [
  [1, { kind: 'canaryIntended', slot: 'green', revision: 'new' }],
  [2, { kind: 'canaryWritten', slot: 'green', revision: 'new' }],
];
const at10 = [...written, ...readied(3, 10), ...shifted(20, { from: 0, to: 10 })];
const at100 = [...written, ...readied(3, 100, 4), ...shifted(20, { from: 0, to: 100 })];
const release = (plan: Partial<Plan>, ...ledgerLines: Line[]) => releaseLines(plan, ...ledgerLines);
const only100 = { steps: [weight(100)] };
const soaked: Line[] = [...at100, [30, { kind: 'soakStarted' }], [40, { kind: 'soakDone', because: 'good' }]];
const first = (...ledgerLines: Line[]): Line[] => [
  [0, requested({ plan: planOf(only100) })],
  [0, { kind: 'runClaimed', run: 1 }],
  [0, { kind: 'admitted', admission: admissionOf({ first: true }) }],
  ...written,
  ...readied(3, 100, 4),
  ...ledgerLines,
];
const claimed: Line = [100, { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors' }];
const goesBack = [...at10, claimed, [101, { kind: 'goingBack', attempt: 1 }] as Line];
const restored: Line = [110, { kind: 'dialRestored', dial: { blue: 100, green: 0 } }];
const verified: Line = [115, { kind: 'dialVerified', dial: { blue: 100, green: 0 } }];
const turnedBack: Line = [70, { kind: 'liveRecorded', slot: 'blue', revision: 'old', images: {}, because: 'errors' }];
const held = (fault: boolean): Fact => ({ kind: 'held', because: 'too few requests', fault });

interface Case {
  kind: WaitKind;
  when: string;
  ledgerLines: Line[];
  awaited: RegExp;
  /** Seconds after NOON. */
  since: number;
  /** Seconds after that. */
  page: number;
}

/** A draining slot: 30 s of deregistration delay, no stickiness, and 120 s. */
const DRAIN = 150;
const cases: Case[] = [
  { kind: 'notBegun', when: 'requested', ledgerLines: [[0, requested()]], awaited: /takes it up/, since: 0, page: 600 },
  {
    kind: 'notBegun',
    when: 'active since the one before it ended',
    ledgerLines: [
      [0, requested()],
      [5, requested(), { releaseId: 'shop-2' }],
      [900, { kind: 'closed', outcome: 'rejected', because: 'no' }],
    ],
    ...{ awaited: /takes it up/, since: 900, page: 600 },
  },
  {
    kind: 'notBegun',
    when: 'and others in the queue behind it are replaced again and again',
    ledgerLines: [
      [0, requested()],
      [500, requested(), { releaseId: 'shop-2' }],
      [590, requested(), { releaseId: 'shop-3' }],
    ],
    ...{ awaited: /takes it up/, since: 0, page: 600 },
  },
  {
    kind: 'admission',
    when: 'its execution was started and admits nothing',
    ledgerLines: [
      [0, requested()],
      [1, { kind: 'runClaimed', run: 1 }],
    ],
    ...{ awaited: /to be admitted/, since: 0, page: 600 },
  },
  {
    kind: 'alarmsBeforeAdmission',
    when: 'an alarm rings before it begins',
    ledgerLines: [
      [0, requested()],
      [1, { kind: 'runClaimed', run: 1 }],
      [2, { kind: 'held', because: 'slo is in ALARM', fault: false }],
    ],
    ...{ awaited: /slo is in ALARM.*at most 10m/, since: 2, page: 900 },
  },
  {
    kind: 'closing',
    when: 'refused',
    ledgerLines: [
      [0, requested()],
      [5, { kind: 'refused', because: 'no' }],
    ],
    ...{ awaited: /closed/, since: 5, page: 600 },
  },
  { kind: 'writing', when: 'admitted', ledgerLines: release({}), awaited: /green to be written/, since: 0, page: 600 },
  {
    kind: 'sizing',
    when: 'written',
    ledgerLines: release({}, ...written),
    awaited: /weight 10 %/,
    since: 2,
    page: 600,
  },
  {
    kind: 'readiness',
    when: 'sized',
    ledgerLines: release({}, ...written, [5, { kind: 'sizeIntended', slot: 'green', replicas: 2, weight: 10 }]),
    ...{ awaited: /2 replicas of green/, since: 5, page: 900 },
  },
  {
    kind: 'preview',
    when: 'ready, and the preview is not open',
    ledgerLines: release({ preview: { header: { name: 'x', value: 'y' } } }, ...written, ...readied(3, 10), [
      9,
      { kind: 'previewIntended', slot: 'green' },
    ]),
    ...{ awaited: /preview of green/, since: 9, page: 600 },
  },
  {
    kind: 'shiftDue',
    when: 'ready for its weight',
    ledgerLines: release({}, ...written, ...readied(3, 10)),
    ...{ awaited: /weight 10 %/, since: 3, page: 660 },
  },
  {
    kind: 'shift',
    when: 'a shift was begun',
    ledgerLines: release({}, ...at10.slice(0, -1)),
    ...{ awaited: /weight 10 % to be confirmed/, since: 20, page: 600 },
  },
  {
    kind: 'bake',
    when: 'it bakes',
    ledgerLines: release({}, ...at10, [22, { kind: 'stepStarted', index: 1 }]),
    ...{ awaited: /bake/, since: 22, page: 600 },
  },
  {
    kind: 'analysis',
    when: 'it measures',
    ledgerLines: release(
      { steps: [weight(10), { kind: 'analysis', metrics: ['errors'], count: 2 }, weight(100)] },
      ...at10,
      [22, { kind: 'stepStarted', index: 1 }],
    ),
    ...{ awaited: /measurements of errors/, since: 22, page: 120 + 240 + 300 },
  },
  {
    kind: 'hook',
    when: 'a hook was called',
    ledgerLines: release({ steps: [weight(10), hook(), weight(100)] }, ...at10, [
      25,
      { kind: 'hookCalled', name: 'smoke', attempt: 1 },
    ]),
    ...{ awaited: /hook smoke/, since: 25, page: 600 },
  },
  {
    kind: 'hook',
    when: 'a hook is to be called',
    ledgerLines: release({ steps: [weight(10), hook(), weight(100)] }, ...at10),
    ...{ awaited: /hook smoke/, since: 21, page: 600 },
  },
  {
    kind: 'approval',
    when: 'people are asked',
    ledgerLines: release({ steps: [weight(10), approval(), weight(100)] }, ...at10, [
      25,
      { kind: 'approvalOpened', name: 'go-live' },
    ]),
    ...{ awaited: /approval go-live$/, since: 25, page: 1_800 },
  },
  {
    kind: 'approval',
    when: 'nobody was asked yet',
    ledgerLines: release({ steps: [weight(10), approval(), weight(100)] }, ...at10),
    ...{ awaited: /to be asked for/, since: 21, page: 600 },
  },
  {
    kind: 'data',
    when: 'it holds for want of data',
    ledgerLines: release({}, ...at10, [400, held(false)]),
    ...{ awaited: /more data: too few requests/, since: 400, page: 900 },
  },
  {
    kind: 'data',
    when: 'its hold asks',
    ledgerLines: release({}, ...at10, [400, held(false)], [1_000, { kind: 'approvalOpened', name: PROCEED }]),
    ...{ awaited: /a person's answer: too few requests/, since: 400, page: 900 },
  },
  {
    kind: 'data',
    when: 'its plan lets it hold for days',
    ledgerLines: release({ hold: { atMostSeconds: 7 * DAY, then: 'ask' }, deadlineSeconds: 7 * DAY }, ...at10, [
      400,
      held(false),
    ]),
    ...{ awaited: /more data/, since: 400, page: DAY },
  },
  {
    kind: 'fault',
    when: 'it holds for what somebody has to mend',
    ledgerLines: release({}, ...at10, [400, held(true)]),
    ...{ awaited: /mends this: too few requests/, since: 400, page: 900 },
  },
  {
    kind: 'soak',
    when: 'it soaks',
    ledgerLines: release({ ...only100, soakSeconds: 900 }, ...at100, [30, { kind: 'soakStarted' }]),
    ...{ awaited: /soak/, since: 30, page: 1_200 },
  },
  {
    kind: 'givingUp',
    when: 'its soak is over and stable is not given up',
    ledgerLines: release(only100, ...soaked),
    ...{ awaited: /blue to be given up/, since: 40, page: 600 },
  },
  {
    kind: 'draining',
    when: 'past the point of no return, also past its deadline',
    ledgerLines: release(only100, ...soaked, [50, { kind: 'retiring' }]),
    ...{ awaited: /blue to end/, since: 50, page: DRAIN + 600 },
  },
  {
    kind: 'fault',
    when: 'past the point of no return with a live slot that cannot carry',
    ledgerLines: release(only100, ...soaked, [50, { kind: 'retiring' }], [90, held(true)]),
    ...{ awaited: /mends this/, since: 90, page: 0 },
  },
  {
    kind: 'firstShift',
    when: 'a first release, whose shift is its point of no return',
    ledgerLines: first([20, { kind: 'retiring' }]),
    ...{ awaited: /first requests to go to green/, since: 20, page: 600 },
  },
  {
    kind: 'draining',
    when: 'a first release, after its shift',
    ledgerLines: first([20, { kind: 'retiring' }], ...shifted(21, { from: 0, to: 100 })),
    ...{ awaited: /blue/, since: 20, page: 600 },
  },
  {
    kind: 'closing',
    when: 'it was promoted',
    ledgerLines: release(
      only100,
      ...soaked,
      [50, { kind: 'retiring' }],
      [300, { kind: 'stableRetired', slot: 'blue' }],
    ),
    ...{ awaited: /closed: it was promoted/, since: 300, page: 600 },
  },
  {
    kind: 'draining',
    when: 'somebody turned the traffic back past the point of no return, and said so',
    ledgerLines: release(only100, ...soaked, [50, { kind: 'retiring' }], turnedBack),
    ...{ awaited: /green to end/, since: 70, page: DRAIN + 600 },
  },
  {
    kind: 'closing',
    when: 'that is done too',
    ledgerLines: release(only100, ...soaked, [50, { kind: 'retiring' }], turnedBack, [
      300,
      { kind: 'canaryRetired', slot: 'green' },
    ]),
    ...{ awaited: /turned back/, since: 300, page: 600 },
  },
  {
    kind: 'deadline',
    when: 'nothing sends it back at its deadline',
    ledgerLines: release({ steps: [weight(10), bake(3 * HOUR), weight(100)] }, ...at10, [
      22,
      { kind: 'stepStarted', index: 1 },
    ]),
    ...{ awaited: /deadline has passed/, since: 2 * HOUR, page: 600 },
  },
  {
    kind: 'rollBack',
    when: 'its way back was claimed',
    ledgerLines: release({}, ...at10, claimed),
    ...{ awaited: /takes it back/, since: 100, page: 300 },
  },
  {
    kind: 'closing',
    when: 'it goes back and had not been admitted',
    ledgerLines: [
      [0, requested()],
      [1, { kind: 'runClaimed', run: 1 }],
      claimed,
      [101, { kind: 'goingBack', attempt: 1 }],
    ],
    ...{ awaited: /nothing had moved/, since: 101, page: 600 },
  },
  {
    kind: 'restoring',
    when: 'it goes back, whichever attempt',
    ledgerLines: release({}, ...goesBack, [
      200,
      { kind: 'rollBackClaimed', attempt: 7, reason: 'degraded', because: 'errors' },
    ]),
    ...{ awaited: /go back to blue$/, since: 101, page: 300 },
  },
  {
    kind: 'restoring',
    when: 'and no target of stable is healthy',
    ledgerLines: release({}, ...goesBack, [
      102,
      { kind: 'held', because: 'no target of blue is healthy', fault: true },
    ]),
    ...{ awaited: /go back to blue: no target of blue is healthy/, since: 101, page: 300 },
  },
  {
    kind: 'verifying',
    when: 'restored, also where somebody turns the traffic again and again',
    ledgerLines: release({}, ...goesBack, restored, verified, [
      500,
      { kind: 'dialRestored', dial: { blue: 100, green: 0 } },
    ]),
    ...{ awaited: /show all requests with blue/, since: 101, page: 600 },
  },
  {
    kind: 'retiringCanary',
    when: 'the canary drains',
    ledgerLines: release({}, ...goesBack, restored, verified),
    ...{ awaited: /green to end/, since: 115, page: DRAIN + 600 },
  },
  {
    kind: 'closing',
    when: 'it went back',
    ledgerLines: release({}, ...goesBack, restored, verified, [300, { kind: 'canaryRetired', slot: 'green' }]),
    ...{ awaited: /closed: it went back/, since: 300, page: 600 },
  },
];

const waitsAt = (ledgerLines: Line[], seconds: number): Waiting[] => waitingOf(stateOf(...ledgerLines), at(seconds));

describe('what a release waits for', () => {
  it.each(cases)('$kind: $when', ({ kind, ledgerLines, awaited, since, page }) => {
    const [found] = waitsAt(ledgerLines, since + page);
    expect(found).toMatchObject({ kind, awaited: expect.stringMatching(awaited) });
    expect(found?.awaited).not.toMatch(/undefined|NaN/);
    expect(found?.sinceEpochMs).toBe(at(since));
    expect(found?.pageAtEpochMs).toBe(at(since + page));
  });

  it('is asked for every kind that there is', () => {
    expect([...new Set([...cases.map(({ kind }) => kind), 'turn'])].sort()).toEqual(Object.keys(WAITS).sort());
  });

  it('is the end of the one before it, for one in the queue', () => {
    const [, behind] = waitsAt(release({}, ...at10, [50, requested(), { releaseId: 'shop-2' }]), 60);
    expect(behind).toMatchObject({ kind: 'turn', releaseId: 'shop-2', awaited: 'shop-1 to end' });
    expect(behind?.pageAtEpochMs).toBe(at(50 + DAY));
  });

  it('is nothing at rest', () => {
    expect(waitsAt([], 0)).toEqual([]);
  });
});

describe('a page', () => {
  const ledgerLines = release({}, ...goesBack);
  const since = at(101);
  const paged = (seconds: number, what = 'restoring', times = 1): Line => [
    seconds,
    { kind: 'paged', what, because: 'the requests to go back', sinceEpochMs: since, times },
  ];
  const isDue = (lines: Line[], seconds: number) => {
    const state = stateOf(...lines);
    const [found] = waitingOf(state, at(seconds));
    if (found === undefined || state.active === undefined) throw new Error('nothing waits');
    return isPageDue(found, state.active, at(seconds));
  };

  it('is due at its age, and not a second before', () => {
    expect(isDue(ledgerLines, 400)).toBe(false);
    expect(isDue(ledgerLines, 401)).toBe(true);
  });

  it('is sent again an hour after the last, and not in between', () => {
    expect(isDue([...ledgerLines, paged(401)], 402)).toBe(false);
    expect(isDue([...ledgerLines, paged(401)], 401 + HOUR - 1)).toBe(false);
    expect(isDue([...ledgerLines, paged(401)], 401 + HOUR)).toBe(true);
    expect(isDue([...ledgerLines, paged(401), paged(401 + HOUR, 'restoring', 2)], 402 + HOUR)).toBe(false);
  });

  it('about another thing waits ten minutes at most: none is lost, and none floods', () => {
    expect(isDue([...ledgerLines, paged(401, 'verifying')], 401 + 599)).toBe(false);
    expect(isDue([...ledgerLines, paged(401, 'verifying')], 401 + 600)).toBe(true);
  });
});
