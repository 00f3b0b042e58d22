import type * as z from 'zod';
import { secondsOf, shareOf } from '../../file/checked-units.ts';
import type { Draft } from '../../file/draft.ts';
import type { Issue, Path } from '../../file/issue.ts';
import { durationText } from '../../file/units.ts';
import { roundedText } from '../../number-text.ts';
import type { DraftedMetric, DraftedPlan } from '../drafted.ts';
import { exactPercentText } from '../words.ts';
import type { burnRateSchema } from './schema.ts';
import { type BurnWindow, badShareAllowed, burnRateAllowed } from './spec.ts';

type Drafted = DraftedMetric<Draft<z.input<typeof burnRateSchema>>>;

/** What is kept of a release is the long window: a day of minutes. */
const MOST_WINDOWS = 1440;

const DAY_SECONDS = 86_400;

/** `30d` in seconds. */
export const daysInSeconds = (text: string): number => Number(text.slice(0, -1)) * DAY_SECONDS;

/** The rules of its windows, each with the others and with the plan's. */
export function checkBurnRate({ judge, path }: Drafted, plan: DraftedPlan): Issue[] {
  const pairs = (judge.windows ?? []).map((pair, index) => ({ pair, at: [...path, 'windows', index] }));
  return pairs.flatMap(({ pair, at }, index): Issue[] => {
    if (pair?.long === undefined || pair.short === undefined) return [];
    const [longSeconds, shortSeconds] = [secondsOf(pair.long), secondsOf(pair.short)];
    const first = pairs.findIndex(
      ({ pair: other }) =>
        other?.long !== undefined &&
        other.short !== undefined &&
        secondsOf(other.long) === longSeconds &&
        secondsOf(other.short) === shortSeconds,
    );
    if (first < index) {
      const expected = `windows of its own: windows[${first}] has these, and the larger budget would never decide`;
      return [{ path: at, at: 'value', found: `${pair.long} with ${pair.short} a second time`, expected }];
    }
    const issues = [
      ...multiple(pair.long, [...at, 'long'], plan),
      ...multiple(pair.short, [...at, 'short'], plan),
      ...shorter(shortSeconds, longSeconds, pair, at),
    ];
    if (issues.length > 0) return issues;
    return checkRate({ judge, longSeconds, shortSeconds, pair, at });
  });
}

function multiple(text: string, path: Path, { windowSeconds }: DraftedPlan): Issue[] {
  if (windowSeconds === undefined) return [];
  const seconds = secondsOf(text);
  const window = `the window, ${durationText(windowSeconds)}`;
  if (seconds % windowSeconds !== 0) {
    const guess = `${Math.ceil(seconds / windowSeconds) * windowSeconds}s`;
    const expected = `a multiple of ${window}: requests are counted by window`;
    return [{ path, at: 'value', found: `'${text}'`, expected, guess }];
  }
  if (seconds <= MOST_WINDOWS * windowSeconds) return [];
  const expected = `at most ${durationText(MOST_WINDOWS * windowSeconds)}, ${MOST_WINDOWS} times ${window}: so many are kept`;
  return [{ path, at: 'value', found: `'${text}'`, expected }];
}

function shorter(
  shortSeconds: number,
  longSeconds: number,
  pair: { short?: string | undefined; long?: string | undefined },
  at: Path,
): Issue[] {
  if (shortSeconds < longSeconds) return [];
  const expected = `less than ${pair.long}, which is long: the short window tells whether it still burns`;
  return [{ path: [...at, 'short'], at: 'value', found: `'${pair.short}'`, expected }];
}

/** A rate that no canary reaches never rolls back, and one below 1 rolls back a canary that keeps the objective. */
function checkRate({
  judge: { objective, over },
  longSeconds,
  shortSeconds,
  pair,
  at,
}: {
  judge: Drafted['judge'];
  longSeconds: number;
  shortSeconds: number;
  pair: { long?: string | undefined; budget?: string | number | undefined };
  at: Path;
}): Issue[] {
  if (over === undefined) return [];
  const overSeconds = daysInSeconds(over);
  if (longSeconds > overSeconds) {
    const expected = `at most ${over}, which the SLO is kept over`;
    return [{ path: [...at, 'long'], at: 'value', found: `'${pair.long}'`, expected }];
  }
  if (pair.budget === undefined) return [];
  const window: BurnWindow = { longSeconds, shortSeconds, budget: shareOf(pair.budget) };
  const path = [...at, 'budget'];
  const rate = burnRateAllowed(window, overSeconds);
  const found = `${pair.budget} in ${pair.long} of ${over}, a burn rate of ${shown(rate)}`;
  const evenly = exactPercentText(longSeconds / overSeconds);
  if (rate < 1) {
    const expected = `${evenly} or more: at a burn rate below 1 a canary that keeps the objective would be rolled back`;
    return [{ path, at: 'value', found, expected }];
  }
  if (objective === undefined) return [];
  const share = badShareAllowed(window, { objective: shareOf(objective), overSeconds });
  if (share < 1) return [];
  const may = exactPercentText(1 - shareOf(objective));
  const sum = `${shown(rate)} times the ${may} that may fail is ${exactPercentText(share)} of requests`;
  const expected = `a smaller budget: ${sum}, so a canary of which every request fails would not be rolled back`;
  return [{ path, at: 'value', found, expected }];
}

const shown = (rate: number): string => roundedText(rate, 4);
