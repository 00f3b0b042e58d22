import { describe, expect, it } from 'vitest';
import { comparison } from '../../../bench/analysis/comparison.ts';
import { defaults } from '../../../bench/analysis/defaults.ts';
import { falseAlarms } from '../../../bench/analysis/false-alarms.ts';
import { intervalOf, judged, type Section } from '../../../bench/analysis/figures.ts';
import { FULL, type Measure, QUICK } from '../../../bench/analysis/measure.ts';
import { sectionText } from '../../../bench/analysis/text.ts';
import { runTasks } from '../../../comparison/pool.ts';

const wanted = {
  size: { ...QUICK, healthy: 2, compared: 2, defaults: 1 },
  seed: 5,
  profile: 'information',
};

const sectionOf = async (measure: Measure): Promise<Section> => measure.report(await runTasks(measure.tasks, 0));

describe('a figure beside its limit', () => {
  const figure = { name: 'share', value: 1.2, unit: '%' as const, interval: [0.9, 1.6] as [number, number] };

  it('is kept or missed by its value, and in a quick run open where chance could do it', () => {
    expect(judged({ ...figure, value: 1, limit: { atMost: 1 } }, false).kept).toBe(true);
    expect(judged({ ...figure, limit: { atMost: 1 } }, false).kept).toBe(false);
    expect(judged({ ...figure, limit: { atMost: 1 } }, true).kept).toBe('open');
    expect(judged({ ...figure, limit: { atMost: 0.8 } }, true).kept).toBe(false);
    expect(judged({ ...figure, limit: { atLeast: 1.5 } }, true).kept).toBe('open');
    expect(judged({ ...figure, limit: { atLeast: 1.5 } }, false).kept).toBe(false);
    expect(judged(figure, false).kept).toBeUndefined();
  });

  it('has the interval of Clopper and Pearson: none of 1,000 is at most 0.528 %, 10 of 1,000 are 0.37 to 2.13 %', () => {
    // 1 - 0.005^(1/1000); the other where 10 or fewer, and 10 or more, of 1,000 have probability 0.005 (summed by hand)
    expect(intervalOf(0, 1000)[0]).toBe(0);
    expect(intervalOf(0, 1000)[1]).toBeCloseTo(0.0052843, 6);
    expect(intervalOf(10, 1000)[0]).toBeCloseTo(0.0037, 4);
    expect(intervalOf(10, 1000)[1]).toBeCloseTo(0.0213, 3);
  });
});

describe("the bench's sections", () => {
  it('simulate at least 200,000 healthy releases in a full run', () => {
    const { tasks } = falseAlarms({ ...wanted, size: FULL }, 'short');
    expect(tasks.reduce((sum, { releases }) => sum + releases, 0)).toBeGreaterThanOrEqual(200_000);
    expect(tasks.every(({ windows, traffic }) => windows === 30 && traffic.ratio === 1)).toBe(true);
  });

  it('show false roll backs of every setting, beside the oracle and the other judges on the same releases', async () => {
    const section = await sectionOf(falseAlarms(wanted, 'short'));
    expect(section.figures.map(({ name, limit }) => ({ name, limit }))).toEqual([
      { name: 'false roll backs, pooled', limit: { atMost: 1 } },
      { name: 'false roll backs, worst setting', limit: undefined },
      { name: 'settings whose 99 % interval is wholly above 1 %', limit: { atMost: 0 } },
    ]);
    expect(Object.keys(section.figures[0]?.beside ?? {})).toEqual([
      'specification',
      'SPRT (told x2)',
      'argo',
      'relative',
      'flagger',
      'kayenta',
    ]);
    expect(section.tables?.[0]?.rows).toHaveLength(36);
  });

  it('show what each judge finds and what it costs: Kayenta, which looks at the end, costs what the whole release does', async () => {
    const section = await sectionOf(comparison(wanted));
    const table = section.tables?.[0];
    const kayenta = table?.rows.find(([judge]) => judge === 'kayenta');
    // 275 requests a second x 0.1333 x 1,800 s x 0.005333 x 9 on average over the settings
    expect(Number(kayenta?.[table?.columns.indexOf('excess x10') ?? 0])).toBeCloseTo(3168, -2);
    expect(section.figures[0]?.limit).toEqual({ atMost: 21 });
    expect(sectionText(section)).toMatch(/excess failed requests at x2, pooled: \d+\.\d failed requests, limit <= 21/);
  });

  it('show the defaults on three kinds of healthy releases', async () => {
    const { figures } = await sectionOf(defaults(wanted));
    expect(figures.map(({ limit }) => limit)).toEqual([
      { atMost: 0.5 },
      { atMost: 0.5 },
      { atMost: 0.5 },
      { atLeast: 95 },
    ]);
  });
});
