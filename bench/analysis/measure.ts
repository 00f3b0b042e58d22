import type { Section } from './figures.ts';
import type { JudgeSpec } from './judges.ts';
import type { Results } from './pool.ts';
import type { Tally, Task } from './run-task.ts';

/** How many releases a run simulates, each number per setting. */
export interface Size {
  quick: boolean;
  /** Healthy releases of 30 windows; 36 settings of 5,556 are 200,016. */
  healthy: number;
  /** Healthy releases of 660 windows. */
  long: number;
  /** Of the 180 settings of 30 minutes. */
  compared: number;
  /** Without a horizon, of the settings whose limit is 3 windows or more. */
  unlimited: number;
  /** With the defaults: healthy and faulty. */
  defaults: number;
  /** By whole plans, a cell. */
  plans: number;
}

export const FULL: Size = {
  quick: false,
  healthy: 5556,
  long: 1000,
  compared: 500,
  unlimited: 400,
  defaults: 300,
  plans: 2000,
};
export const QUICK: Size = { quick: true, healthy: 100, long: 5, compared: 20, unlimited: 20, defaults: 20, plans: 50 };

export interface Wanted {
  size: Size;
  seed: number;
  /** Name of the profile that has to keep the limits. */
  profile: string;
}

/** A part of the bench: the releases that it wants simulated, and what it makes of them. */
export interface Measure {
  tasks: Task[];
  report(results: Results): Section;
}

export const ALPHA = 0.01;

/** The judges of a comparison by the names of their columns; the first is the profile that has to keep the limits. */
export type Line = Record<string, JudgeSpec>;

export const sequential = (
  profile: string,
  margin = 1,
  guard: Extract<JudgeSpec, { kind: 'sequential' }>['guard'] = 'off',
): JudgeSpec => ({ kind: 'sequential', profile, margin, guard });

/** The other tools' judges at their defaults. */
export const OTHERS: Line = { argo: { kind: 'argo' }, relative: { kind: 'relative' }, flagger: { kind: 'flagger' } };

/** The profile that is measured, and the specification's beside it where that is another. */
export const ours = (
  profile: string,
  name: (profile: string) => string,
  spec: (profile: string) => JudgeSpec,
): Line => ({
  [name(profile)]: spec(profile),
  ...(profile === 'specification' ? {} : { [name('specification')]: spec('specification') }),
});

export function tallyOf(results: Results, key: string, line: Line, name: string): Tally {
  const tally = results.get(key)?.[Object.keys(line).indexOf(name)];
  if (tally === undefined) throw new RangeError(`nothing was simulated for ${key}, ${name}`);
  return tally;
}

/** The first of a line is the one that has to keep the limits. */
export const measured = (line: Line): string => Object.keys(line)[0] ?? '';

/** A number of every other judge of the line. */
export function besideOf(line: Line, numberOf: (name: string) => number | null): Record<string, number | null> {
  return Object.fromEntries(
    Object.keys(line)
      .slice(1)
      .map(name => [name, numberOf(name)]),
  );
}
