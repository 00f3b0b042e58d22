import { describe, expect, it } from 'vitest';
import { confirmedWeight } from '../../../domain/ledger/weight.ts';
import type { Plan, Step } from '../../../domain/plan/plan.ts';
import { dueWeight, nextStep, nextWeight } from '../../../domain/release/next-step.ts';
import {
  approval,
  at,
  bake,
  hook,
  type Line,
  readied,
  releaseOf,
  shifted,
  weight,
} from '../../support/ledger-lines.ts';

/** A minute's window with 30 s of propagation and 12 s of lead: from 18 s to 30 s into a minute is the time to shift. */
const TIME_TO_SHIFT = 20;
const next = (plan: Partial<Plan>, lines: Line[], seconds = TIME_TO_SHIFT) =>
  nextStep(releaseOf(plan, ...lines), at(seconds));
const done = (index: number): Line => [0, { kind: 'stepDone', index, because: '' }];

describe('a canary release', () => {
  const steps = [weight(10), bake(300), weight(50), hook(), approval(), weight(100)];
  const at10 = [...readied(0, 10), ...shifted(0, { from: 0, to: 10 })];
  const at50 = [...at10, done(1), ...readied(0, 50, 3), ...shifted(0, { from: 10, to: 50 })];

  it('sizes the canary for its first weight before anything else', () => {
    expect(next({ steps }, [])).toEqual({ kind: 'sizeCanary', weight: 10 });
  });

  it('turns the dial once the canary is ready', () => {
    expect(next({ steps }, readied(0, 10))).toEqual({ kind: 'shiftTraffic', weight: 10 });
  });

  it('waits with the dial for the end of a window', () => {
    expect(next({ steps }, readied(0, 10), 0)).toEqual({ kind: 'pause', seconds: 18 });
    expect(next({ steps }, readied(0, 10), 31)).toEqual({ kind: 'pause', seconds: 47 });
  });

  it('has no window to wait for where nothing is measured', () => {
    expect(next({ steps, metrics: [] }, readied(0, 10), 0)).toEqual({ kind: 'shiftTraffic', weight: 10 });
  });

  it('looks while it bakes', () => {
    expect(next({ steps }, at10)).toEqual({ kind: 'pause', seconds: 1 });
  });

  it('looks while it measures', () => {
    const analysis: Step = { kind: 'analysis', metrics: ['errors'], count: 3 };
    expect(next({ steps: [weight(10), analysis, weight(100)] }, at10)).toEqual({ kind: 'pause', seconds: 1 });
  });

  it('goes through its hook at weight 0 before the canary is sized for more', () => {
    const from0 = [weight(0), hook(), weight(10), weight(100)];
    const at0 = [...readied(0, 0), ...shifted(0, { from: 0, to: 0 })];
    expect(next({ steps: from0 }, at0)).toEqual({ kind: 'callHook', name: 'smoke' });
    expect(next({ steps: from0 }, [...at0, done(1)])).toEqual({ kind: 'sizeCanary', weight: 10 });
  });

  it('sizes the canary before every weight, and not in the middle of a bake', () => {
    expect(next({ steps }, [...at10, done(1)])).toEqual({ kind: 'sizeCanary', weight: 50 });
  });

  it('calls a hook once, and then looks', () => {
    expect(next({ steps }, at50)).toEqual({ kind: 'callHook', name: 'smoke' });
    expect(next({ steps }, [...at50, [1, { kind: 'hookCalled', name: 'smoke', attempt: 1 }]])).toEqual({
      kind: 'pause',
      seconds: 1,
    });
  });

  it('opens an approval until it is complete', () => {
    const open: Line[] = [...at50, done(3), [1, { kind: 'approvalOpened', name: 'go-live' }]];
    expect(next({ steps }, [...at50, done(3)])).toEqual({ kind: 'openApproval', name: 'go-live' });
    expect(next({ steps }, open)).toEqual({ kind: 'openApproval', name: 'go-live' });
    expect(next({ steps }, [...open, [2, { kind: 'approved', name: 'go-live', groups: ['leads'] }]])).toEqual({
      kind: 'pause',
      seconds: 1,
    });
  });

  it('soaks when no step is left, with a soak of 0 too, and retires stable only when the soak is done', () => {
    const last = [...at50, done(3), done(4), ...readied(0, 100, 4), ...shifted(0, { from: 50, to: 100 })];
    for (const soakSeconds of [0, 900]) {
      expect(next({ steps, soakSeconds }, last)).toEqual({ kind: 'soak' });
      expect(next({ steps, soakSeconds }, [...last, [2, { kind: 'soakStarted' }]])).toEqual({
        kind: 'pause',
        seconds: 1,
      });
      expect(
        next({ steps, soakSeconds }, [...last, [2, { kind: 'soakStarted' }], [3, { kind: 'soakDone', because: '' }]]),
      ).toEqual({ kind: 'retireStable' });
    }
  });

  it('shifts to weight 0 like to any other', () => {
    expect(next({ steps: [weight(0), weight(100)] }, [])).toEqual({ kind: 'sizeCanary', weight: 0 });
    expect(next({ steps: [weight(0), weight(100)] }, readied(0, 0))).toEqual({ kind: 'shiftTraffic', weight: 0 });
  });

  it('does not turn a dial again whose turn is confirmed', () => {
    expect(next({ steps }, at10)).not.toMatchObject({ kind: 'shiftTraffic' });
    expect(next({ steps }, [...readied(0, 10), ...shifted(0, { from: 0, to: 10 }).slice(0, 1)])).toEqual({
      kind: 'shiftTraffic',
      weight: 10,
    });
  });
});

describe('a blue-green release', () => {
  const plan = {
    strategy: 'blueGreen',
    preview: { header: { name: 'x-sluice-preview', value: 'canary' } },
    steps: [hook(), approval(), weight(100)],
  } as const satisfies Partial<Plan>;
  const ready = readied(0, 100, 4);
  const opened: Line = [1, { kind: 'previewOpened', slot: 'green' }];

  it('sizes the canary for all the traffic before its hook is called', () => {
    expect(next(plan, [])).toEqual({ kind: 'sizeCanary', weight: 100 });
  });

  it('opens the preview once, before the hook', () => {
    expect(next(plan, ready)).toEqual({ kind: 'openPreview' });
    expect(next(plan, [...ready, [1, { kind: 'previewIntended', slot: 'green' }]])).toEqual({ kind: 'openPreview' });
    expect(next(plan, [...ready, opened])).toEqual({ kind: 'callHook', name: 'smoke' });
  });

  it('turns the dial in one when hook and approval are done', () => {
    expect(next(plan, [...ready, opened, done(0)])).toEqual({ kind: 'openApproval', name: 'go-live' });
    expect(next(plan, [...ready, opened, done(0), done(1)])).toEqual({ kind: 'shiftTraffic', weight: 100 });
  });
});

describe('what a release knows of its weights', () => {
  const steps = [weight(10), weight(50), weight(100)];

  it('is the next one, and the last that is confirmed', () => {
    const fresh = releaseOf({ steps });
    expect([nextWeight(fresh), confirmedWeight(fresh)]).toEqual([10, 0]);
    const intended = releaseOf(
      { steps },
      ...shifted(0, { from: 0, to: 10 }),
      ...shifted(5, { from: 10, to: 50 }).slice(0, 1),
    );
    expect([nextWeight(intended), confirmedWeight(intended)]).toEqual([50, 10]);
    const all = releaseOf(
      { steps },
      ...shifted(0, { from: 0, to: 10 }),
      ...shifted(5, { from: 10, to: 50 }),
      ...shifted(9, { from: 50, to: 100 }),
    );
    expect([nextWeight(all), confirmedWeight(all)]).toEqual([undefined, 100]);
  });
});

describe('the weight to which the dial is to be turned', () => {
  const due = (steps: Step[], ...lines: Line[]) => dueWeight(releaseOf({ steps }, ...lines));
  const steps = [weight(10), bake(300), weight(50)];

  it('is that of the step once the canary is ready for it, or for more', () => {
    expect(due(steps, ...readied(0, 10))).toBe(10);
    expect(due(steps, ...readied(0, 50))).toBe(10);
    expect(due([weight(0), weight(50)], ...readied(0, 0))).toBe(0);
  });

  it('is none while the canary is not ready for it', () => {
    expect(due(steps)).toBeUndefined();
    expect(due([weight(0), weight(50)])).toBeUndefined();
    expect(due([weight(50)], ...readied(0, 10))).toBeUndefined();
  });

  it('is none in a step of another kind and when all are done: a shift that runs twice turns nothing', () => {
    expect(due(steps, ...readied(0, 50), ...shifted(0, { from: 0, to: 10 }))).toBeUndefined();
    expect(due([weight(10)], ...readied(0, 50), ...shifted(0, { from: 0, to: 10 }))).toBeUndefined();
  });
});
