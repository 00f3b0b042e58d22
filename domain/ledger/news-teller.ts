import type { ReleaseSteps } from '../plan/release-steps.ts';
import type { Fact } from './facts.ts';
import { newsOf } from './news.ts';

/**
 * Tells the news of one release, oldest first, as `newsOf` does, but each reason once: a verdict, the roll back that
 * follows it and the end have the same one, and only the first of them says it.
 */
export function newsTeller(): (fact: Fact, walks: ReleaseSteps) => string | undefined {
  const told: string[] = [];
  return (fact, walks) => {
    const news = newsOf(fact, walks);
    if (news === undefined) return undefined;
    const again = told.filter(reason => news.endsWith(`: ${reason}`)).sort((a, b) => b.length - a.length)[0];
    const reason = reasonOf(fact);
    if (reason !== undefined && reason !== '') told.push(reason);
    return again === undefined ? news : news.slice(0, -`: ${again}`.length);
  };
}

const reasonOf = (fact: Fact): string | undefined =>
  fact.kind === 'judged' ? fact.verdict.because : 'because' in fact ? fact.because : undefined;
