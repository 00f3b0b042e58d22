import { plural } from '../judges/words.ts';
import { percentText } from '../number-text.ts';
import { classify } from '../statistics/kayenta/classify.ts';
import { countsOf, type RecordedCounts, type RecordedMetric, type RecordedRelease } from './recorded-release.ts';
import { decisionAt, type EvidenceLine, nearnessOf, type ReplayJudge, replayOf } from './replay.ts';
import {
  ARGO_STYLE,
  argoStyle,
  FLAGGER_STYLE,
  flaggerStyle,
  KAYENTA_STYLE,
  kayentaStyle,
  RELATIVE_STYLE,
  relativeStyle,
  type Style,
} from './styles.ts';

/** A judge as others set theirs, and how it is drawn. None keeps a promise on false roll backs. */
interface StyleOfJudge {
  decide: Style;
  /** What it looks at and when it rolls back, for people. */
  rule: string;
  /** Whether a window without stable requests says nothing. */
  needsStable: boolean;
  /** What it looks at after each window, in per cent, for people. */
  drawn: string;
  draw(windows: readonly RecordedCounts[]): EvidenceLine['points'];
  /** How many windows over the limit it takes; undefined: one, at the end. */
  windowsToAct: number | undefined;
}

const percentOf = (bad: number, requests: number): number => (requests === 0 ? 0 : (100 * bad) / requests);

const EACH_WINDOW = 'bad share of each window';

const againstLimit = (badShare: number) => (windows: readonly RecordedCounts[]) =>
  windows.map(({ endEpochMs, canaryBad, canaryRequests }) => ({
    endEpochMs,
    value: percentOf(canaryBad, canaryRequests),
    limit: 100 * badShare,
  }));

const inWords = (limit: number, what: string, badShare: number): string =>
  `${plural(limit, what)} with a bad share above ${percentText(badShare)} roll back`;

export const STYLES = {
  argo: {
    decide: argoStyle,
    rule: inWords(ARGO_STYLE.failureLimit + 1, 'window', ARGO_STYLE.badShare),
    needsStable: false,
    drawn: EACH_WINDOW,
    draw: againstLimit(ARGO_STYLE.badShare),
    windowsToAct: ARGO_STYLE.failureLimit + 1,
  },
  flagger: {
    decide: flaggerStyle,
    rule: `${inWords(FLAGGER_STYLE.threshold, 'check', FLAGGER_STYLE.badShare)} when the next check is due, a minute later`,
    needsStable: false,
    drawn: EACH_WINDOW,
    draw: againstLimit(FLAGGER_STYLE.badShare),
    windowsToAct: FLAGGER_STYLE.threshold,
  },
  kayenta: {
    decide: kayentaStyle,
    rule: 'at the end, a Mann-Whitney test of all windows that finds higher bad shares rolls back',
    needsStable: true,
    drawn: 'lower end of the shift of the bad share so far',
    draw: shiftsSoFar,
    windowsToAct: undefined,
  },
  relative: {
    decide: relativeStyle,
    rule: `${plural(RELATIVE_STYLE.failureLimit + 1, 'window')} with more than ${RELATIVE_STYLE.ratio} times stable's bad share roll back`,
    needsStable: true,
    drawn: EACH_WINDOW,
    draw: windows =>
      windows.map(({ endEpochMs, canaryBad, canaryRequests, stableBad, stableRequests }) => ({
        endEpochMs,
        value: percentOf(canaryBad, canaryRequests),
        limit: RELATIVE_STYLE.ratio * percentOf(stableBad, stableRequests),
      })),
    windowsToAct: RELATIVE_STYLE.failureLimit + 1,
  },
} as const satisfies Record<string, StyleOfJudge>;

export type StyleName = keyof typeof STYLES;

/** Each metric by itself: the first that would be rolled back decides. */
export function styleReplay(name: StyleName): ReplayJudge {
  const style: StyleOfJudge = STYLES[name];
  return {
    name,
    replay(release, wanted) {
      const judged = release.metrics.map(metric => judge(style, release, metric));
      const evidence = wanted.evidence
        ? judged.map(({ metric, counts }) => lineOf(style, release, metric, counts))
        : [];
      const nearness = wanted.evidence ? { nearness: nearnessOf(...sharesOf(style, evidence)) } : {};
      const [first] = judged.flatMap(({ decision }) => decision ?? []).sort((a, b) => a.endEpochMs - b.endEpochMs);
      const { rule } = style;
      if (first !== undefined) {
        const found = {
          verdict: 'degraded' as const,
          because: `${first.metric}: ${rule}`,
          decision: first,
          ...nearness,
        };
        return replayOf(release, name, found, evidence);
      }
      const silent = judged.filter(({ seen }) => !seen).map(({ metric }) => metric.name);
      if (silent.length > 0) {
        const because = `${silent.join(', ')}: no window with the requests that it takes`;
        return replayOf(release, name, { verdict: 'inconclusive', because, ...nearness }, evidence);
      }
      const because = `healthy so far; its rule: ${rule}`;
      return replayOf(release, name, { verdict: 'watching', because, ...nearness }, evidence);
    },
  };
}

function judge({ decide, needsStable }: StyleOfJudge, release: RecordedRelease, metric: RecordedMetric) {
  const counts = metric.windows.flatMap(record => countsOf(release, record) ?? []);
  const { rollBackAtWindow } = decide(counts, release);
  const at = counts[(rollBackAtWindow ?? 0) - 1];
  const seen = counts.some(one => one.canaryRequests > 0 && (!needsStable || one.stableRequests > 0));
  return { metric, counts, seen, decision: at && decisionAt(metric, at) };
}

function lineOf(
  { drawn, draw }: StyleOfJudge,
  { metrics }: RecordedRelease,
  { name }: RecordedMetric,
  counts: readonly RecordedCounts[],
): EvidenceLine {
  const whose = metrics.length === 1 ? '' : ` of ${name}`;
  return { title: `${drawn}${whose}, per cent`, points: draw(counts) };
}

/** Windows over the limit so far, or how far the shift is over it; of several metrics each by itself. */
function sharesOf({ windowsToAct }: StyleOfJudge, lines: readonly EvidenceLine[]): Parameters<typeof nearnessOf> {
  if (windowsToAct === undefined) {
    const shares = lines.flatMap(({ points }) =>
      points.map(({ endEpochMs, value, limit }) => ({ endEpochMs, share: limit > 0 ? Math.max(0, value / limit) : 0 })),
    );
    return ['shift of the bad share (asked for at the end only)', shares];
  }
  const shares = lines.flatMap(({ points }) => {
    let over = 0;
    return points.map(({ endEpochMs, value, limit }) => {
      if (value > limit) over += 1;
      return { endEpochMs, share: over / windowsToAct };
    });
  });
  return ['windows over the limit', shares];
}

/** What the test would have said of the windows so far, though it is asked only once; its limit is what is tolerated. */
function shiftsSoFar(windows: readonly RecordedCounts[]): EvidenceLine['points'] {
  const canary: number[] = [];
  const stable: number[] = [];
  return windows.map(({ endEpochMs, canaryBad, canaryRequests, stableBad, stableRequests }) => {
    if (canaryRequests > 0 && stableRequests > 0) {
      canary.push(canaryBad / canaryRequests);
      stable.push(stableBad / stableRequests);
    }
    const { shift } = classify(canary, stable, KAYENTA_STYLE);
    const { low, estimate } = shift ?? { low: 0, estimate: 0 };
    return { endEpochMs, value: 100 * low, limit: 100 * KAYENTA_STYLE.tolerance * Math.abs(estimate) };
  });
}
