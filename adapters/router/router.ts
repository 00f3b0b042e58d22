import type { Dial, Slot } from '../../domain/dial.ts';
import type { Workload } from '../../domain/workload.ts';

/**
 * All that a roll back needs to turn the dial, as plain JSON: it travels in the input of the roll back's execution, so
 * that going back works when the ledger does not answer. Only the adapter of its kind knows what is in it, and reads
 * what its older versions have written; everybody else hands it on.
 */
export interface WayBack {
  kind: string;
  [field: string]: unknown;
}

/** A part of the dial that answers by itself. */
export interface Page {
  /** `rule arn:…` */
  what: string;
  /** In the vendor's words, e.g. `fixed-response`. */
  answers: string;
}

/** Whose what a dial stands on has to be. */
export interface DialOwner {
  controlPlane: string;
  /** ARN of the stack; absent: of any of this control plane's. */
  stack?: string;
}

/**
 * The dial of workloads. What a kind of router can do is known without it (domain/routers).
 * @typeParam W the workloads whose dial it turns: those of one kind, or all
 */
export interface TrafficRouter<W extends Workload = Workload> {
  /**
   * Per cent of requests that each slot gets now, asked of the outside system, never remembered. Several rules are read
   * as the worst: for each slot the most that any rule sends there. Where rules disagree that is more than 100 in sum, so
   * a slot reads as 0 only when no rule sends it anything.
   * @throws RouterRuleError a rule is not there or is not one that a dial can be read from (e.g. three groups)
   * @throws RouterUnreachableError
   */
  readDial(workload: W): Promise<Dial>;
  /**
   * Sets, never adds; safe to repeat. Keeps both groups and the stickiness. Resolves when it has been accepted.
   * @param position the line of the ledger up to which the caller had read it: what is written to the cluster carries it;
   * absent: there is no ledger, and it keeps the one that it has
   * @throws NewerWriteError a newer claim wrote it
   */
  setDial(workload: W, dial: Dial, position?: number): Promise<void>;
  /**
   * Puts the group that a rule of the dial does not name into it, at weight 0: from then on its targets are health-checked.
   * Nobody's requests move, and a rule that names both is left alone.
   * @throws RouterRuleError a rule is not there, or forwards to something else @throws RouterUnreachableError
   */
  joinGroups(workload: W): Promise<void>;
  /** The rules of the dial that answer by themselves (a fixed response, a redirect) in place of the forward: somebody's maintenance page. */
  readPages(workload: W): Promise<Page[]>;
  /**
   * Why a dial cannot work there, or is not this owner's; undefined: nothing speaks against it. What cannot be read is an
   * error, never "nobody's".
   * @throws RouterRuleError something that the workload names is not there @throws RouterUnreachableError
   */
  readProblem(workload: W, owner: DialOwner): Promise<string | undefined>;
  /** Why it was not made by this owner's stack, as far as it says; undefined: it does not say so. @throws as readProblem */
  readOthers(workload: W, owner: Required<DialOwner>): Promise<string | undefined>;
  /** What sends everything to `stable` alone, later and without asking anybody. */
  planWayBack(workload: W, stable: Slot): Promise<WayBack>;
  /**
   * Does what was planned. Safe to repeat.
   * @param options.pages what answers by itself is left as it is
   * @param options.position as of setDial; absent likewise
   * @throws RouterRuleError it is no way back that this router has planned
   */
  goBack(workload: W, wayBack: WayBack, options?: { pages?: readonly Page[]; position?: number }): Promise<void>;
  /** Points the preview rule at a slot. @throws RouterRuleError where the rule does not ask for this header. */
  setPreview(workload: W, slot: Slot, header: { name: string; value: string }): Promise<void>;
}
