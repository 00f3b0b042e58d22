import { describe, expect, it } from 'vitest';
import { windowsToSee } from '../../../domain/forecast/blind.ts';
import { enoughSeenBy, modelOf } from '../../../domain/forecast/model.ts';
import { type Proposal, proposals, whatWouldHelp } from '../../../domain/forecast/propose.ts';
import { scheduleOf } from '../../../domain/forecast/schedule.ts';
import type { Traffic } from '../../../domain/forecast/traffic.ts';
import type { Plan, Step } from '../../../domain/plan/plan.ts';
import { ERRORS, planOf, SEQUENTIAL, traffic } from './plans.ts';

/** Whatever the points: what a service with few failures and much traffic can be asked to see. */
const DOUBLING = { ratio: 2, atLeast: '0%' };

describe('a better plan', () => {
  const better = (plan: Plan, of: Traffic, { withinSeconds = 3_600 } = {}) => proposals(plan, of, { withinSeconds });

  it('in more time exposes fewer: a smaller first weight', () => {
    const firstOf = (withinSeconds: number) =>
      better(planOf({ detect: DOUBLING }), traffic(2_000, 0.001), { withinSeconds }).find(
        ({ kind }) => kind === 'leastExposure',
      )?.steps[0];
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
    expect(better(planOf(), traffic(0.2, 0.001))).toEqual([]);
    const judge = { kind: 'threshold', failureCondition: 'result[0] > 0.05' };
    expect(better(planOf({ metrics: [{ ...ERRORS, judge }] }), traffic(100, 0.01))).toEqual([]);
  });
});

describe('the steps of a better plan', () => {
  const options = { withinSeconds: 7_200 };
  const busy = traffic(5_000, 0.001);
  const stepsOf = (plan: Plan, kind: string, withinSeconds = 7_200, of = busy) =>
    proposals(plan, of, { withinSeconds }).find(one => one.kind === kind)?.steps;
  const weightsIn = (steps: readonly Step[] = []) =>
    steps.flatMap(step => (step.kind === 'setWeight' ? [step.weight] : []));
  const holdsOf = (plan: Plan, of: Traffic) =>
    scheduleOf(plan, enoughSeenBy(modelOf(plan, of))).stays.map(({ holdSeconds }) => holdSeconds);
  const late = traffic(1_000, 0.001);
  /** Of a healthy release that nothing holds. */
  const secondsOf = (plan: Plan, { steps, soakSeconds }: Proposal) =>
    scheduleOf({ ...plan, steps, soakSeconds }, () => 'enough').endSeconds ?? Number.POSITIVE_INFINITY;

  it.each<[string, Plan, Traffic]>([
    ['a doubling of few failures', planOf({ detect: DOUBLING }), late],
    ['a point more', planOf(), traffic(50, 0.01)],
    ['a point more than none', planOf(), traffic(100, 0)],
  ])('begin with the shortest bake after which nothing holds, and a sixth of it to spare: %s', (_, plan, of) => {
    // Prepare: counted one by one
    const steps = stepsOf(plan, 'shortest', 7_200, of) ?? [];
    const withFirst = (windows: number) => ({
      ...plan,
      steps: steps.map((step, index) =>
        index === 1 && step.kind === 'bake' ? { ...step, seconds: windows * 60 } : step,
      ),
    });
    const holds = (windows: number) => holdsOf(withFirst(windows), of).some(seconds => seconds !== 0);
    let least = 1;
    while (holds(least)) least += 1;
    // Assess: 15 % and a window, as the least is enough for every second release only
    expect(steps[1]).toEqual({ kind: 'bake', seconds: 60 * (least + Math.ceil(0.15 * least) + 1) });
    expect(holdsOf({ ...plan, steps }, of)).toEqual([0, 0, 0]);
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
      detect: DOUBLING,
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
      return first === undefined ? Number.POSITIVE_INFINITY : secondsOf(plan, first);
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

  it('come with what they keep and what they take, in one sentence', () => {
    const plan = planOf({ detect: { ratio: 3, power: '75.4%', atLeast: '0.5%', gross: '20%' } });
    const [shortest, least] = proposals(plan, busy, options);
    if (shortest === undefined || least === undefined) throw new Error('two were to be proposed');
    const minutes = (one: Proposal) => Math.round(secondsOf(plan, one) / 60);
    expect(shortest.because).toBe(
      `The shortest steps at these weights: ${minutes(shortest)} minutes for a healthy release`,
    );
    expect(least.because).toBe(`The least exposure within 2 h: ${minutes(least)} minutes for a healthy release`);
    expect(shortest).toMatchObject({
      soakSeconds: plan.soakSeconds,
      detect: { ratio: 3, power: 0.754, atLeast: 0.005, gross: 0.2 },
    });
  });

  it("leave an hour to spare before the deadline, which is the plan's own where that is later", () => {
    // a first bake of 42 minutes in all of 61: with an hour to spare 121, and full half hours
    const slowly = traffic(50, 0.01);
    const deadlineOf = (deadline: string, of: Traffic) => {
      const [shortest] = proposals(planOf({ deadline }), of, options);
      return shortest && [secondsOf(planOf(), shortest), shortest.deadlineSeconds];
    };
    const [seconds = 0, deadline] = deadlineOf('1h', slowly) ?? [];
    expect(deadline).toBe(Math.ceil((seconds + 3_600) / 1_800) * 1_800);
    expect(deadline).toBe(9_000);
    expect(deadlineOf('4h', slowly)?.[1]).toBe(14_400);
  });
});

describe('what would help where no plan is better', () => {
  it('is a longer bake, a larger weight or a larger effect, each tried, or another metric', () => {
    // one request of the canary in a window, as good as; each is tried for two hours of bake at most
    expect(whatWouldHelp(planOf(), traffic(0.2, 0.001))).toEqual([
      'A longer bake does not help at 5 %: more than 6 h 40 min would be needed.',
      'A larger effect: `detect: { atLeast: 5% }`.',
      'Another metric that shows a fault sooner: slow answers, an alarm, or a hook that tests the canary.',
    ]);
    expect(whatWouldHelp(planOf(), traffic(3, 0))).toEqual([
      'A longer first bake: 47 minutes of data at 5 %.',
      'A larger first weight: `setWeight: 10`.',
      'A larger effect: `detect: { atLeast: 2% }`.',
      'Another metric that shows a fault sooner: slow answers, an alarm, or a hook that tests the canary.',
    ]);
  });

  it('is a floor only where it shortens what it takes', () => {
    const floorOf = (rps: number, rate: number) =>
      whatWouldHelp(planOf(), traffic(rps, rate)).find(text => text.includes('floor'));
    expect(floorOf(10, 0.01)).toBe('A floor: add `floor: 2%` to the judge, and only more failures than that count.');
    // failures that are as frequent as that already
    expect(floorOf(10, 0.05)).toBeUndefined();
  });

  it('names the bake that is enough for what is expected', () => {
    const [longer] = whatWouldHelp(planOf(), traffic(50, 0.01));
    const windows = windowsToSee(modelOf(planOf(), traffic(50, 0.01)), 5);
    expect(longer).toBe(`A longer first bake: ${windows} minutes of data at 5 %.`);
  });

  it('is nothing that is known of a plan that wants to see nothing', () => {
    const judge = { kind: 'threshold', failureCondition: 'result[0] > 0.05' };
    expect(whatWouldHelp(planOf({ metrics: [{ ...ERRORS, judge }] }), traffic(100, 0.01))).toEqual([]);
  });
});
