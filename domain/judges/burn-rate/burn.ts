import { durationText } from '../../file/units.ts';
import { roundedText } from '../../number-text.ts';
import type { Measure } from '../../sources/measure.ts';
import type { Counts } from '../../windows/reading.ts';
import type { Window } from '../../windows/windows.ts';
import { countsText, exactPercentText, plural } from '../words.ts';
import { type BurnRateJudgeSpec, type BurnWindow, badShareAllowed, burnRateAllowed } from './spec.ts';

/** The canary's counts of one window of the plan: only those with a request are kept. */
export interface CountedWindow extends Counts {
  startEpochMs: number;
}

/** What a pair of windows shows at the end of one of the plan's. */
export interface Burn {
  /** Both burn too fast. */
  isOver: boolean;
  /** What both burn at least, as a part of what is allowed: at 1 they burn as fast as may be. */
  near: number;
  /** Canary requests in the long one. */
  requests: number;
  /** What it shows, for people, without a verdict. */
  because: string;
}

interface Burnt {
  measure: Measure;
  judge: BurnRateJudgeSpec;
  /** Oldest first; none that the long window does not reach back to. */
  counted: readonly CountedWindow[];
  /** Where the first window began that was judged: what there is begins here. */
  firstEpochMs: number;
}

/** What every pair shows at the end of this window, that which comes nearest to a roll back first. */
export const burnsAt = (burnt: Burnt, { endEpochMs }: Window): Burn[] =>
  burnt.judge.windows.map(window => burnOf(burnt, window, endEpochMs)).sort((a, b) => b.near - a.near);

function burnOf({ measure, judge, counted, firstEpochMs }: Burnt, window: BurnWindow, endEpochMs: number): Burn {
  const since = (seconds: number) => sumSince(counted, endEpochMs - seconds * 1000);
  const [long, short] = [since(window.longSeconds), since(window.shortSeconds)];
  const allowed = badShareAllowed(window, judge);
  // of several limits of a response time the one that burns fastest in both
  const shares = (sum: Counts) => sum.bad.map(bad => (sum.requests === 0 ? 0 : bad / sum.requests));
  const [ofLong, ofShort] = [shares(long), shares(short)];
  const both = ofLong.map((share, threshold) => Math.min(share, ofShort[threshold] ?? 0));
  const worst = Math.max(0, ...both);
  const isEnough = long.requests >= judge.minRequests;
  const ageSeconds = (endEpochMs - firstEpochMs) / 1000;
  const text = (sum: Counts, seconds: number): string =>
    `${countsText(measure, sum, 'canary')} in ${ageSeconds < seconds ? `its first ${durationText(ageSeconds)} (younger than ${durationText(seconds)})` : durationText(seconds)}`;
  const rate = roundedText(burnRateAllowed(window, judge.overSeconds), 4);
  const limit = `the budget of ${exactPercentText(judge.objective)} over ${judge.overSeconds / 86_400}d allows ${exactPercentText(allowed)} (burn rate ${rate})`;
  return {
    isOver: isEnough && worst > allowed,
    near: isEnough ? worst / allowed : 0,
    requests: long.requests,
    because: isEnough
      ? `${text(long, window.longSeconds)} and ${text(short, window.shortSeconds)}; ${limit}`
      : `the canary had ${plural(long.requests, 'request')} in ${durationText(Math.min(ageSeconds, window.longSeconds))}, fewer than the ${judge.minRequests} wanted`,
  };
}

function sumSince(counted: readonly CountedWindow[], fromEpochMs: number): Counts {
  const sum: { requests: number; bad: number[]; note?: string } = { requests: 0, bad: [] };
  for (const { startEpochMs, requests, bad, note } of counted) {
    if (startEpochMs < fromEpochMs) continue;
    sum.requests += requests;
    for (const [threshold, count] of bad.entries()) sum.bad[threshold] = (sum.bad[threshold] ?? 0) + count;
    if (note !== undefined) sum.note = note;
  }
  return sum;
}
