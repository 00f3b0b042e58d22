import { describe, expect, it } from 'vitest';
import { modelOf } from '../../../domain/forecast/model.ts';
import { drawPasts, playReleases } from '../../../domain/forecast/trial.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { newRandom } from '../../../domain/statistics/random.ts';
import { ERRORS, planOf, SEQUENTIAL, traffic } from './plans.ts';
import { playInProduct } from './product-releases.ts';

/** Requests a second, what fails of stable and of the canary, and the seed of all that is drawn. */
type Released = [requestsPerSecond: number, stable: number, canary: number, seed: number];

/** One release as a forecast plays it, and as the product's own judges and decisions do with the same counts. */
function both(plan: Plan, [requestsPerSecond, stable, canary, seed]: Released) {
  const of = traffic(requestsPerSecond, stable);
  const fault = { name: 'fault', failureRate: canary };
  const pasts = drawPasts(modelOf(plan, of), { seed, pasts: 1 });
  const [played] = playReleases(pasts, fault, { releases: 1, seed }).releases;
  const known = pasts.drawn[0]?.model.watched[0]?.sequential.baseline;
  if (played === undefined || known === undefined) throw new Error('nothing was played');
  // the stream of the forecast's own release
  const random = newRandom(seed, Math.round(canary * 1e6));
  const { because: _, ...product } = playInProduct(plan, {
    traffic: of,
    baseline: { ...known },
    canaryRate: canary,
    random,
  });
  const { stays, weights } = played.schedule;
  const foreseen = {
    end: played.end,
    endSeconds: played.endSeconds,
    weights: weights.filter(({ fromSeconds }) => fromSeconds <= played.endSeconds),
    holds: stays
      .filter(({ holdSeconds }) => holdSeconds !== 0)
      .map(({ weight, holdSeconds }) => ({ weight, seconds: holdSeconds ?? plan.hold.atMostSeconds })),
  };
  return { foreseen, product };
}

const STEPS: object[] = [{ setWeight: 10 }, { bake: '5m' }, { setWeight: 50 }, { bake: '5m' }, { setWeight: 100 }];
const sequential = (more: object = {}) => ({ ...ERRORS, judge: { kind: 'sequential', ceiling: '5%', ...more } });
const slow = { name: 'slow', source: { kind: 'cloudwatch', bad: { slowerThan: ['500ms'] } } };
const hard = { ...ERRORS, name: 'hard', judge: { kind: 'threshold', failureCondition: 'result[0] > 0.3' } };
const plain = planOf({ metrics: [sequential()], steps: STEPS, soak: '10m' });

describe('a release in a forecast ends, holds and shifts when the product would', () => {
  it.each<[string, Released, string]>([
    ['good, with traffic enough', [300, 0.01, 0.01, 1], 'promoted'],
    ['good, where stable never fails', [300, 0, 0, 2], 'promoted'],
    ['good, after a hold until enough is seen', [50, 0.01, 0.01, 2], 'promoted'],
    [
      'good, after two holds, the first of which ends with a gross fault seen and no more',
      [3, 0.01, 0.01, 1],
      'promoted',
    ],
    ['of which nothing is seen', [0.3, 0.01, 0.01, 3], 'noEvidence'],
    ['twice as bad', [300, 0.01, 0.02, 3], 'degraded'],
    ['twice as bad, found in a hold', [50, 0.01, 0.02, 1], 'degraded'],
    ['grossly worse', [50, 0.01, 0.11, 1], 'degraded'],
    ['grossly worse, with little traffic', [3, 0.01, 0.1, 3], 'degraded'],
  ])('%s', (_, released, end) => {
    const { foreseen, product } = both(plain, released);
    expect(foreseen).toEqual(product);
    expect(product.end).toBe(end);
  });

  it.each<[string, object, Released]>([
    ['an automatic ceiling', { metrics: [SEQUENTIAL] }, [50, 0.01, 0.02, 1]],
    ['a floor', { metrics: [sequential({ floor: '0.2%' })] }, [50, 0.01, 0.01, 1]],
    [
      'two metrics under one alpha',
      { metrics: [sequential(), { ...slow, judge: sequential().judge }] },
      [50, 0.01, 0.02, 1],
    ],
    ['another judge beside it', { metrics: [sequential(), hard] }, [50, 0.01, 0.4, 1]],
    ['bakes that end between two good instants', { steps: STEPS.with(1, { bake: '325s' }) }, [300, 0.01, 0.01, 1]],
    ['a hold that proceeds', { hold: { atMost: '10m', then: 'proceed' } }, [0.3, 0.01, 0.01, 1]],
    ['a control', { metrics: [sequential({ ceiling: undefined })], control: 5 }, [50, 0.01, 0.01, 2]],
    ['a warm-up', { metrics: [sequential({ warmUp: { margin: 8, for: '60s' } })] }, [300, 0, 0, 1]],
    ['an analysis', { steps: STEPS.with(1, { analysis: { metrics: ['errors'], count: 5 } }) }, [300, 0.01, 0.01, 1]],
    ['bakes that end early', { promoteEarly: { after: '3m' } }, [300, 0.01, 0.01, 1]],
    ['no soak after a hold', { soak: '0s' }, [3, 0.01, 0.01, 3]],
  ])('of a plan with %s', (_, more, released) => {
    const { foreseen, product } = both(
      planOf({ metrics: [sequential()], steps: STEPS, soak: '10m', ...more }),
      released,
    );
    expect(foreseen).toEqual(product);
  });
});
