import type { Measure } from '../plan/plan.ts';
import type { Counts } from './reading.ts';

/** 0.025 is "2.5 %", 0.00012345 is "0.0123 %": three digits that say something, none that do not. */
export const percentText = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;

/** 0.3 is "300 ms", 1.25 is "1.25 s". */
export const secondsText = (seconds: number): string =>
  seconds < 1 ? `${Number((seconds * 1000).toPrecision(3))} ms` : `${Number(seconds.toPrecision(3))} s`;

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** "12 of 480 canary requests failed (2.5 %)", or "30 of 480 canary requests took longer than 300 ms (6.3 %) and 2 …". */
export function countsText(measure: Measure, counts: Counts, version: 'canary' | 'stable'): string {
  const shares = counts.bad.map((bad, threshold) => {
    const share = counts.requests === 0 ? '' : ` (${percentText(bad / counts.requests)})`;
    return `${badText(measure, threshold)}${share}`.replace('{bad}', String(bad));
  });
  const [first = 'no request was counted', ...more] = shares;
  const whose = first.replace('{of}', `of ${counts.requests} ${version} requests`);
  const note = counts.note === undefined ? '' : `; ${counts.note}`;
  return [whose, ...more.map(text => text.replace(' {of}', ''))].join(' and ') + note;
}

function badText(measure: Measure, threshold: number): string {
  switch (measure.kind) {
    case 'failedRequests':
      return '{bad} {of} failed';
    case 'target5xxAndConnectionErrors':
      return '{bad} {of} got a 5xx or no connection';
    case 'slowerThan':
    case 'histogram':
      return `{bad} {of} took longer than ${secondsText(measure.thresholdsSeconds[threshold] ?? 0)}`;
    default:
      return '{bad} {of} were bad';
  }
}

/** "the canary's p99 was 412 ms" */
export const valueText = (measure: Measure, value: number, version: 'canary' | 'stable'): string =>
  `${version === 'canary' ? "the canary's" : "the stable version's"} ${
    measure.kind === 'percentile'
      ? `p${measure.percentile} was ${secondsText(value)}`
      : `value was ${Number(value.toPrecision(4))}`
  }`;
