import { ALPHA, type Line, OTHERS, sequential, tallyOf } from '../../comparison/line.ts';
import type { Results } from '../../comparison/pool.ts';
import { SETTINGS, windowsOfRelease } from '../../comparison/settings.ts';
import { addTallies, excessOf, FIRST_WINDOWS, newTally, rolledBackPercent } from '../../comparison/tally.ts';
import type { Noise } from '../../comparison/traffic.ts';
import { judged, percentInterval, type Section } from './figures.ts';
import { ENOUGH_FAILURES, HARDEST, hardestFault } from './hardest-fault.ts';
import { besideOf, type Measure, measured, type Wanted } from './measure.ts';

const NOISES: readonly { noise: Noise; name: string }[] = [
  { noise: 'binomial', name: 'Binomial' },
  { noise: 'clumped', name: 'clumped (phi 5)' },
  { noise: 'persistent', name: 'persistently different (10 %)' },
];
const EFFECTS = [2, 5, 10] as const;
const MARGIN = 1.25;

/** The defaults: guard on, with the dispersion of 60 windows of the stable version before each release, margin 1.25. */
export function defaults({ size, seed, profile }: Wanted): Measure {
  const other: Line =
    profile === 'specification' ? {} : { 'specification, defaults': sequential('specification', MARGIN, 'measured') };
  const line: Line = {
    [`${profile}, defaults`]: sequential(profile, MARGIN, 'measured'),
    ...other,
    'phi assumed 3': sequential(profile, MARGIN, 'assumed'),
    'margin 1': sequential(profile, 1, 'measured'),
    bare: sequential(profile),
    ...OTHERS,
  };
  const effects = [
    ...NOISES.map(({ noise }) => ({ noise, ratio: 1 })),
    ...EFFECTS.map(ratio => ({ noise: 'binomial' as const, ratio })),
  ];
  return {
    tasks: effects.flatMap(({ noise, ratio }, at) =>
      SETTINGS.map((setting, i) => ({
        key: keyOf(noise, ratio, i),
        traffic: { setting, ratio, noise },
        from: 0,
        releases: size.defaults,
        windows: windowsOfRelease(setting),
        horizonWindows: windowsOfRelease(setting),
        alpha: ALPHA,
        judges: Object.values(line),
        seed: [seed, 5, at, i],
      })),
    ),
    report: results => report(results, line, size.quick),
  };
}

const keyOf = (noise: Noise, ratio: number, i: number): string => `defaults ${noise} x${ratio} ${i}`;

function report(results: Results, line: Line, quick: boolean): Section {
  const us = measured(line);
  const perSetting = (noise: Noise, ratio: number, name: string) =>
    SETTINGS.map((_, i) => tallyOf(results, keyOf(noise, ratio, i), line, name));
  const pooled = (noise: Noise, ratio: number, name: string) =>
    perSetting(noise, ratio, name).reduce(addTallies, newTally());
  const healthy = (noise: Noise) => (name: string) => rolledBackPercent(pooled(noise, 1, name));
  const releases = pooled('binomial', 1, us).releases;
  return {
    title: 'The defaults: guard on, margin 1.25',
    how: `${releases} releases of 30 minutes for each row; phi from 60 windows of the stable version before each release. bare: guard off, margin 1.`,
    figures: [
      ...NOISES.map(({ noise, name }) =>
        judged(
          {
            name: `false roll backs, ${name}`,
            value: healthy(noise)(us),
            unit: '%',
            interval: percentInterval(pooled(noise, 1, us)),
            limit: { atMost: 0.5 },
            beside: besideOf(line, healthy(noise)),
          },
          quick,
        ),
      ),
      hardestFault({
        line,
        quick,
        perSetting: name => perSetting('binomial', HARDEST, name),
        windows: FIRST_WINDOWS,
        nameOf: settings =>
          `x10 found by the third window where ${ENOUGH_FAILURES} canary failures are expected in one, worst of ${settings} settings`,
      }),
    ],
    tables: [
      {
        title: 'by judge',
        columns: [
          'judge',
          ...EFFECTS.map(effect => `x${effect} found %`),
          ...EFFECTS.map(effect => `excess x${effect}`),
        ],
        rows: Object.keys(line).map(name => [
          name,
          ...EFFECTS.map(effect => rolledBackPercent(pooled('binomial', effect, name))),
          ...EFFECTS.map(effect => excessOf(pooled('binomial', effect, name))),
        ]),
      },
    ],
  };
}
