const HOUR = 3600;
const MINUTE = 60;

/** An execution of the state machine lasts at most a year; nothing in a plan can be longer. */
const LONGEST_SECONDS = 365 * 24 * HOUR;

export const DURATION_PATTERN = /^(?=\d)(?:\d{1,6}h)?(?:\d{1,6}m)?(?:\d{1,8}s)?$/;
export const LATENCY_PATTERN = /^(?:\d{1,6}ms|\d{1,3}(?:\.\d{1,3})?s)$/;
export const PERCENT_PATTERN = /^\d{1,3}(?:\.\d{1,6})?%$/;

/** `5m`, `90s`, `2h`, `1h30m` in seconds; undefined when it is not one, or longer than a year. */
export function parseDurationSeconds(text: string): number | undefined {
  if (!DURATION_PATTERN.test(text)) return undefined;
  const part = (unit: string) => Number(new RegExp(`(\\d+)${unit}`).exec(text)?.[1] ?? 0);
  const seconds = part('h') * HOUR + part('m') * MINUTE + part('s');
  return seconds <= LONGEST_SECONDS ? seconds : undefined;
}

/** `300ms`, `1s`, `1.5s` in seconds; undefined when it is not one. */
export function parseLatencySeconds(text: string): number | undefined {
  if (!LATENCY_PATTERN.test(text)) return undefined;
  return text.endsWith('ms') ? Number(text.slice(0, -2)) / 1000 : Number(text.slice(0, -1));
}

/** `5%` or the number 0.05 as a share between 0 and 1; undefined when it is neither. */
export function parseShare(value: string | number): number | undefined {
  if (typeof value === 'string' && !PERCENT_PATTERN.test(value)) return undefined;
  // 0.7 % is 0.007, not 0.006999999999999999
  const share = typeof value === 'string' ? Number((Number(value.slice(0, -1)) / 100).toFixed(10)) : value;
  return share >= 0 && share <= 1 ? share : undefined;
}

/** Seconds as a plan writes them: `5m`, `1h 30m`, `0s`. */
export function durationText(seconds: number): string {
  const whole = Math.floor(seconds);
  const parts = [
    [Math.floor(whole / HOUR), 'h'],
    [Math.floor((whole % HOUR) / MINUTE), 'm'],
    [whole % MINUTE, 's'],
  ] as const;
  const shown = parts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount}${unit}`);
  return shown.length === 0 ? '0s' : shown.join(' ');
}
