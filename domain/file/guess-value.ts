import { decimalText } from '../number-text.ts';
import { parseDurationSeconds, parseLatencySeconds } from './units.ts';

/*
 * What a value that cannot be read was probably meant to be, as a file writes it; undefined where nothing sensible comes
 * out. `key` is the value's own key: of a number without a unit it says which unit people think in.
 */

type Guess = string | undefined;

const UNIT_SECONDS: Record<string, number> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** `10` is 10m of a bake and 10s of a window; `5 min` is 5m, `1.5h` is 1h30m, `1d` is 24h, `PT5M` is 5m. */
export function guessDuration(value: unknown, key: string | number | undefined): Guess {
  const bare = numberIn(value);
  if (bare !== undefined) return bare > 0 ? withUnit(bare, bareUnit(bare, key)) : undefined;
  if (typeof value !== 'string') return undefined;
  const text = withShortUnits(value);
  if (parseDurationSeconds(text) !== undefined) return text === value ? undefined : text;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)];
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) return undefined;
  return wholeSeconds(
    parts.reduce((sum, [, amount, unit = '']) => sum + Number(amount) * (UNIT_SECONDS[unit] ?? 0), 0),
  );
}

/** Times that people think of in seconds. */
const SECONDS_KEYS = ['window', 'initialDelay', 'for', 'timeout', 'idleTimeout'];
/** Times of hours, where a small number is one of hours. */
const HOURS_KEYS = ['deadline', 'within'];
const MOST_HOURS = 12;
/** From here on a number without a unit was counted in seconds: 300, 600, 3600. */
const LEAST_SECONDS = 100;
/** An interval is a window or some: 60 is one of seconds already. */
const LEAST_SECONDS_OF_INTERVAL = 30;

function bareUnit(amount: number, key: string | number | undefined): string {
  if (SECONDS_KEYS.some(one => one === key)) return 's';
  if (HOURS_KEYS.some(one => one === key) && amount <= MOST_HOURS) return 'h';
  return amount < (key === 'interval' ? LEAST_SECONDS_OF_INTERVAL : LEAST_SECONDS) ? 'm' : 's';
}

const withUnit = (amount: number, unit: string): Guess =>
  Number.isInteger(amount) ? `${amount}${unit}` : wholeSeconds(amount * (UNIT_SECONDS[unit] ?? 1));

/** `1.5h` is 1h30m. */
function wholeSeconds(seconds: number): Guess {
  const whole = Math.round(seconds);
  if (whole <= 0 || Math.abs(whole - seconds) > 1e-6) return undefined;
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  return [hours > 0 ? `${hours}h` : '', minutes > 0 ? `${minutes}m` : '', rest > 0 ? `${rest}s` : ''].join('');
}

/** `300` and `0.3` are 300ms, `2` is 2s, `300 millis` is 300ms, `5m` is 300s. */
export function guessLatency(value: unknown): Guess {
  const bare = numberIn(value);
  // nobody means 300 seconds, and nobody 2 milliseconds
  if (bare !== undefined) return latencyText(bare >= 10 ? bare / 1000 : bare);
  if (typeof value !== 'string') return undefined;
  const match = /^(\d+(?:\.\d+)?)(ms|[smh])$/.exec(withShortUnits(value));
  return match === null ? undefined : latencyText(Number(match[1]) * (UNIT_SECONDS[match[2] ?? ''] ?? 0));
}

function latencyText(seconds: number): Guess {
  const ms = Math.round(seconds * 1000);
  if (Math.abs(ms - seconds * 1000) > 1e-6 || ms <= 0) return undefined;
  const text = ms < 1000 || ms % 10 !== 0 ? `${ms}ms` : `${ms / 1000}s`;
  return parseLatencySeconds(text) === undefined ? undefined : text;
}

/** Words for units, spaces and capitals made ours; what is not understood stays in the text and fits nothing. */
const withShortUnits = (text: string): string =>
  text
    .toLowerCase()
    .replaceAll(/[\s_+~]|,(?!\d)|\band\b/g, '')
    .replace(/^pt(?=\d)/, '')
    .replace(',', '.')
    .replaceAll(/milliseconds?|millis?|msecs?/g, 'ms')
    .replaceAll(/weeks?|wks?/g, 'w')
    .replaceAll(/days?/g, 'd')
    .replaceAll(/hours?|hrs?/g, 'h')
    .replaceAll(/minutes?|mins?/g, 'm')
    .replaceAll(/seconds?|secs?/g, 's');

/** `5` and `5 percent` are 5%, where a share of 1 or less was expected; `'0.05'` is 0.05. */
export function guessShare(value: unknown): Guess {
  const percent = percentIn(value);
  if (percent !== undefined) return percent > 0 && percent < 100 ? `${percent}%` : undefined;
  const number = numberIn(value);
  if (number === undefined || !(number > 0 && number < 100)) return undefined;
  return typeof value === 'string' && number < 1 ? String(number) : `${number}%`;
}

/** `5%` and `'5'` are 5, where per cent is the unit; 0.05 is 5. */
export function guessPercent(value: unknown): Guess {
  const percent = percentIn(value) ?? (typeof value === 'string' ? numberIn(value) : undefined);
  if (percent !== undefined) return decimal(percent);
  return typeof value === 'number' && value > 0 && value < 1 ? decimal(value * 100) : undefined;
}

/**
 * How many times: `130%` and `+30%` are 1.3, `1.3x` is 1.3, and 130 is 1.3 where so many times cannot be meant. `30%` may be
 * 0.3 or 1.3: no guess.
 */
export function guessRatio(value: unknown): Guess {
  const percent = percentIn(value);
  if (percent !== undefined) {
    const more = typeof value === 'string' && /^\s*\+/.test(value);
    return more || percent >= 100 ? decimal((more ? 100 + percent : percent) / 100) : undefined;
  }
  const number = timesIn(value);
  if (number === undefined) return undefined;
  return decimal(number > 100 && number <= 1000 ? number / 100 : number);
}

/** A part of a whole, or of what there was: `25%` and 25 are 0.25. */
export function guessFraction(value: unknown): Guess {
  const percent = percentIn(value);
  if (percent !== undefined) return decimal(percent / 100);
  const number = timesIn(value);
  if (number === undefined) return undefined;
  return decimal(number >= 10 && number <= 100 && typeof value === 'number' ? number / 100 : number);
}

/** `p99`, `99%`, `99th` and 0.99 are 99. */
export function guessPercentile(value: unknown): Guess {
  if (typeof value === 'number') return value > 0 && value < 1 ? decimal(value * 100) : undefined;
  const match = typeof value === 'string' ? /^\s*p?\s*(\d+(?:\.\d+)?)\s*(?:%|th)?\s*$/i.exec(value) : null;
  if (match === null) return undefined;
  const number = Number(match[1]);
  return decimal(number < 1 ? number * 100 : number);
}

/** A number in Flagger's units: `99%` is 99, `500ms` is 500 and `0.5s` too. */
export function guessRangeEnd(value: unknown): Guess {
  const number = percentIn(value) ?? timesIn(value);
  if (number !== undefined) return decimal(number);
  const match = typeof value === 'string' ? /^(\d+(?:\.\d+)?)(ms|s)$/.exec(withShortUnits(value)) : null;
  return match === null ? undefined : decimal(Number(match[1]) * (match[2] === 's' ? 1000 : 1));
}

/** `'5'`, `5x`, `5 times` and `p5` are 5. */
export function guessNumber(value: unknown): Guess {
  const number = typeof value === 'string' ? timesIn(value.replace(/^\s*p(?=\d)/i, '')) : undefined;
  return number === undefined ? undefined : decimal(number);
}

/** Without what computing in binary leaves behind: 1.1 and not 1.1000000000000001. */
const decimal = (value: number): string => decimalText(value, 10);

/** A number, or a text that is one; `1,5` has a decimal comma, and `1,000` may be either: neither. */
function numberIn(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (typeof value !== 'string') return undefined;
  const text = value.trim().replaceAll(/(?<=\d)_(?=\d{3})/g, '');
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)$/.test(text)) return Number(text);
  return /^[+-]?\d+,(?!\d{3}$)\d+$/.test(text) ? Number(text.replace(',', '.')) : undefined;
}

/** A number with a word behind it that says how many of what. */
const COUNTED = /\s*(?:x|×|times?|σ|sigmas?|sd|requests?|windows?|people|retries)\s*$/i;

function timesIn(value: unknown): number | undefined {
  if (typeof value !== 'string') return numberIn(value);
  return numberIn(value.replace(COUNTED, '').replace(/^\s*[x×]\s*(?=\d)/i, ''));
}

/** The number before a sign or word for per cent. */
function percentIn(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  const match = /^(.*?)\s*(?:%+|pct|per ?cent)\s*$/i.exec(value);
  return match === null ? undefined : numberIn(match[1]);
}
