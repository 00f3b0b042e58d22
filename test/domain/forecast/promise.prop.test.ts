import { expect, it } from 'vitest';
import { forecast, shareFound } from '../../../domain/forecast/forecast.ts';
import { enoughSeenBy, modelOf } from '../../../domain/forecast/model.ts';
import { proposals } from '../../../domain/forecast/propose.ts';
import { scheduleOf } from '../../../domain/forecast/schedule.ts';
import { playReleases } from '../../../domain/forecast/trial.ts';
import { planOf, traffic } from './plans.ts';

it('a proposed plan keeps what it promises: 10,000 other releases find the fault as often, within 2 points', () => {
  // Prepare
  const plan = planOf({ steps: [{ setWeight: 10 }, { bake: '2m' }, { setWeight: 100 }] });
  const of = traffic(2_000, 0.001);
  const [proposed] = proposals(plan, of, { releases: 2_500, seed: 7, withinSeconds: 3_600 });
  if (proposed === undefined) throw new Error('nothing was proposed');
  // Act
  const model = modelOf({ ...plan, steps: proposed.steps }, of);
  const schedule = scheduleOf(model.plan, enoughSeenBy(model));
  const until = schedule.stays[0]?.untilSeconds ?? 0;
  const canaried = { ...schedule, windows: schedule.windows.filter(({ knownSeconds }) => knownSeconds <= until) };
  const found = shareFound(playReleases(model, canaried, { ratio: 2, releases: 10_000, seed: 99 }));
  // Assess: what is known when weight 100 is due
  const promised = proposed.effect.foundByStay[0] ?? 0;
  expect(promised).toBeGreaterThanOrEqual(0.78);
  expect(Math.abs(found - promised)).toBeLessThan(0.02);
  expect(schedule.stays.map(({ holdSeconds }) => holdSeconds)).toEqual([0, 0]);
}, 60_000);

it('a forecast finds a worse fault more often and sooner, and hardly ever rolls a healthy release back', () => {
  const { effects, falseAlarms } = forecast(planOf(), traffic(500, 0.002), { releases: 150, seed: 1 });
  const found = effects.map(effect => effect.found);
  expect(found).toEqual(found.toSorted((a, b) => a - b));
  const [doubled, tenfold] = [effects[1], effects[3]];
  expect(tenfold?.found).toBe(1);
  expect(tenfold?.medianSeconds ?? 0).toBeLessThan(doubled?.medianSeconds ?? 0);
  expect(falseAlarms).toMatchObject({ promised: 0.01 });
  expect(falseAlarms.seen).toBeLessThanOrEqual(0.02);
});
