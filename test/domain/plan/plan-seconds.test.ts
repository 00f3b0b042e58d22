import { describe, expect, it } from 'vitest';
import { horizonWindows, secondsAlone } from '../../../domain/plan/judged-time.ts';
import type { Plan, Step } from '../../../domain/plan/plan.ts';
import { measuringSeconds } from '../../../domain/steps/analysis/measuring.ts';
import { changed, planOf } from '../../adapters/plan-file/plan-text.ts';
import { withMetric } from './issue-text.ts';

const COUNTS = '{ kind: cloudwatch, bad: failedRequests }';
const bake = (seconds: number): Step => ({ kind: 'bake', seconds });
const setWeight = (weight: number): Step => ({ kind: 'setWeight', weight });

describe('the windows that a plan looks at', () => {
  it.each([
    [
      'are those of bakes after the first weight, and of the soak',
      [bake(600), setWeight(5), bake(120), setWeight(100), bake(60)],
      180,
      6,
    ],
    ['are not those at weight 0', [setWeight(0), bake(600), setWeight(5), bake(120), setWeight(100)], 0, 2],
    ['are rounded', [setWeight(5), bake(89), setWeight(100)], 0, 1],
    ['are rounded up from a half on', [setWeight(5), bake(90), setWeight(100)], 0, 2],
    ['are at least one', [setWeight(100)], 0, 1],
    [
      'are not those of analyses',
      [setWeight(5), { kind: 'analysis', metrics: ['a'], count: 9 } as Step, setWeight(100)],
      120,
      2,
    ],
  ])('%s', (_, steps, soakSeconds, expected) => {
    expect(horizonWindows({ steps, soakSeconds, windowSeconds: 60 })).toBe(expected);
  });

  it.each([
    ['are those of the soak', [setWeight(5), bake(600), setWeight(100)], 60, 60],
    ['are those of bakes at 100, too', [setWeight(5), bake(600), setWeight(100), bake(30), bake(7)], 60, 97],
    ['are all of a blueGreen plan', [setWeight(100), bake(30)], 60, 90],
  ])('at weight 100 %s', (_, steps, soakSeconds, expected) => {
    expect(secondsAlone({ steps, soakSeconds })).toBe(expected);
  });
});

describe('an analysis has its measurements', () => {
  const plan = (): Plan =>
    planOf(
      changed(
        'count: 10 }\n  - name',
        'count: 10, interval: 3m, initialDelay: 30s }\n  - name',
        withMetric(COUNTS, '{ kind: flagger, thresholdRange: { min: 1 }, interval: 2m }'),
      ),
    );
  const wait = (metrics: string[], of: Pick<Plan, 'metrics' | 'windowSeconds'> = plan()) =>
    measuringSeconds({ metrics, count: 4 }, of);

  it.each([
    ['of a relative judge after as many windows', ['errors'], 240],
    ['of a threshold after its delay and as many intervals', ['failing'], 750],
    ["of Flagger's after as many intervals", ['p99'], 480],
    ['of several after the longest of them', ['errors', 'p99', 'failing'], 750],
    ['of none at once', [], 0],
  ])('%s', (_, metrics, expected) => {
    expect(wait(metrics)).toBe(expected);
  });

  it('not before as many windows, however short the interval', () => {
    expect(wait(['failing'], { ...plan(), windowSeconds: 300 })).toBe(30 + 4 * 300);
  });
});
