import { describe, expect, it } from 'vitest';
import { foreseenEffect } from '../../../domain/forecast/forecast.ts';
import { enoughSeenBy, modelOf } from '../../../domain/forecast/model.ts';
import { proposals } from '../../../domain/forecast/propose.ts';
import { scheduleOf } from '../../../domain/forecast/schedule.ts';
import type { Traffic } from '../../../domain/forecast/traffic.ts';
import type { Plan, Step } from '../../../domain/plan/plan.ts';
import { ERRORS, planOf, SEQUENTIAL, traffic } from './plans.ts';

describe('a better plan', () => {
  const better = (plan: Plan, of: Traffic, { withinSeconds = 3_600, releases = 50 } = {}) =>
    proposals(plan, of, { releases, seed: 7, withinSeconds });

  it('in more time exposes fewer: a smaller first weight', () => {
    const firstOf = (withinSeconds: number) =>
      better(planOf(), traffic(2_000, 0.001), { withinSeconds }).find(({ kind }) => kind === 'leastExposure')?.steps[0];
    const [quick, slow] = [firstOf(1_800), firstOf(7_200)] as { weight: number }[];
    expect(slow?.weight ?? 0).toBeLessThan(quick?.weight ?? 0);
  });

  it('keeps the gates of the plan in their order', () => {
    const approval = { approval: { name: 'go-live', groups: ['leads'] } };
    const plan = planOf({ steps: [{ setWeight: 5 }, { bake: '5m' }, approval, { setWeight: 100 }] });
    const [shortest] = better(plan, traffic(2_000, 0.001));
    expect(shortest?.steps.map(({ kind }) => kind)).toEqual(['setWeight', 'bake', 'approval', 'setWeight']);
  });

  it('is none where nobody would wait for it, or where nothing was promised', () => {
    expect(better(planOf(), traffic(0.5, 0.001))).toEqual([]);
    const judge = { kind: 'threshold', failureCondition: 'result[0] > 0.05' };
    expect(better(planOf({ metrics: [{ ...ERRORS, judge }] }), traffic(100, 0.01))).toEqual([]);
  });
});

describe('the steps of a better plan', () => {
  const options = { releases: 5, seed: 7, withinSeconds: 7_200 };
  const busy = traffic(5_000, 0.001);
  const stepsOf = (plan: Plan, kind: string, withinSeconds = 7_200, of = busy) =>
    proposals(plan, of, { ...options, withinSeconds }).find(one => one.kind === kind)?.steps;
  const weightsIn = (steps: readonly Step[] = []) =>
    steps.flatMap(step => (step.kind === 'setWeight' ? [step.weight] : []));
  const holdsOf = (plan: Plan, of: Traffic) =>
    scheduleOf(plan, enoughSeenBy(modelOf(plan, of))).stays.map(({ holdSeconds }) => holdSeconds);
  const late = traffic(1_000, 0.001);

  it.each([busy, late])('have no hold, and would have one if the first bake were a window shorter', of => {
    const plan = planOf();
    const steps = stepsOf(plan, 'shortest', 7_200, of) ?? [];
    const shorter = steps.map(step =>
      step === steps[1] && step.kind === 'bake' ? { ...step, seconds: step.seconds - 60 } : step,
    );
    expect(holdsOf({ ...plan, steps }, of)).toEqual([0, 0, 0]);
    expect(holdsOf({ ...plan, steps: shorter }, of)[0]).not.toBe(0);
  });

  it('keep everything but stays: what is before the first weight, gates, analyses, and one bake for each weight', () => {
    // a later bake is four windows: 90 s until the counts are there, 10 s until they agree, and two whole ones
    const gate = { approval: { name: 'go-live', groups: ['leads'] } };
    const written = planOf({
      steps: [
        { setWeight: 0 },
        { bake: '2m' },
        { setWeight: 10 },
        { bake: '5m' },
        { bake: '5m' },
        { analysis: { metrics: ['errors'], count: 2 } },
        gate,
        { setWeight: 30 },
        { bake: '20m' },
        { setWeight: 60 },
        { setWeight: 100 },
        { bake: '5m' },
      ],
    });
    const steps = stepsOf(written, 'shortest') ?? [];
    expect(
      steps.map(step => ('seconds' in step ? step.seconds : 'weight' in step ? `${step.weight} %` : step.kind)),
    ).toEqual(['0 %', 120, '10 %', expect.any(Number), 'analysis', 'approval', '30 %', 240, '60 %', '100 %']);
  });

  it('stay shorter at later weights where the counts are there sooner', () => {
    // 5 s late, 10 s until they agree, and two whole windows are three
    const source = {
      kind: 'prometheus',
      requests: 'requests_total{slot="${slot}"}',
      bad: 'errors_total{slot="${slot}"}',
    };
    const plan = planOf({ metrics: [{ ...SEQUENTIAL, source, judge: { kind: 'sequential', ceiling: '1%' } }] });
    expect(stepsOf(plan, 'shortest')?.[3]).toEqual({ kind: 'bake', seconds: 180 });
  });

  it('of least exposure begin with the smallest weight that is seen in time, and pass over those that are not above it', () => {
    // Prepare: the plan itself begins with 5 %
    const plan = planOf({
      steps: [
        { setWeight: 5 },
        { bake: '5m' },
        { setWeight: 15 },
        { bake: '5m' },
        { setWeight: 60 },
        { bake: '5m' },
        { setWeight: 100 },
      ],
    });
    const seconds = (weight: number) => {
      const [first] = proposals(
        { ...plan, steps: plan.steps.map((step, i) => (i === 0 ? { kind: 'setWeight', weight } : step)) },
        late,
        options,
      );
      return first?.healthySeconds ?? Number.POSITIVE_INFINITY;
    };
    const [at15, at20] = [seconds(15), seconds(20)];
    expect(at20).toBeLessThan(at15);
    // Act, Assess: just in time, and a second too late
    expect(weightsIn(stepsOf(plan, 'leastExposure', at15, late))).toEqual([15, 60, 100]);
    expect(weightsIn(stepsOf(plan, 'leastExposure', at15 - 1, late))).toEqual([20, 60, 100]);
    expect(stepsOf(plan, 'leastExposure', 60, late)).toBeUndefined();
  });

  it('leave a soak with a control as long as the plan wants it, where a bake before it sees', () => {
    const plan = planOf({
      metrics: [{ ...ERRORS, judge: { kind: 'sequential' } }],
      steps: [{ setWeight: 10 }, { bake: '5m' }, { setWeight: 100 }],
      soak: '20m',
      control: 5,
    });
    const [shortest] = proposals(plan, busy, options);
    expect(shortest?.steps).toEqual([
      { kind: 'setWeight', weight: 10 },
      { kind: 'bake', seconds: expect.any(Number) },
      { kind: 'setWeight', weight: 100 },
    ]);
    expect(shortest?.soakSeconds).toBe(1_200);
  });

  it('are told once where the plan begins with the least weight already', () => {
    const plan = planOf({ steps: [{ setWeight: 1 }, { bake: '5m' }, { setWeight: 100 }] });
    expect(proposals(plan, traffic(50_000, 0.001), options).map(({ kind }) => kind)).toEqual(['shortest']);
  });

  it('come with what they keep and what they take, in one sentence, and with what is foreseen of them', () => {
    const plan = planOf({ detect: { ratio: 3, power: '75.4%' } });
    const [shortest, least] = proposals(plan, busy, options);
    const minutes = Math.round((shortest?.healthySeconds ?? 0) / 60);
    expect(shortest?.because).toBe(
      `the shortest steps at these weights: ${minutes} minutes for a healthy release, no hold, and 3 times the failures are seen with 75 % or more before weight 100`,
    );
    expect(least?.because).toMatch(
      /^the least exposure within 2 h: \d+ minutes for a healthy release, no hold, and 3 times /,
    );
    const own = { ...plan, steps: shortest?.steps ?? [] };
    expect(shortest?.soakSeconds).toBe(plan.soakSeconds);
    expect(shortest?.healthySeconds).toBe(scheduleOf(own, () => true).endSeconds);
    expect(shortest?.effect).toEqual(foreseenEffect(own, busy, { ratio: 3, releases: 5, seed: 7 }));
  });
});
