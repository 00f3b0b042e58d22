import { describe, expect, it } from 'vitest';
import { kindOfRelease, stepsOf } from '../../../domain/ledger/steps-of.ts';
import type { Step } from '../../../domain/plan/plan.ts';
import { releaseSteps } from '../../../domain/plan/release-steps.ts';
import { nextStep } from '../../../domain/release/next-step.ts';
import { approval, at, bake, hook, type Line, planOf, releaseOf, weight } from '../../support/ledger-lines.ts';

const steps: Step[] = [
  weight(0),
  hook(),
  weight(10),
  bake(300),
  { kind: 'analysis', metrics: ['errors'], count: 3 },
  approval(),
  weight(100),
];

describe('the first release of a new service', () => {
  it('asks its hooks and its people, then turns everything at once, and does not soak', () => {
    const plan = planOf({ steps, soakSeconds: 900 });
    expect(releaseSteps(plan, 'first')).toEqual({ steps: [hook(), approval(), weight(100)], soakSeconds: 0 });
  });

  it('is promoted as soon as its one shift was confirmed: its point of no return was the shift', () => {
    const shifted: Line[] = [
      [5, { kind: 'retiring' }],
      [6, { kind: 'shiftIntended', from: { blue: 100, green: 0 }, to: { blue: 0, green: 100 }, weight: 100 }],
      [7, { kind: 'shiftConfirmed', dial: { blue: 0, green: 100 }, weight: 100 }],
    ];
    expect(nextStep(releaseOf({ steps: [weight(100)] }, ...shifted), at(8))).toEqual({ kind: 'retireStable' });
  });
});

const preview = { header: { name: 'x-preview', value: 'canary' } };

describe('what a release walks through', () => {
  it('is its plan, where it is a normal one', () => {
    const plan = planOf({ steps, soakSeconds: 900, preview });
    expect(releaseSteps(plan, 'normal')).toEqual({ steps, soakSeconds: 900, preview });
  });

  it('is its gates, then everything at once and the soak, where stable is down', () => {
    const plan = planOf({ steps, soakSeconds: 900, preview });
    expect(releaseSteps(plan, 'stableIsDown')).toEqual({
      ...{ steps: [hook(), approval(), weight(100)], soakSeconds: 900, preview },
    });
  });

  it('is one turn and the soak, without a preview and without asking anybody, where it is an undo', () => {
    const plan = planOf({ steps, soakSeconds: 900, preview });
    expect(releaseSteps(plan, 'undo')).toEqual({ steps: [weight(100)], soakSeconds: 900 });
  });

  // plans of a ledger from before they were kept as they were declared
  it.each(['normal', 'first', 'stableIsDown', 'undo'] as const)('is the same when it is derived again (%s)', kind => {
    for (const control of [{}, { control: 5 }]) {
      const once = releaseSteps(planOf({ steps, soakSeconds: 900, preview, ...control }), kind);
      expect(releaseSteps(planOf({ ...once }), kind)).toEqual(once);
    }
  });

  it('is what its admission froze, whatever would be made of the plan now', () => {
    const plan = planOf({ steps, soakSeconds: 900 });
    const walks = { steps: [weight(100)], soakSeconds: 60 };
    expect(stepsOf({ plan, admission: { walks } })).toBe(walks);
    expect(stepsOf({ plan, admission: {} })).toEqual({ steps, soakSeconds: 900 });
    expect(stepsOf({ plan })).toEqual({ steps, soakSeconds: 900 });
  });

  it.each([
    [{}, 'normal'],
    [{ undoOf: 'shop-1' }, 'undo'],
    [{ admission: { first: true as const } }, 'first'],
    [{ admission: { stableIsDown: true as const } }, 'stableIsDown'],
    // an undo asks nobody, stable down or not
    [{ undoOf: 'shop-1', admission: { stableIsDown: true as const } }, 'undo'],
  ] as const)('is that of its kind: %j', (release, kind) => {
    expect(kindOfRelease(release)).toBe(kind);
  });
});
