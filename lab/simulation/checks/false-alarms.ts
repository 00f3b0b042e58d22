import type { Coverage } from '../coverage.ts';
import type { Appended } from '../observed-ports.ts';
import type { Stage } from '../stage.ts';

/** `alpha` of all sequential plans of the simulation: the share of good releases that may be called degraded. */
export const PROMISED_SHARE = 0.01;
/** A run of seeds fails where so many false alarms, or more, would come up by chance less often than this. */
const CHANCE = 1e-6;

const GOOD = 'good images judged: ';
const BLAMED = 'good images called degraded: ';

/** Good images and those of them that were called degraded, by their judge: a promise about many, so it is counted. */
export function countFalseAlarms(stage: Stage, { workload, release, entry }: Appended): void {
  const { canary } = release.admission ?? {};
  if (entry.fact.kind !== 'closed' || canary === undefined || release.firstTrafficEpochMs === undefined) return;
  const site = stage.site(workload);
  const judge = release.asked.metrics[0]?.judge.kind;
  const isGood = site.qualityOf(canary).kind === 'good';
  if (judge === undefined || !isGood || site.wasTurnedByHandSince(release.admittedAtEpochMs ?? 0)) return;
  stage.coverage.count(`${GOOD}${judge}`);
  if (release.verdict?.kind === 'degraded') stage.coverage.count(`${BLAMED}${judge}`);
}

/** What many seeds say of the sequential judge's promise; undefined: nothing against it. */
export function tooManyFalseAlarms(counts: Coverage['counts']): string | undefined {
  const good = counts[`${GOOD}sequential`] ?? 0;
  const blamed = counts[`${BLAMED}sequential`] ?? 0;
  const chance = atLeast(blamed, good, PROMISED_SHARE);
  if (chance >= CHANCE) return undefined;
  return `${blamed} of ${good} good images were called degraded; by its alpha of ${PROMISED_SHARE} that has a chance of ${chance.toExponential(1)}`;
}

/** The chance of `least` or more successes in so many trials, by the terms of the binomial law. */
export function atLeast(least: number, trials: number, chance: number): number {
  if (least === 0) return 1;
  let term = Math.exp(trials * Math.log1p(-chance));
  let below = term;
  for (let x = 1; x < least; x += 1) {
    term *= ((trials - x + 1) / x) * (chance / (1 - chance));
    below += term;
  }
  return Math.max(0, 1 - below);
}
