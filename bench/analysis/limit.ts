import { ALPHA, type Line, OTHERS, ours, sequential, tallyOf } from '../../comparison/line.ts';
import type { Results } from '../../comparison/pool.ts';
import {
  canaryRequestsOfWindow,
  FAULTS,
  leastWindows,
  SETTINGS,
  type Setting,
  settingText,
} from '../../comparison/settings.ts';
import type { Tally } from '../../comparison/tally.ts';
import { medianOf } from '../figure.ts';
import { type AnalysisFigure, canaryRequestsOf, judged, type Section } from './figures.ts';
import { besideOf, type Measure, measured, type Wanted } from './measure.ts';

const ORACLE = 'SPRT (told both)';
/** A plan of so many times the limit finds the fault with power 0.99 and more: that is the K that the detector is told. */
const HORIZON = 3;
/** It is watched for so many times the limit: what is not found by then counts with what it had seen. */
const WATCHED = 12;
const POWER = 0.99;

interface Case {
  i: number;
  setting: Setting;
  ratio: number;
  /** Of the rule that needs the fewest, rounded up. */
  windows: number;
}

const CASES: readonly Case[] = FAULTS.flatMap(ratio =>
  SETTINGS.map((setting, i) => ({ i, setting, ratio, windows: leastWindows(setting, ratio, 1, ALPHA) })),
).filter(({ windows }) => windows >= 3);

/** Canary requests until a fault is found, against the limit that no rule can be below: no horizon. */
export function againstTheLimit({ size, seed, profile }: Wanted): Measure {
  const lineFor = (ratio: number): Line => ({
    ...ours(
      profile,
      name => name,
      name => sequential(name),
    ),
    [ORACLE]: { kind: 'sprt', ratio },
    ...OTHERS,
  });
  return {
    tasks: CASES.map(one => ({
      key: keyOf(one),
      traffic: { setting: one.setting, ratio: one.ratio, noise: 'binomial' },
      from: 0,
      releases: size.unlimited,
      windows: WATCHED * one.windows,
      horizonWindows: HORIZON * one.windows,
      alpha: ALPHA,
      judges: Object.values(lineFor(one.ratio)),
      seed: [seed, 4, Math.round(one.ratio * 10), one.i],
    })),
    report: results => report(results, lineFor(2), size.quick),
  };
}

const keyOf = ({ ratio, i }: Case): string => `limit x${ratio} ${i}`;

function report(results: Results, line: Line, quick: boolean): Section {
  const us = measured(line);
  const tally = (one: Case, name: string): Tally => tallyOf(results, keyOf(one), line, name);
  const toLimit = (one: Case, name: string): Estimate => {
    const { mean, error } = canaryRequestsOf(tally(one, name));
    const least = one.windows * canaryRequestsOfWindow(one.setting);
    return { value: mean / least, error: error / least };
  };
  const toOracle = (one: Case, name: string): number =>
    canaryRequestsOf(tally(one, name)).mean / canaryRequestsOf(tally(one, ORACLE)).mean;
  const power = (name: string) => Math.min(...CASES.map(one => share(tally(one, name))));
  // a rule that misses faults stops early at nothing: its requests are no measure
  const ifPowerful = (numberOf: (name: string) => number) => (name: string) =>
    power(name) >= POWER ? numberOf(name) : null;
  const median = (name: string) => medianOf(CASES.map(one => toLimit(one, name).value));
  const worst = (name: string) => CASES.map(one => toLimit(one, name)).toSorted((a, b) => b.value - a.value)[0] ?? NONE;
  const medianToOracle = (name: string) => medianOf(CASES.map(one => toOracle(one, name)));
  const ratio = (name: string, value: number, atMost: number, numberOf: (name: string) => number, error = 0) =>
    judged(
      {
        ...({ name, value, unit: 'ratio', limit: { atMost } } satisfies AnalysisFigure),
        ...(error > 0 ? { interval: [value - error, value + error] as [number, number] } : {}),
        beside: besideOf(line, ifPowerful(numberOf)),
      },
      quick,
    );
  return {
    title: 'Canary requests until a fault is found, over the limit',
    how: `${CASES.length} settings whose limit is 3 windows or more, ${tally(CASES[0] as Case, us).releases} releases each, guard off, margin 1, watched until it is found (${WATCHED} times the limit at most; K = ${HORIZON} times). Judges that find less than 99 % anywhere have no figure; Kayenta's looks once and has none.`,
    figures: [
      ratio('canary requests / limit, median setting', median(us), 1.3, median),
      ratio('canary requests / limit, worst setting', worst(us).value, 1.5, name => worst(name).value, worst(us).error),
      ratio("canary requests / the SPRT's, median setting", medianToOracle(us), 1.2, medianToOracle),
      judged(
        {
          name: 'power, worst setting',
          value: 100 * power(us),
          unit: '%',
          limit: { atLeast: 100 * POWER },
          beside: besideOf(line, name => 100 * power(name)),
        },
        quick,
      ),
    ],
    tables: [
      {
        title: `${us}, by setting`,
        columns: ['setting', 'fault', 'limit, windows', 'requests / limit', '+-', "/ the SPRT's"],
        rows: CASES.map(one => {
          const { value, error } = toLimit(one, us);
          return [settingText(one.setting), `x${one.ratio}`, one.windows, value, error, toOracle(one, us)];
        }),
      },
    ],
  };
}

interface Estimate {
  value: number;
  error: number;
}
const NONE: Estimate = { value: 0, error: 0 };
const share = ({ rolledBack, releases }: Tally): number => rolledBack / releases;
