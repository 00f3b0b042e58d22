import type { Line } from '../../comparison/line.ts';
import { canaryRequestsOfWindow, SETTINGS, type Setting } from '../../comparison/settings.ts';
import { newTally, rolledBackPercent, type Tally } from '../../comparison/tally.ts';
import { type AnalysisFigure, judged, percentInterval } from './figures.ts';
import { besideOf, measured } from './measure.ts';

/** How many times stable's failures the worst canary has. */
export const HARDEST = 10;
/** Failures of the canary that a window must be expected to have for a fault of x10 to be found in it. */
export const ENOUGH_FAILURES = 15;

/** Where a canary at `ratio` is expected to fail often enough in one window. */
export const isBusy = (setting: Setting, ratio: number): boolean =>
  canaryRequestsOfWindow(setting) * setting.baseRate * ratio >= ENOUGH_FAILURES;

export interface HardestFault {
  line: Line;
  quick: boolean;
  /** A judge's tallies of x10, by setting. */
  perSetting(judge: string): readonly Tally[];
  /** It has to be found by then; 1 to `FIRST_WINDOWS`. */
  windows: number;
  /** The figure's name. @param settings how many are busy enough */
  nameOf(settings: number): string;
}

/** How often x10 is found within its first windows, in the worst of the settings that are busy enough. */
export function hardestFault({ line, quick, perSetting, windows, nameOf }: HardestFault): AnalysisFigure {
  const us = measured(line);
  const inTime = (judge: string): Tally[] =>
    perSetting(judge)
      .filter((_, i) => isBusy(SETTINGS[i] as Setting, HARDEST))
      .map(tally => ({ ...tally, rolledBack: tally.early.slice(0, windows).reduce((sum, count) => sum + count, 0) }));
  const least = (judge: string): Tally =>
    inTime(judge).toSorted((a, b) => rolledBackPercent(a) - rolledBackPercent(b))[0] ?? newTally();
  return judged(
    {
      name: nameOf(inTime(us).length),
      value: rolledBackPercent(least(us)),
      unit: '%',
      interval: percentInterval(least(us)),
      limit: { atLeast: 95 },
      beside: besideOf(line, judge => rolledBackPercent(least(judge))),
    },
    quick,
  );
}
