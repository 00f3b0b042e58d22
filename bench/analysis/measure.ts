import type { Line } from '../../comparison/line.ts';
import type { Results } from '../../comparison/pool.ts';
import type { Task } from '../../comparison/run-task.ts';
import type { Section } from './figures.ts';

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
