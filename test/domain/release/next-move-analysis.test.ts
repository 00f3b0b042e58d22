import { describe, expect, it } from 'vitest';
import type { ThresholdJudgeSpec } from '../../../domain/judges/threshold/spec.ts';
import type { Metric, Plan, Step } from '../../../domain/plan/plan.ts';
import { errors, type Line, weight } from '../../support/ledger-lines.ts';
import { look, second } from '../../support/looks.ts';
import { noSource, tooLittle } from '../../support/sight.ts';

const threshold = (more: Partial<ThresholdJudgeSpec>): Metric => {
  if (errors.judge.kind !== 'threshold') throw new Error('the metric of this test has a threshold');
  return { ...errors, judge: { ...errors.judge, ...more } };
};
const relative: Metric = { ...errors, judge: { kind: 'relative', max: 1.1, failureLimit: 0, minRequests: 10 } };

describe('an analysis', () => {
  const plan = {
    steps: [weight(10), { kind: 'analysis', metrics: ['errors'], count: 3 }, weight(100)],
  } as const satisfies Partial<Plan>;

  it('measures until it has what it wants', () => {
    expect(look(plan, second, 100).move).toEqual({ kind: 'lookAgain', seconds: 60, because: 'measures errors' });
    const complete = look(plan, second, 100, { analysisComplete: true });
    expect(complete.move).toEqual({ kind: 'advance', because: 'nothing wrong' });
    expect(complete.facts).toEqual([{ kind: 'stepDone', index: 1, because: 'nothing wrong' }]);
  });

  it('holds when it has what it wants and that is inconclusive', () => {
    expect(look(plan, second, 100, { analysisComplete: true, verdict: tooLittle }).holds).toBe(true);
  });

  it('that gets no data holds when they should all have been there, and does then what the plan says', () => {
    // from 40 s: three windows of a minute, and 240 s until a window counts as missed
    const nothing = { verdict: tooLittle };
    expect(look(plan, second, 459.9, nothing).holds).toBeUndefined();
    const { move, facts, holds } = look(plan, second, 460, nothing);
    expect(holds).toBe(true);
    expect(move).toMatchObject({
      kind: 'lookAgain',
      because: 'on hold: too few measurements of errors: too little data',
    });
    expect(facts.at(-1)).toMatchObject({ kind: 'held', fault: false });
    const held: Line[] = [...second, [460, { kind: 'held', because: '', fault: false }]];
    expect(look(plan, held, 1_060, nothing).move).toMatchObject({ kind: 'rollBack', reason: 'noEvidence' });
    expect(look({ ...plan, hold: { atMostSeconds: 600, then: 'proceed' } }, held, 1_060, nothing).move.kind).toBe(
      'advance',
    );
    expect(look(plan, held, 900, { analysisComplete: true }).facts).toEqual([
      { kind: 'stepDone', index: 1, because: 'nothing wrong' },
    ]);
  });

  it('holds then even where the rest of the metrics have nothing to complain of', () => {
    const because = 'too few measurements of errors: nothing wrong';
    expect(look(plan, second, 460)).toEqual({
      move: { kind: 'lookAgain', seconds: 10, because: `on hold: ${because}` },
      facts: [{ kind: 'held', because, fault: false }],
      holds: true,
    });
  });

  it('says what it measures', () => {
    const steps: Step[] = [weight(10), { kind: 'analysis', metrics: ['errors', 'slow'], count: 3 }, weight(100)];
    const metrics = [errors, { ...errors, name: 'slow' }];
    expect(look({ steps, metrics }, second, 100).move).toMatchObject({ because: 'measures errors, slow' });
  });

  it('never proceeds because nobody could read the metrics', () => {
    const held: Line[] = [...second, [460, { kind: 'held', because: '', fault: true }]];
    const proceeds = { ...plan, hold: { atMostSeconds: 600, then: 'proceed' } } as const;
    expect(look(proceeds, held, 1_060, { verdict: noSource }).move).toMatchObject({
      kind: 'rollBack',
      reason: 'fault',
    });
  });

  // from 40 s on, with the 240 s after which a window counts as missed
  it.each<[string, Metric[], number]>([
    [
      'its interval and its delay: 40 + 120 + 3 x 300 + 240',
      [threshold({ intervalSeconds: 300, initialDelaySeconds: 120 })],
      1_300,
    ],
    ['a window where its interval is shorter: 40 + 3 x 60 + 240', [threshold({ intervalSeconds: 10 })], 460],
    ['a window where it is compared with stable: 40 + 3 x 60 + 240', [relative], 460],
    [
      'only what it asks for, not other metrics: 40 + 3 x 60 + 240',
      [errors, { ...threshold({ intervalSeconds: 900 }), name: 'slow' }],
      460,
    ],
  ])('is given the time that its measurements take: %s', (_, metrics, seconds) => {
    expect(look({ ...plan, metrics }, second, seconds - 0.001, { verdict: tooLittle }).holds).toBeUndefined();
    expect(look({ ...plan, metrics }, second, seconds, { verdict: tooLittle }).holds).toBe(true);
  });
});
