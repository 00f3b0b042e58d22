import { describe, expect, it } from 'vitest';
import { firstReleasePlan } from '../../../domain/plan/first-release.ts';
import type { Step } from '../../../domain/plan/plan.ts';
import { nextStep } from '../../../domain/release/next-step.ts';
import { approval, at, bake, hook, type Line, planOf, releaseOf, weight } from '../../support/story.ts';

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
    const plan = planOf({ steps, soakSeconds: 900, deadlineSeconds: 1_800 });
    expect(firstReleasePlan(plan)).toEqual({ ...plan, steps: [hook(), approval(), weight(100)], soakSeconds: 0 });
  });

  it('is promoted as soon as its one shift was confirmed: its one-way door was the shift', () => {
    const shifted: Line[] = [
      [5, { kind: 'retiring' }],
      [6, { kind: 'shiftIntended', from: { blue: 100, green: 0 }, to: { blue: 0, green: 100 }, weight: 100 }],
      [7, { kind: 'shiftConfirmed', dial: { blue: 0, green: 100 }, weight: 100 }],
    ];
    expect(nextStep(releaseOf({ steps: [weight(100)] }, ...shifted), at(8))).toEqual({ kind: 'retireStable' });
  });
});
