import type { Labels } from './prometheus-api.ts';
import { labelsKey, type RawSeries } from './prometheus-series.ts';

/** What Prometheus' operator, Thanos, Mimir and Grafana's agents call the one of a pair that scraped. */
const NAMES_OF_SCRAPERS = ['prometheus_replica', 'replica', '__replica__', 'receive_replica', 'prometheus'];

/** Of one selector, each counter once. */
export interface Deduplicated {
  series: RawSeries;
  /** What a person must know of it; absent: no target was scraped twice. */
  note?: string;
}

/**
 * A pair of Prometheus servers scrapes each target twice, and where nothing in front of them deduplicates, each counter comes
 * twice, equal but for the label that names the scraper. One of the two is kept, by whom more was scraped.
 * @param starts process_start_time_seconds of the same targets: a process has one, so that a second names the label
 */
export function withoutReplicas(series: RawSeries, starts: RawSeries): Deduplicated {
  const label = scraperLabel(starts, series);
  if (label === undefined) return { series };
  const samplesOf = (value: string) =>
    series.reduce((sum, { labels, samples }) => sum + (labels[label] === value ? samples.length : 0), 0);
  const scrapers = [...new Set(series.flatMap(({ labels }) => labels[label] ?? []))].sort();
  const byPreference = scrapers.toSorted((a, b) => samplesOf(b) - samplesOf(a));
  const rank = ({ labels }: RawSeries[number]) => byPreference.indexOf(labels[label] ?? '');
  const kept = [...groupedWithout(series, label).values()].flatMap(
    group => group.toSorted((a, b) => rank(a) - rank(b))[0] ?? [],
  );
  return {
    series: kept,
    note: `counted once, by ${byPreference[0]}: ${scrapers.length} servers (label ${label}) scrape the same targets`,
  };
}

/** A group for each label set, the label left out. */
function groupedWithout(series: RawSeries, label: string): Map<string, RawSeries> {
  return Map.groupBy(series, ({ labels }) => {
    const { [label]: _, ...others } = labels;
    return labelsKey(others);
  });
}

function scraperLabel(starts: RawSeries, series: RawSeries): string | undefined {
  const targets = Map.groupBy(starts, ({ labels }) => JSON.stringify([labels.job, labels.instance]));
  for (const twice of targets.values()) {
    const differing = differingLabels(twice.map(({ labels }) => labels));
    const [label] = differing;
    if (twice.length > 1 && differing.length === 1 && label !== undefined) return label;
  }
  const present = NAMES_OF_SCRAPERS.filter(name => series.some(({ labels }) => Object.hasOwn(labels, name)));
  return present.find(name => {
    const groups = [...groupedWithout(series, name).values()].filter(group => group.length > 1);
    return groups.length > 0 && groups.every(isOneCounter);
  });
}

const differingLabels = (sets: readonly Labels[]): string[] =>
  [...new Set(sets.flatMap(labels => Object.keys(labels)))].filter(
    name => new Set(sets.map(labels => labels[name])).size > 1,
  );

/** The same counter, read at different instants, never falls, in whatever order it was read. Two counters of a name do. */
function isOneCounter(group: RawSeries): boolean {
  const merged = group.flatMap(({ samples }) => samples).sort((a, b) => a.atEpochMs - b.atEpochMs);
  return merged.every(({ value }, index) => value >= (merged[index - 1]?.value ?? 0));
}
