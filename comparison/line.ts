import type { JudgeSpec } from './judges.ts';
import type { Results } from './pool.ts';
import type { Tally } from './tally.ts';

/** False roll backs that the sequential judge is allowed, 0 to 1. */
export const ALPHA = 0.01;

/** The judges of a comparison by the names of their columns; the first is the profile that is measured. */
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

/** @throws RangeError nothing was simulated for that key and judge */
export function tallyOf(results: Results, key: string, line: Line, name: string): Tally {
  const tally = results.get(key)?.[Object.keys(line).indexOf(name)];
  if (tally === undefined) throw new RangeError(`nothing was simulated for ${key}, ${name}`);
  return tally;
}
