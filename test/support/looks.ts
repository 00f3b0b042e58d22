import type { Plan } from '../../domain/plan/plan.ts';
import type { Decision, Observation } from '../../domain/release/move.ts';
import { nextMove } from '../../domain/release/next-move.ts';
import { type Line, readied, releaseOf, shifted } from './ledger-lines.ts';
import { sight, watching } from './sight.ts';

/** What a look decides `seconds` after NOON about a release with this plan and these lines. */
export function look(plan: Partial<Plan>, lines: Line[], seconds: number, more: Partial<Observation> = {}): Decision {
  const release = releaseOf(plan, ...lines);
  return nextMove(release, sight(release, seconds, more));
}

/** With it, "nothing wrong" is no news: a look that finds that has nothing to write down about it. */
export const judged: Line = [0, { kind: 'judged', verdict: watching, byMetric: { errors: watching } }];

/** Shifted to 10 % at 20 s; its second step began at 40 s. */
export const second: Line[] = [
  judged,
  ...readied(0, 10),
  ...shifted(20, { from: 0, to: 10 }),
  [40, { kind: 'stepStarted', index: 1 }],
];
