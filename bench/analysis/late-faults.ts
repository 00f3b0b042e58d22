import { ALPHA, type Line, ours, sequential, tallyOf } from '../../comparison/line.ts';
import type { Results } from '../../comparison/pool.ts';
import { leastWindows, SETTINGS, windowsOfRelease } from '../../comparison/settings.ts';
import { addTallies, excessOf, newTally, rolledBackPercent } from '../../comparison/tally.ts';
import type { Section } from './figures.ts';
import { besideOf, type Measure, measured, type Wanted } from './measure.ts';

/** Healthy windows of waiting (approvals, holds) before the fault of the second case, and how long it may then take. */
const WAITED = 600;
const AFTERWARDS = 60;
/** Settings whose limit for x2 is 3 to 10 windows: where the waiting shows and the fault is found in time. */
const WAITING = SETTINGS.filter(setting => {
  const windows = leastWindows(setting, 2, 1, ALPHA);
  return windows >= 3 && windows <= 10;
});

/** A fault of x2 that begins late: what the E-channel and its start weights are for. No limit; printed for comparison. */
export function lateFaults({ size, seed, profile }: Wanted): Measure {
  const line: Line = ours(
    profile,
    name => name,
    name => sequential(name),
  );
  const common = { from: 0, alpha: ALPHA, judges: Object.values(line) };
  const noise = 'binomial' as const;
  return {
    tasks: [
      ...SETTINGS.map((setting, i) => ({
        ...common,
        key: `late ${i}`,
        traffic: { setting, ratio: 2, noise, healthyWindows: windowsOfRelease(setting) / 2 },
        releases: Math.ceil(size.compared / 2),
        windows: windowsOfRelease(setting),
        horizonWindows: windowsOfRelease(setting),
        seed: [seed, 6, i],
      })),
      ...WAITING.map((setting, i) => ({
        ...common,
        key: `waited ${i}`,
        traffic: { setting, ratio: 2, noise, healthyWindows: WAITED },
        releases: Math.ceil(size.long / 10),
        windows: WAITED + AFTERWARDS,
        horizonWindows: 30,
        seed: [seed, 7, i],
      })),
    ],
    report: results => report(results, line),
  };
}

function report(results: Results, line: Line): Section {
  const pooled = (key: string, settings: number) => (name: string) =>
    Array.from({ length: settings }, (_, i) => tallyOf(results, `${key} ${i}`, line, name)).reduce(
      addTallies,
      newTally(),
    );
  const late = pooled('late', SETTINGS.length);
  const waited = pooled('waited', WAITING.length);
  const us = measured(line);
  const found = (name: string, of: typeof late) => ({
    name,
    value: rolledBackPercent(of(us)),
    unit: '%' as const,
    beside: besideOf(line, judge => rolledBackPercent(of(judge))),
  });
  const excess = (name: string, of: typeof late) => ({
    name,
    value: excessOf(of(us)),
    unit: 'failed requests' as const,
    beside: besideOf(line, judge => excessOf(of(judge))),
  });
  const halfway = 'x2 from the middle of the 30 minutes on';
  const afterWaiting = `x2 after ${WAITED} healthy windows, K = 30, within ${AFTERWARDS}`;
  return {
    title: 'Faults that begin late',
    how: `${late(us).releases} and ${waited(us).releases} releases, guard off, margin 1; false roll backs before the fault are counted as found.`,
    figures: [
      found(`${halfway}: found`, late),
      excess(`${halfway}: excess failed requests`, late),
      found(`${afterWaiting}: found`, waited),
      excess(`${afterWaiting}: excess failed requests`, waited),
    ],
  };
}
