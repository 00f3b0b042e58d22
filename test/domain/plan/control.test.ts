import { describe, expect, it } from 'vitest';
import { horizonWindows, secondsAlone } from '../../../domain/plan/judged-time.ts';
import type { Step } from '../../../domain/plan/plan.ts';
import { releaseSteps } from '../../../domain/plan/release-steps.ts';
import { planTimeline } from '../../../domain/plan/timeline.ts';
import { stepText } from '../../../domain/steps/plan-registry.ts';
import { mistakesOf, planOf } from '../../adapters/plan-file/plan-text.ts';
import { bake, weight } from '../../support/ledger-lines.ts';

const KEPT = `apiVersion: sluice/v1
kind: Plan
workload: checkout
strategy: canary
deadline: 1h
metrics:
  - name: errors
    source: { kind: cloudwatch, bad: failedRequests }
steps:
  - setWeight: 10
  - bake: 5m
  - setWeight: 98
  - bake: 3m
  - setWeight: 100
soak: 15m
control: 5
`;
const kept = (from: string, to: string): string => {
  if (!KEPT.includes(from)) throw new Error(`the plan has no '${from}'`);
  return KEPT.replace(from, to);
};

describe('a plan that keeps a control', () => {
  it('never goes above what is left, compares through the soak, and moves the last requests at its end', () => {
    const { steps, soakSeconds } = releaseSteps(planOf(KEPT), 'normal');
    expect(steps).toEqual([
      { kind: 'setWeight', weight: 10 },
      { kind: 'bake', seconds: 300 },
      { kind: 'setWeight', weight: 95 },
      { kind: 'bake', seconds: 180 },
      { kind: 'bake', seconds: 900, control: 5 },
      { kind: 'setWeight', weight: 100 },
    ]);
    expect(soakSeconds).toBe(0);
  });

  it('may do so in a blueGreen release, which then needs no metric that judges alone', () => {
    const text = kept('strategy: canary', 'strategy: blueGreen').replace(
      /steps:.*soak/s,
      'steps: [{ setWeight: 100 }]\nsoak',
    );
    expect(mistakesOf(text)).toEqual([]);
    expect(releaseSteps(planOf(text), 'normal').steps).toEqual([
      { kind: 'setWeight', weight: 95 },
      { kind: 'bake', seconds: 900, control: 5 },
      { kind: 'setWeight', weight: 100 },
    ]);
    const alone = mistakesOf(text.replace('control: 5\n', ''));
    expect(alone.map(({ path, expected }) => [path, expected])).toEqual([
      ['soak', expect.stringContaining('or control, which keeps some requests on stable')],
    ]);
  });

  it('spends its promise over the soak too, and has no time without stable traffic', () => {
    const plan = planOf(KEPT);
    // 5, 3 and 15 minutes in windows of one
    expect(horizonWindows(plan)).toBe(23);
    expect(secondsAlone(plan)).toBe(0);
  });

  it('is told as what it is', () => {
    const { entries, endsSeconds, caveats } = planTimeline(planOf(KEPT));
    expect(endsSeconds).toBe(1380);
    expect(entries.slice(-3).map(({ atSeconds, weight, what, judging }) => [atSeconds, weight, what, judging])).toEqual(
      [
        [480, 95, 'soak 15m: 5 % of the requests stay on stable, for comparison', ['errors']],
        [1380, 100, 'setWeight 100: scale up the canary, change traffic weights', []],
        [1380, 100, 'promoted: the canary is live, stable is scaled down', []],
      ],
    );
    expect(caveats).toContain(
      'control: the last 5 % of the requests move at the end of the soak, when stable is scaled down. A fault that only these requests show is not seen.',
    );
    expect(caveats.join()).not.toContain('No soak');
    expect(stepText({ kind: 'bake', seconds: 900, control: 5 })).toBe('soak 15m, 5 % of the requests stay on stable');
  });

  it('is kept as it was declared', () => {
    const { steps, soakSeconds, control } = planOf(KEPT);
    expect(steps.map(step => (step.kind === 'setWeight' ? step.weight : step.kind))).toEqual([
      10,
      'bake',
      98,
      'bake',
      100,
    ]);
    expect([soakSeconds, control]).toEqual([900, 5]);
  });

  it('has one weight that is what is left, also where it was written so', () => {
    const steps: Step[] = [weight(95), weight(100), bake(60)];
    expect(releaseSteps({ steps, soakSeconds: 900, control: 5 }, 'normal')).toEqual({
      steps: [weight(95), bake(60), { kind: 'bake', seconds: 900, control: 5 }, weight(100)],
      soakSeconds: 0,
    });
  });

  it.each(['first', 'stableIsDown', 'undo'] as const)('keeps none where everything is turned at once (%s)', kind => {
    const { steps, soakSeconds } = releaseSteps(planOf(KEPT), kind);
    expect([steps, soakSeconds]).toEqual([[weight(100)], 0]);
  });
});

describe('a control that cannot be kept', () => {
  it.each([
    ['control: 0.5', '0.5', 'a number from 1 to 5, per cent of the requests', undefined],
    ['control: 6', '6', 'a number from 1 to 5, per cent of the requests', undefined],
    ['control: 2.55', '2.55', 'a number from 1 to 5 in steps of 0.1, per cent of the requests', undefined],
    ['control: 5%', "'5%'", 'a number from 1 to 5, per cent of the requests', '5'],
  ])('%s', (text, found, expected, guess) => {
    const mistakes = mistakesOf(kept('control: 5', text));
    expect(mistakes.map(one => [one.path, one.found, one.expected, one.guess])).toEqual([
      ['control', found, expected, guess],
    ]);
  });

  it.each([
    ['soak: 15m\n', '', '5, and no soak, which is 0s'],
    ['soak: 15m', 'soak: 0s', '5, and a soak of 0s'],
  ])('without a soak: %j to %j', (from, to, found) => {
    const mistakes = mistakesOf(kept(from, to));
    expect(mistakes.map(one => [one.path, one.found, one.expected])).toEqual([
      ['control', found, 'a soak above 0s: control is what stays on stable through it'],
    ]);
  });

  it('beside a ceiling, which would have a part of alpha and never judge', () => {
    const judge = '    judge: { kind: sequential, ceiling: auto }\nsteps:';
    const mistakes = mistakesOf(kept('steps:', judge));
    expect(mistakes.map(one => [one.path, one.found])).toEqual([
      ['metrics[0].judge', 'a ceiling in a plan with control'],
    ]);
  });

  it('is one mistake where the soak is one already', () => {
    expect(mistakesOf(kept('soak: 15m', 'soak: 15min')).map(({ path }) => path)).toEqual(['soak']);
  });
});
