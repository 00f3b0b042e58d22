import { describe, expect, it } from 'vitest';
import type { Fact } from '../../../domain/ledger/facts.ts';
import { endText, imagesText, newsOf } from '../../../domain/ledger/news.ts';
import type { Plan, Step } from '../../../domain/plan/plan.ts';
import { stepText } from '../../../domain/steps/plan-registry.ts';
import { admissionOf, approval, bake, hook, imageOf, planOf, requested, weight } from '../../support/ledger-lines.ts';

const steps: Step[] = [
  weight(10),
  bake(5_400),
  { kind: 'analysis', metrics: ['errors', 'slow'], count: 3 },
  hook(),
  approval(),
  weight(100),
];
const said = (fact: Fact, plan: Partial<Plan> = { steps }) => newsOf(fact, planOf(plan));
const watching = { kind: 'watching', because: '7 of 7 good' } as const;
const zero = { blue: 100, green: 0 };
const baseline = (phi: number[], assumed: boolean) => ({ windows: 30, requests: 9_000, phi, assumed, bad: [0] });

describe('what people who watch a release are told', () => {
  it.each<[string, Fact]>([
    ['requested: image v2', requested()],
    ['requested: undo of shop-3', requested({ images: {}, undoOf: 'shop-3' })],
    [
      'push of v3 is ignored: shop-1 is in progress',
      { kind: 'pushRefused', image: imageOf('3'), because: 'shop-1 is in progress' },
    ],
    ['admitted: revision new will run in green; blue is live', { kind: 'admitted', admission: admissionOf() }],
    ['refused: no such container', { kind: 'refused', because: 'no such container' }],
    ['scale up green to 2 replicas for weight 10 %', { kind: 'sizeIntended', slot: 'green', replicas: 2, weight: 10 }],
    ['ready for weight 10 %', { kind: 'readied', weight: 10 }],
    [
      'green is not ready: CrashLoopBackOff',
      { kind: 'slotSeen', slot: 'green', desired: 2, available: 0, ready: false, problem: 'CrashLoopBackOff' },
    ],
    ['Service shop selects no pod', { kind: 'finding', what: 'service', because: 'Service shop selects no pod' }],
    ["the team's own Service selects the live slot again", { kind: 'finding', what: 'service' }],
    [
      'a person is called (2 times now): Service shop selects no pod',
      { kind: 'paged', what: 'service', because: 'Service shop selects no pod', sinceEpochMs: 0, times: 2 },
    ],
    [
      'Service shop (app=shop) is pointed at green again: kubectl apply',
      { kind: 'servicePointed', slot: 'green', service: 'shop', before: 'app=shop', because: 'kubectl apply' },
    ],
    [
      'the minimum of the autoscaler of blue was put back to 2: it is raised to 4 again',
      { kind: 'stableMinimumRaised', slot: 'blue', from: 2, to: 4 },
    ],
    ['preview of green is open', { kind: 'previewOpened', slot: 'green' }],
    ['weight 10 %', { kind: 'shiftConfirmed', dial: { blue: 90, green: 10 }, weight: 10 }],
    ['bake 1h 30m', { kind: 'stepStarted', index: 1 }],
    ['analysis of errors, slow, 3 measurements', { kind: 'stepStarted', index: 2 }],
    ['hook smoke', { kind: 'stepStarted', index: 3 }],
    ['approval go-live', { kind: 'stepStarted', index: 4 }],
    ['bake 1h 30m is done: nothing wrong', { kind: 'stepDone', index: 1, because: 'nothing wrong' }],
    ['hook smoke passed', { kind: 'hookAnswered', name: 'smoke', passed: true, because: 'all well' }],
    ['hook smoke failed: 3 of 20', { kind: 'hookAnswered', name: 'smoke', passed: false, because: '3 of 20' }],
    ['waiting for approval go-live', { kind: 'approvalOpened', name: 'go-live' }],
    ['approval go-live was given', { kind: 'approved', name: 'go-live', groups: ['leads'] }],
    ['watching: 7 of 7 good', { kind: 'judged', verdict: watching, byMetric: { errors: watching } }],
    [
      'errors: variance measured (30 windows), 1.23 times that of chance',
      { kind: 'baselineSeen', baseline: { errors: baseline([1.2345], false) } },
    ],
    [
      'errors: variance assumed (too little history: 30 windows), 1 and 2.5 times that of chance; ' +
        'slow: variance measured (30 windows), 1 times that of chance; ' +
        'the plan is blind: errors in step 1; the plan is blind: slow in step 2',
      {
        kind: 'baselineSeen',
        baseline: { errors: baseline([1, 2.5], true), slow: baseline([1], false) },
        blind: ['errors in step 1', 'slow in step 2'],
      },
    ],
    [
      'ceiling of errors: 1 %; ceiling of slow: 5 %, 2 %',
      { kind: 'ceilingsFrozen', ceilings: { errors: [0.01], slow: [0.05, 0.02] } },
    ],
    ['on hold: too little data', { kind: 'held', because: 'too little data', fault: false }],
    ['no longer on hold', { kind: 'resumed' }],
    [
      'is rolling back (degraded): errors: 5 of 100',
      { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors: 5 of 100' },
    ],
    ['weight 0 %: blue 100 %, green 0 %', { kind: 'dialRestored', dial: zero }],
    ['promoted: the old version is scaled down when its connections have ended', { kind: 'retiring' }],
    ['rejected: no such container', { kind: 'closed', outcome: 'rejected', because: 'no such container' }],
  ])('%s', (text, fact) => {
    expect(said(fact)).toBe(text);
  });

  it('says of a soak how long one can still go back, and nothing of a soak of 0 s', () => {
    expect(said({ kind: 'soakStarted' }, { soakSeconds: 900 })).toBe(
      'soak 15m: stable keeps its full size, a roll back is one call',
    );
    expect(said({ kind: 'soakStarted' }, { soakSeconds: 0 })).toBeUndefined();
  });

  it.each<Fact>([
    { kind: 'runClaimed', run: 1 },
    { kind: 'canaryIntended', slot: 'green', revision: 'new' },
    { kind: 'canaryWritten', slot: 'green', revision: 'new' },
    { kind: 'slotSeen', slot: 'green', desired: 2, available: 2, ready: true },
    { kind: 'previewIntended', slot: 'green' },
    // the weight is told when it is confirmed
    { kind: 'stepStarted', index: 0 },
    { kind: 'stepStarted', index: 9 },
    { kind: 'stepDone', index: 9, because: 'a step that the plan of a first release left out' },
    { kind: 'shiftIntended', from: zero, to: zero, weight: 0 },
    { kind: 'hookCalled', name: 'smoke', attempt: 1 },
    { kind: 'hookRunning', name: 'smoke', statusUrl: 'https://hooks.example.com/1' },
    { kind: 'soakDone', because: 'good' },
    { kind: 'goingBack', attempt: 1 },
    { kind: 'dialVerified', dial: zero },
    { kind: 'canaryRetired', slot: 'green' },
    { kind: 'stableRetired', slot: 'blue' },
  ])('is nothing for $kind, which is only for the ledger', fact => {
    expect(said(fact)).toBeUndefined();
  });

  it('of a fact that only a newer version of Sluice knows, nothing; at a step that nobody knows it stops', () => {
    expect(said({ kind: 'dreamt' } as never)).toBeUndefined();
    expect(() => stepText({ kind: 'dreamt' } as never)).toThrow('no step is called dreamt');
  });
});

describe('the images of a release', () => {
  it.each<[string, Parameters<typeof imagesText>]>([
    ['image v2', [{ app: imageOf('2') }]],
    ['app v2, sidecar v7', [{ app: imageOf('2'), sidecar: imageOf('7') }]],
    ['undo of shop-3', [{}, 'shop-3']],
    ['undo of shop-3, image v2', [{ app: imageOf('2') }, 'shop-3']],
    ['', [{}]],
  ])('are told as "%s"', (text, [images, undoOf]) => {
    expect(imagesText(images, undoOf)).toBe(text);
  });
});

describe('the end of a release', () => {
  it.each<[string, Parameters<typeof endText>[0]]>([
    [
      'rolledBack (degraded): errors: 5 of 100',
      { outcome: 'rolledBack', reason: 'degraded', because: 'errors: 5 of 100' },
    ],
    ['promoted: revision new is live', { outcome: 'promoted', because: 'revision new is live' }],
    ['rolledBack (aborted)', { outcome: 'rolledBack', reason: 'aborted', because: '' }],
    ['superseded', { outcome: 'superseded', because: '' }],
  ])('is told as "%s"', (text, end) => {
    expect(endText(end)).toBe(text);
  });
});

it('a step that sets the dial is told by its weight, a soak with a control by what stays on stable', () => {
  expect(stepText(weight(33.3))).toBe('weight 33.3 %');
  expect(stepText({ kind: 'bake', seconds: 900, control: 5 })).toBe('soak 15m, 5 % of the requests stay on stable');
});
