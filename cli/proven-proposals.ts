import { parsePlan } from '../adapters/plan-file/read-plan.ts';
import { rewritePlan } from '../adapters/plan-file/rewrite-plan.ts';
import { type EffectForecast, foreseen, type HealthyForecast } from '../domain/forecast/forecast.ts';
import { type Proposal, proposals } from '../domain/forecast/propose.ts';
import type { Traffic } from '../domain/forecast/traffic.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { Workload } from '../domain/workload.ts';

/** A whole plan to paste, and what the text of it was seen to do. */
export interface ProvenProposal {
  proposal: Proposal;
  text: string;
  healthy: HealthyForecast;
  effect: EffectForecast | undefined;
}

/** Of healthy releases; a proposal that promotes fewer is none. */
const PROMOTED_AT_LEAST = 0.98;
/** Of its canaries with the fault that it wants to see; less than the plan's own power, and it is no better. */
const SPARE = 0.05;

/**
 * Better plans as whole files. Each is read as a plan again, with its check, and simulated from what was read: what is shown
 * is what was tried.
 * @param text of the plan's file
 */
export function provenProposals(
  text: string,
  plan: Plan,
  traffic: Traffic,
  options: { releases: number; seed: number; withinSeconds: number; workload?: Workload | undefined },
): ProvenProposal[] {
  return proposals(plan, traffic, options).flatMap((proposal): ProvenProposal[] => {
    const written = rewritePlan(text, proposal);
    const read = parsePlan(written, 'the proposed plan', options.workload);
    if (read.kind === 'mistakes') return [];
    const { healthy, effect } = foreseen(read.plan, traffic, options);
    const finds = effect === undefined || effect.found >= proposal.detect.power - SPARE;
    return healthy.promoted >= PROMOTED_AT_LEAST && finds ? [{ proposal, text: written, healthy, effect }] : [];
  });
}
