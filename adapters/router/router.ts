import type { Dial, Slot } from '../../domain/dial.ts';
import type { RoutingFacts } from '../../domain/routers/alb/routing-facts.ts';
import type { RouterAbilities } from '../../domain/routers/router-kind.ts';
import type { Workload } from '../../domain/workload.ts';

/**
 * All that a roll back needs to turn the dial, as plain JSON: it travels in the input of the roll back's execution, so
 * that going back works when neither the ledger nor the cluster answers.
 */
export interface WayBack {
  kind: 'alb';
  rules: { arn: string; actions: unknown[] }[];
  /** The preview rule goes back too: its header must not keep reaching a slot that is being emptied. */
  stable: Slot;
}

/** A rule that forwards to nobody. */
export interface Page {
  arn: string;
  /** In the vendor's words, e.g. `fixed-response`. */
  answers: string;
}

export interface TrafficRouter {
  readonly can: RouterAbilities;
  /**
   * Per cent of requests that each slot gets now, asked of the outside system, never remembered. Several rules are read
   * as the worst: for each slot the most that any rule sends there. Where rules disagree that is more than 100 in sum, so
   * a slot reads as 0 only when no rule sends it anything.
   * @throws RouterRuleError a rule is not there or is not one that a dial can be read from (e.g. three groups)
   * @throws RouterUnreachableError
   */
  readDial(workload: Workload): Promise<Dial>;
  /** Sets, never adds; safe to repeat. Keeps both groups and the stickiness. Resolves when it has been accepted. */
  setDial(workload: Workload, dial: Dial): Promise<void>;
  /**
   * Puts the group that a rule of the dial does not name into it, at weight 0: from then on its targets are health-checked.
   * Nobody's requests move, and a rule that names both is left alone.
   * @throws RouterRuleError a rule is not there, or forwards to something else @throws RouterUnreachableError
   */
  joinGroups(workload: Workload): Promise<void>;
  /** The rules of the dial that answer by themselves (a fixed response, a redirect) in place of the forward: somebody's maintenance page. */
  readPages(workload: Workload): Promise<Page[]>;
  /**
   * What the dial stands on: whose tags rules, listeners, load balancers and target groups carry, and what targets the groups
   * take. What cannot be read is an error, never "no tags".
   * @throws RouterRuleError something that the workload names is not there @throws RouterUnreachableError
   */
  readRouting(workload: Workload): Promise<RoutingFacts>;
  /** The full actions that send everything to `stable` alone (one group: no cookie can choose the other). */
  planWayBack(workload: Workload, stable: Slot): Promise<WayBack>;
  /** Sets the actions of the way back. Safe to repeat. */
  goBack(wayBack: WayBack): Promise<void>;
  /** Points the preview rule at a slot. @throws RouterRuleError where the rule does not ask for this header. */
  setPreview(workload: Workload, slot: Slot, header: { name: string; value: string }): Promise<void>;
}
