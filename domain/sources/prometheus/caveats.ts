import { seesUnanswered } from '../measure.ts';
import { namesText } from '../source-fields.ts';
import type { MeasuredBy } from '../source-plan-kind.ts';
import type { PrometheusMeasure } from './facts.ts';

/** What metrics of Prometheus do not see. @param all of the plan, those of other sources too */
export function prometheusCaveats(own: readonly MeasuredBy<PrometheusMeasure>[], all: readonly MeasuredBy[]): string[] {
  if (own.length === 0) return [];
  const names = namesText(own);
  const notes = [
    `${names}: a verdict follows a window within about two scrapes. What a process counts after its last scrape is lost when it ends.`,
  ];
  const sums = own.filter(({ source }) => selectorsOf(source.measure).some(isRecorded));
  if (sums.length > 0) {
    notes.push(
      `${namesText(sums)}: a name with a colon is a recording rule's, often a sum of processes. Such a sum falls when a process leaves, which no counter does: the window in which it falls is no data. Read the counters themselves.`,
    );
  }
  if (!all.some(({ source }) => seesUnanswered(source.measure))) {
    notes.push(
      `${names}: a program does not count the requests that it never answered (refused, hung, crashed). Only a metric with bad: failedRequests does, which the load balancer counts.`,
    );
  }
  const buckets = own.filter(({ source }) => source.measure.kind === 'histogram');
  if (buckets.length > 0) {
    notes.push(
      `${namesText(buckets)}: requests are counted above the nearest bucket bound of the histogram; a verdict names the bound where it is not the one in the plan.`,
    );
  }
  return notes;
}

const selectorsOf = (measure: PrometheusMeasure): string[] => {
  if (measure.kind === 'counters') return [measure.requests, measure.bad];
  return measure.kind === 'histogram' ? [measure.buckets] : [];
};

/** The colon is kept for recording rules: https://prometheus.io/docs/practices/rules/ */
const isRecorded = (selector: string): boolean => /^\s*[A-Za-z0-9_]*:/.test(selector);
