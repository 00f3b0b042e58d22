import { plural } from '../judges/words.ts';
import { percentText } from '../number-text.ts';
import { classify } from '../statistics/kayenta/classify.ts';
import { countsOf, type RecordedCounts, type RecordedMetric, type RecordedRelease } from './recorded-release.ts';
import {
  ARGO_DEFAULTS,
  argoReference,
  FLAGGER_DEFAULTS,
  flaggerReference,
  KAYENTA_DEFAULTS,
  kayentaReference,
  RELATIVE_DEFAULTS,
  type ReferenceJudge,
  relativeReference,
} from './reference-judges.ts';
import { decisionAt, type EvidenceLine, nearnessOf, type ReplayJudge, replayOf } from './replay.ts';

/** A judge as others set theirs, and how it is drawn. None keeps a promise on false roll backs. */
interface ReferenceOfJudge {
  decide: ReferenceJudge;
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

export const REFERENCE_JUDGES = {
  argo: {
    decide: argoReference,
    rule: inWords(ARGO_DEFAULTS.failureLimit + 1, 'window', ARGO_DEFAULTS.badShare),
    needsStable: false,
    drawn: EACH_WINDOW,
    draw: againstLimit(ARGO_DEFAULTS.badShare),
    windowsToAct: ARGO_DEFAULTS.failureLimit + 1,
  },
  flagger: {
    decide: flaggerReference,
    rule: `${inWords(FLAGGER_DEFAULTS.threshold, 'check', FLAGGER_DEFAULTS.badShare)} when the next check is due, a minute later`,
    needsStable: false,
    drawn: EACH_WINDOW,
    draw: againstLimit(FLAGGER_DEFAULTS.badShare),
    windowsToAct: FLAGGER_DEFAULTS.threshold,
  },
  kayenta: {
    decide: kayentaReference,
    rule: 'at the end, a Mann-Whitney test of all windows that finds higher bad shares rolls back',
    needsStable: true,
    drawn: 'lower end of the shift of the bad share so far',
    draw: shiftsSoFar,
    windowsToAct: undefined,
  },
  relative: {
    decide: relativeReference,
    rule: `${plural(RELATIVE_DEFAULTS.failureLimit + 1, 'window')} with more than ${RELATIVE_DEFAULTS.ratio} times stable's bad share roll back`,
    needsStable: true,
    drawn: EACH_WINDOW,
    draw: windows =>
      windows.map(({ endEpochMs, canaryBad, canaryRequests, stableBad, stableRequests }) => ({
        endEpochMs,
        value: percentOf(canaryBad, canaryRequests),
        limit: RELATIVE_DEFAULTS.ratio * percentOf(stableBad, stableRequests),
      })),
    windowsToAct: RELATIVE_DEFAULTS.failureLimit + 1,
  },
} as const satisfies Record<string, ReferenceOfJudge>;

export type ReferenceName = keyof typeof REFERENCE_JUDGES;

/** Each metric by itself: the first that would be rolled back decides. */
export function referenceReplay(name: ReferenceName): ReplayJudge {
  const style: ReferenceOfJudge = REFERENCE_JUDGES[name];
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

function judge({ decide, needsStable }: ReferenceOfJudge, release: RecordedRelease, metric: RecordedMetric) {
  const counts = metric.windows.flatMap(record => countsOf(release, record) ?? []);
  const { rollBackAtWindow } = decide(counts, release);
  const at = counts[(rollBackAtWindow ?? 0) - 1];
  const seen = counts.some(one => one.canaryRequests > 0 && (!needsStable || one.stableRequests > 0));
  return { metric, counts, seen, decision: at && decisionAt(metric, at) };
}

function lineOf(
  { drawn, draw }: ReferenceOfJudge,
  { metrics }: RecordedRelease,
  { name }: RecordedMetric,
  counts: readonly RecordedCounts[],
): EvidenceLine {
  const whose = metrics.length === 1 ? '' : ` of ${name}`;
  return { title: `${drawn}${whose}, per cent`, points: draw(counts) };
}

/** Windows over the limit so far, or how far the shift is over it; of several metrics each by itself. */
function sharesOf({ windowsToAct }: ReferenceOfJudge, lines: readonly EvidenceLine[]): Parameters<typeof nearnessOf> {
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
    const { shift } = classify(canary, stable, KAYENTA_DEFAULTS);
    const { low, estimate } = shift ?? { low: 0, estimate: 0 };
    return { endEpochMs, value: 100 * low, limit: 100 * KAYENTA_DEFAULTS.tolerance * Math.abs(estimate) };
  });
}
