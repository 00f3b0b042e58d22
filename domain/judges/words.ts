import { decimalText, percentText, roundedText } from '../number-text.ts';
import type { Measure } from '../sources/measure.ts';
import { badText, gives, timeName } from '../sources/measure.ts';
import type { Counts } from '../windows/reading.ts';

/** 0.3 is "300 ms", 1.25 is "1.25 s". */
export const secondsText = (seconds: number): string =>
  seconds < 1 ? `${roundedText(seconds * 1000, 3)} ms` : `${roundedText(seconds, 3)} s`;

export const plural = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** 0.0144 is "1.44 %", with all digits that a plan has. */
export const exactPercentText = (share: number): string => `${decimalText(share * 100, 6)} %`;

export const allowedText = (badWindows: number): string => `${plural(badWindows, 'bad window')} allowed`;

/** What a limit of bad windows does not promise; nothing where any number of them is allowed. */
export const failureLimitCaveats = ({ failureLimit }: { failureLimit: number }): (string | false)[] => [
  failureLimit === 0 &&
    'failureLimit 0 rolls back on the first bad window. How often that happens to a healthy release is not known: no false-alarm rate is guaranteed.',
  failureLimit > 0 &&
    'a fixed limit guarantees no false-alarm rate, and finds a fault only after failureLimit + 1 bad windows.',
];

/** A metric that is not degraded, the good news first. @param bad '' or how many were bad @param last what the last one showed */
export const healthySoFar = (good: number, all: number, what: 'window' | 'check', bad: string, last: string): string =>
  `${bad === '' ? 'healthy so far' : 'within the limit so far'}: ${good} of ${plural(all, what)} good${bad}; the last: ${last}`;

/** After a window that breaks the limit: "0 bad windows allowed", "bad window 3, 2 bad windows allowed". */
export const badWindowsText = (allowed: number): string =>
  `${allowed === 0 ? '' : `bad window ${allowed + 1}, `}${plural(allowed, 'bad window')} allowed`;

/** "12 of 480 canary requests failed (2.5 %)", or "30 of 480 canary requests took longer than 300 ms (6.3 %) and 2 …". */
export function countsText(measure: Measure, counts: Counts, version: 'canary' | 'stable'): string {
  const shares = counts.bad.map((bad, threshold) => {
    const share = counts.requests === 0 ? '' : ` (${percentText(bad / counts.requests)})`;
    return `{bad} {of} ${failureText(measure, threshold)}${share}`.replace('{bad}', String(bad));
  });
  const [first = 'no request was counted', ...more] = shares;
  const whose = first.replace('{of}', `of ${counts.requests} ${version} requests`);
  const note = counts.note === undefined ? '' : `; ${counts.note}`;
  return [whose, ...more.map(text => text.replace(' {of}', ''))].join(' and ') + note;
}

const limitOf = (measure: Measure, threshold: number): number =>
  ('thresholdsSeconds' in measure ? measure.thresholdsSeconds[threshold] : undefined) ?? 0;

/** What the bad requests of a measure did: "failed", "took longer than 300 ms". @param threshold which of its limits, from 0 */
export const failureText = (measure: Measure, threshold: number): string =>
  badText(measure, secondsText(limitOf(measure, threshold)));

/** In the unit of what is measured: 0.05 is "5 %" of counts, "50 ms" of a percentile, and "0.05" of anything else. */
export function limitText(measure: Measure, limit: number): string {
  if (gives(measure) === 'counts') return percentText(limit);
  return timeName(measure) === undefined ? roundedText(limit, 4) : secondsText(limit);
}

/** "limit 5 %" or "at least 5 %" where the condition is a plain limit; any other is shown as it is written. */
export function conditionText(measure: Measure, of: 'good' | 'bad', condition: string): string {
  const several = 'thresholdsSeconds' in measure && measure.thresholdsSeconds.length > 1;
  const [, sign, number] = /^\s*result\[0\]\s*([<>])=?\s*(\d+(?:\.\d+)?)\s*$/.exec(condition) ?? [];
  if (number === undefined || several) return `${of} if ${condition}`;
  return `${(sign === '<') === (of === 'good') ? 'limit' : 'at least'} ${limitText(measure, Number(number))}`;
}

/** "the canary's p99 was 412 ms" */
export function valueText(measure: Measure, value: number, version: 'canary' | 'stable'): string {
  const time = timeName(measure);
  const said = time === undefined ? `value was ${roundedText(value, 4)}` : `${time} was ${secondsText(value)}`;
  return `${version === 'canary' ? "the canary's" : "the stable version's"} ${said}`;
}
