import { readFileSync } from 'node:fs';
import { parsePlan } from '../../adapters/plan-file/read-plan.ts';
import { modelOf } from '../../domain/forecast/model.ts';
import { drawPasts, type PlayedRelease, playReleases } from '../../domain/forecast/trial.ts';

/** Releases of one plan at one traffic with one fault. Plain data, so that it can be sent to a worker. */
export interface PlanTask {
  /** A file in examples/, or README.md with the plan in it. */
  file: string;
  requestsPerSecond: number;
  failureRate: number;
  canaryFailureRate: number;
  releases: number;
  seed: number;
}

/** Counts of releases. */
export interface PlanTally {
  releases: number;
  promoted: number;
  degraded: number;
  noEvidence: number;
  /** Taken back before the canary had all requests. */
  beforeAll: number;
  /** Taken back by the second window of data. */
  bySecondWindow: number;
  /** In which a step held for want of data. */
  held: number;
  /** The longest hold of a step, in seconds; of those that came to an end. */
  longestHoldSeconds: number;
}

/** Pasts of the stable version that the releases take turns with. */
const PASTS = 40;
const SLOW_RATE = 0.01;

/** @returns the same for the same task, wherever it runs */
export function runPlanTask({ file, releases, seed, canaryFailureRate, ...traffic }: PlanTask): PlanTally {
  const parsed = parsePlan(planText(file), file);
  if (parsed.kind === 'mistakes') throw new Error(`${file} is no plan: ${JSON.stringify(parsed.mistakes)}`);
  const model = modelOf(parsed.plan, { ...traffic, slowRate: SLOW_RATE, dispersion: 1 });
  const pasts = drawPasts(model, { seed, pasts: PASTS });
  const fault = { name: 'fault', failureRate: canaryFailureRate };
  const played = playReleases(pasts, fault, { releases, seed }).releases;
  const count = (test: (release: PlayedRelease) => boolean) => played.filter(test).length;
  const holds = played.flatMap(({ schedule }) => schedule.stays.flatMap(({ holdSeconds }) => holdSeconds ?? []));
  return {
    releases,
    promoted: count(({ end }) => end === 'promoted'),
    degraded: count(({ end }) => end === 'degraded'),
    noEvidence: count(({ end }) => end === 'noEvidence'),
    beforeAll: count(release => release.end === 'degraded' && release.endSeconds < allSeconds(release)),
    bySecondWindow: count(release => release.end === 'degraded' && windowsKnown(release) <= 2),
    held: count(({ schedule }) => schedule.stays.some(({ holdSeconds }) => holdSeconds !== 0)),
    longestHoldSeconds: Math.max(0, ...holds),
  };
}

const allSeconds = ({ schedule }: PlayedRelease): number =>
  schedule.weights.find(({ weight }) => weight === 100)?.fromSeconds ?? Number.POSITIVE_INFINITY;

const windowsKnown = ({ schedule, endSeconds }: PlayedRelease): number =>
  schedule.windows.filter(({ knownSeconds }) => knownSeconds <= endSeconds).length;

/** The first plan in a Markdown file, or all of a plan's file. */
export function planText(file: string): string {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  return file.endsWith('.md') ? (plansIn(text)[0] ?? '') : text;
}

/** Whole plans in the fenced blocks of a Markdown file, in their order. */
export const plansIn = (markdown: string): string[] =>
  [...markdown.matchAll(/^```ya?ml\n(.*?)^```/gms)]
    .flatMap(([, block = '']) => block.split(/^---.*\n/m))
    .filter(block => /^kind: Plan$/m.test(block));
