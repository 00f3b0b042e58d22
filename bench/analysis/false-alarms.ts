import { ALPHA, type Line, OTHERS, ours, sequential, tallyOf } from '../../comparison/line.ts';
import type { Results } from '../../comparison/pool.ts';
import { SETTINGS, settingText } from '../../comparison/settings.ts';
import { addTallies, newTally, rolledBackPercent, type Tally } from '../../comparison/tally.ts';
import { judged, percentInterval, type Section } from './figures.ts';
import { besideOf, type Measure, measured, type Wanted } from './measure.ts';

const SHORT_WINDOWS = 30;
const LONG_WINDOWS = 660;
/** The promise is one of so many releases pooled: with fewer, what misses its limit by chance is left open. */
const ENOUGH_RELEASES = 200_000;
/** Kayenta's estimate takes the square of the windows: this many releases a setting are enough for its column. */
const KAYENTA_RELEASES = { short: 1000, long: 2 };

/** How often a healthy release is rolled back: guard off, margin 1, looked at after every window. */
export function falseAlarms({ size, seed, profile }: Wanted, which: 'short' | 'long'): Measure {
  const windows = which === 'short' ? SHORT_WINDOWS : LONG_WINDOWS;
  const releases = which === 'short' ? size.healthy : size.long;
  const line: Line = {
    ...(which === 'short'
      ? ours(
          profile,
          name => name,
          name => sequential(name),
        )
      : { [profile]: sequential(profile) }),
    'SPRT (told x2)': { kind: 'sprt', ratio: 2 },
    ...OTHERS,
    kayenta: { kind: 'kayenta', first: size.quick ? 2 : KAYENTA_RELEASES[which] },
  };
  const keyOf = (i: number) => `false alarms ${which} ${i}`;
  return {
    tasks: SETTINGS.map((setting, i) => ({
      key: keyOf(i),
      traffic: { setting, ratio: 1, noise: 'binomial' },
      from: 0,
      releases,
      windows,
      horizonWindows: SHORT_WINDOWS,
      alpha: ALPHA,
      judges: Object.values(line),
      seed: [seed, which === 'short' ? 1 : 2, i],
    })),
    report: results => report(results, { line, keyOf, windows, quick: size.quick }),
  };
}

function report(
  results: Results,
  { line, keyOf, windows, quick }: { line: Line; keyOf: (i: number) => string; windows: number; quick: boolean },
): Section {
  const perSetting = (name: string) => SETTINGS.map((_, i) => tallyOf(results, keyOf(i), line, name));
  const pooled = (name: string) => perSetting(name).reduce(addTallies, newTally());
  const worst = (name: string) => Math.max(...perSetting(name).map(rolledBackPercent));
  const us = measured(line);
  const all = pooled(us);
  const settings = perSetting(us);
  const above = settings.filter(tally => percentInterval(tally)[0] > 100 * ALPHA).length;
  return {
    title: `False roll backs within ${windows} windows`,
    how: `${all.releases} healthy releases of ${windows} windows, ${SETTINGS.length} settings, Binomial counts, alpha 1 %, margin 1, guard off, K = ${SHORT_WINDOWS}.`,
    figures: [
      judged(
        {
          name: 'false roll backs, pooled',
          value: rolledBackPercent(all),
          unit: '%',
          interval: percentInterval(all),
          limit: { atMost: 100 * ALPHA },
          beside: besideOf(line, name => rolledBackPercent(pooled(name))),
        },
        quick || all.releases < ENOUGH_RELEASES,
      ),
      { name: 'false roll backs, worst setting', value: worst(us), unit: '%', beside: besideOf(line, worst) },
      judged(
        {
          name: 'settings whose 99 % interval is wholly above 1 %',
          value: above,
          unit: 'settings',
          limit: { atMost: 0 },
        },
        quick,
      ),
    ],
    tables: [
      {
        title: `${us}, by setting`,
        columns: ['setting', 'releases', 'rolled back %', '99 % from', 'to'],
        rows: settings.map((tally, i) => [labelOf(i), tally.releases, ...percentRow(tally)]),
      },
    ],
  };
}

const labelOf = (i: number): string => {
  const setting = SETTINGS[i];
  return setting === undefined ? '' : settingText(setting);
};

const percentRow = (tally: Tally): number[] => [rolledBackPercent(tally), ...percentInterval(tally)];
