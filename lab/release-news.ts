import { durationText } from '../domain/file/units.ts';
import type { Verdict } from '../domain/judges/verdict.ts';
import type { Fact } from '../domain/ledger/facts.ts';
import { newsOf } from '../domain/ledger/news.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { releaseSteps } from '../domain/plan/release-steps.ts';
import { factsOf } from '../domain/steps/plan-registry.ts';

/** Tells the facts of one release, in their order, as one sentence each; undefined: nothing that a person waits for. */
export type ReleaseNews = (fact: Fact) => string | undefined;

/**
 * The news of a release for those who watch it minute by minute: without what is only natural (no window is over yet, a
 * process has just been started), which would read as if something were wrong.
 */
export function openReleaseNews(plan: Plan): ReleaseNews {
  let walks = releaseSteps(plan, 'normal');
  let hasTraffic = false;
  let isStarting = false;
  let isGoingBack = false;
  return fact => {
    switch (fact.kind) {
      case 'admitted':
        walks = fact.admission.walks ?? walks;
        return newsOf(fact, walks);
      case 'shiftConfirmed':
        hasTraffic ||= fact.weight > 0;
        isStarting = false;
        return newsOf(fact, walks);
      case 'slotSeen': {
        // what keeps it is said where the release goes back for it
        const isFirst = fact.problem !== undefined && !isStarting;
        isStarting = true;
        return isFirst ? `waits until ${fact.slot} is ready` : undefined;
      }
      case 'judged':
        return hasTraffic && isToldNow(fact.verdict) ? newsOf(fact, walks) : undefined;
      case 'held':
        return `waits ${durationText(plan.hold.atMostSeconds)} at most: ${fact.because}`;
      case 'resumed':
        return 'waits no longer';
      case 'stepDone': {
        const step = walks.steps[fact.index];
        // what a hook or a person said was told when it was said
        return step !== undefined && factsOf(step).isGate === true ? undefined : newsOf(fact, walks);
      }
      case 'closed':
        // why it goes back was told when it began to
        return isGoingBack && fact.reason !== undefined ? `${fact.outcome} (${fact.reason})` : newsOf(fact, walks);
      case 'rollBackClaimed':
        isGoingBack = true;
        return newsOf(fact, walks);
      case 'baselineSeen':
        // of the few seconds before the release: a lab's stable version has no past
        return undefined;
      default:
        return newsOf(fact, walks);
    }
  };
}

/** A good verdict is told when the step is over, a bad one with the roll back, too little data where a step waits for more. */
const isToldNow = (verdict: Verdict): boolean => verdict.kind === 'inconclusive' && verdict.fault;

/** A sentence about several metrics, as one for each: each that begins with a metric's name has a line of its own. */
export function linesOf(sentence: string, { metrics }: Plan): string[] {
  const lines: string[] = [];
  for (const part of sentence.split(/(?<=:) |(?<=;) /)) {
    const isNew = lines.length === 0 || metrics.some(({ name }) => part === `${name}:`);
    if (isNew) lines.push(part);
    else lines.push(`${lines.pop()} ${part}`);
  }
  return lines.map((line, i) => (i === lines.length - 1 ? line : line.replace(/[;:]$/, '')));
}
