import { runTasks } from '../../comparison/pool.ts';
import { comparison } from './comparison.ts';
import { defaults } from './defaults.ts';
import { falseAlarms } from './false-alarms.ts';
import { judged, type Section } from './figures.ts';
import { lateFaults } from './late-faults.ts';
import { againstTheLimit } from './limit.ts';
import { lookTimes } from './look-times.ts';
import type { Measure, Wanted } from './measure.ts';
import { wholePlans } from './whole-plans.ts';

export interface Report {
  node: string;
  seed: number;
  profile: string;
  quick: boolean;
  workers: number;
  seconds: number;
  sections: Section[];
  /** "section: figure" of every limit that is missed. */
  missed: string[];
}

/** All figures of docs/statistics.md's last section. @param say told every section as it is done */
export async function benchAnalysis(
  wanted: Wanted & { workers: number; onlyPlans?: boolean },
  say: (section: Section) => void = () => undefined,
  progress: (done: number, all: number) => void = () => undefined,
): Promise<Report> {
  const { size, seed, profile, workers } = wanted;
  const begun = performance.now();
  const sections: Section[] = [];
  const add = (section: Section) => {
    sections.push(section);
    say(section);
  };
  const simulate = async (measure: Measure): Promise<Section> =>
    measure.report(await runTasks(measure.tasks, workers, progress));
  if (wanted.onlyPlans !== true) await detectorSections();
  add(await wholePlans(wanted, workers, progress));
  if (wanted.onlyPlans !== true) add(lookTimes(profile, { quick: size.quick, seed }));
  const missed = sections.flatMap(({ title, figures }) =>
    figures.filter(({ kept }) => kept === false).map(({ name }) => `${title}: ${name}`),
  );
  const seconds = (performance.now() - begun) / 1000;
  return { node: process.version, seed, profile, quick: size.quick, workers, seconds, sections, missed };

  async function detectorSections(): Promise<void> {
    const short = await timed(() => simulate(falseAlarms(wanted, 'short')));
    add({ ...short.section, figures: [...short.section.figures, promisedTime(short.seconds, size.quick)] });
    add(await simulate(falseAlarms(wanted, 'long')));
    add(await simulate(againstTheLimit(wanted)));
    add(await simulate(comparison(wanted)));
    add(await simulate(defaults(wanted)));
    add(await simulate(lateFaults(wanted)));
  }
}

async function timed(make: () => Promise<Section>): Promise<{ section: Section; seconds: number }> {
  const from = performance.now();
  const section = await make();
  return { section, seconds: (performance.now() - from) / 1000 };
}

/** 200,000 healthy releases in under 10 minutes on 2 cores; in a quick run it is only shown. */
const promisedTime = (value: number, quick: boolean) => {
  const figure = { name: 'time of these releases, all judges', value, unit: 's' as const };
  return quick ? figure : judged({ ...figure, limit: { atMost: 600 } }, quick);
};
