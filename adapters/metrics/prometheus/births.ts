import type { Labels, PrometheusApi } from './prometheus-api.ts';
import { labelsKey, NoSamplesError, type Processes, type RawSeries, type Reach } from './prometheus-series.ts';

/** How far back it is asked whether a label set was there before. A process that runs longer has long had the usual ones. */
const LOOKED_BACK_SECONDS = 24 * 3600;

/**
 * A label set that a process shows for the first time (`code="500"`, with most client libraries) was 0 at the scrape before,
 * at which the process was there without it: it gets a sample of 0 there. One that was there earlier and has come back gets
 * none, for what it counted meanwhile nobody knows when.
 * @param selector of these series
 * @throws NoAnswerError  @throws NoSamplesError
 */
export async function withBirths(
  api: PrometheusApi,
  selector: string,
  series: RawSeries,
  processes: Processes,
  reach: Reach,
): Promise<RawSeries> {
  const births = series.map(({ labels, samples: [first] }) =>
    first === undefined ? undefined : processes.scrapedBefore(labels, first.atEpochMs),
  );
  if (births.every(birth => birth === undefined)) return series;
  const late = series.filter((_, index) => births[index] !== undefined);
  const known = await seenBefore(api, selector, late, processes, reach);
  return series.map((one, index) => {
    const bornAt = births[index];
    if (bornAt === undefined || known.has(keyOf(one.labels))) return one;
    return { ...one, samples: [{ atEpochMs: bornAt, value: 0 }, ...one.samples] };
  });
}

/** The label sets that were there in the processes' lives before the samples that were read begin. */
async function seenBefore(
  api: PrometheusApi,
  selector: string,
  late: RawSeries,
  { startedAt }: Processes,
  reach: Reach,
): Promise<Set<string>> {
  const fromEpochMs = reach.atEpochMs - reach.rangeSeconds * 1000;
  const lives = late.map(({ labels, samples: [first] }) => {
    const started = startedAt(labels, first?.atEpochMs ?? reach.atEpochMs);
    return started === undefined ? LOOKED_BACK_SECONDS : Math.ceil((fromEpochMs - started) / 1000);
  });
  const seconds = Math.min(LOOKED_BACK_SECONDS, Math.max(...lives));
  if (seconds <= 0) return new Set();
  const answer = await api.query(`count_over_time(${selector}[${seconds}s])`, fromEpochMs);
  if (answer.kind === 'vector') return new Set(answer.series.map(({ labels }) => keyOf(labels)));
  throw new NoSamplesError(
    answer.kind === 'noData' ? answer.reason : `Prometheus answered a ${answer.kind} for a count`,
  );
}

/** A function's result has no name any more. */
const keyOf = ({ __name__: _, ...labels }: Labels): string => labelsKey(labels);
