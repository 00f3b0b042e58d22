import { expect, it } from 'vitest';
import { forecast, foreseen } from '../../../domain/forecast/forecast.ts';
import { proposals } from '../../../domain/forecast/propose.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import { planOf, traffic } from './plans.ts';

it.each<[string, Plan, number, number]>([
  ['much traffic', planOf({ steps: [{ setWeight: 10 }, { bake: '2m' }, { setWeight: 100 }] }), 2_000, 0.001],
  ['less traffic', planOf(), 50, 0.01],
  ['no failures', planOf(), 20, 0],
])(
  'a proposed plan sees what it wants to see with its power, and holds few healthy releases: %s',
  (_, plan, rps, rate) => {
    const of = traffic(rps, rate);
    const all = proposals(plan, of, { withinSeconds: 3_600 });
    expect(all.map(({ kind }) => kind)).toContain('shortest');
    for (const { steps, soakSeconds } of all) {
      const { healthy, effect } = foreseen({ ...plan, steps, soakSeconds }, of, { releases: 400, seed: 99 });
      // 80 %, and a 95 % interval of 400 releases is 4 points
      expect(effect?.found).toBeGreaterThanOrEqual(0.76);
      expect(healthy.promoted).toBeGreaterThanOrEqual(0.98);
      // the spare of 15 % is for most of them, whatever their past was
      expect(healthy.held).toBeLessThan(0.35);
    }
  },
);

it('a forecast finds a worse fault more often and sooner, and hardly ever rolls a healthy release back', () => {
  const { effects, healthy } = forecast(planOf(), traffic(500, 0.002), { releases: 150, seed: 1 });
  const found = effects.map(effect => effect.found);
  expect(found).toEqual(found.toSorted((a, b) => a - b));
  const named = new Map(effects.map(effect => [effect.fault.name, effect]));
  const [doubled, tenfold] = [named.get('x2'), named.get('x10')];
  expect(tenfold?.found).toBe(1);
  expect(tenfold?.medianSeconds ?? 0).toBeLessThan(doubled?.medianSeconds ?? 0);
  expect(healthy).toMatchObject({ promised: 0.01, noEvidence: 0 });
  expect(healthy.falseAlarms).toBeLessThanOrEqual(0.02);
});
