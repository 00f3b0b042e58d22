/** What was published of one metric in one period: whole samples, or a counter whose samples are all 1. */
export type Samples = { kind: 'values'; values: readonly number[] } | { kind: 'counter'; count: number };

/** Of at least one sample. */
export type Statistic = (samples: Samples) => number;

/**
 * The statistics of CloudWatch that the lab has: Sum, SampleCount, Average, Minimum, Maximum, pNN, TC(a:b), PR(a:b).
 * Bounds are absolute, the lower exclusive, the upper inclusive; either may be left out, not both. A percentile is the
 * nearest rank. https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 * @returns undefined for anything else
 */
export function parseStatistic(text: string): Statistic | undefined {
  const plain = Object.hasOwn(plainStatistics, text)
    ? plainStatistics[text as keyof typeof plainStatistics]
    : undefined;
  if (plain !== undefined) return plain;

  const percentile = /^p(\d{1,3}(?:\.\d{1,10})?)$/.exec(text)?.[1];
  if (percentile !== undefined && Number(percentile) <= 100) {
    return samples => nearestRank(valuesOf(samples), Number(percentile));
  }

  const range = /^(TC|PR)\((\d+(?:\.\d+)?)?:(\d+(?:\.\d+)?)?\)$/.exec(text);
  if (range === null || (range[2] === undefined && range[3] === undefined)) return undefined;
  const above = range[2] === undefined ? Number.NEGATIVE_INFINITY : Number(range[2]);
  const upTo = range[3] === undefined ? Number.POSITIVE_INFINITY : Number(range[3]);
  return samples => {
    const values = valuesOf(samples);
    const within = values.filter(value => value > above && value <= upTo).length;
    return range[1] === 'TC' ? within : (within / values.length) * 100;
  };
}

const plainStatistics = {
  Sum: (samples: Samples) => sumOf(samples),
  SampleCount: (samples: Samples) => countOf(samples),
  Average: (samples: Samples) => sumOf(samples) / countOf(samples),
  // not Math.min(...values): a minute of heavy traffic has more values than a call has room for arguments
  Minimum: (samples: Samples) => valuesOf(samples).reduce((least, value) => Math.min(least, value)),
  Maximum: (samples: Samples) => valuesOf(samples).reduce((most, value) => Math.max(most, value)),
};

const countOf = (samples: Samples): number => (samples.kind === 'counter' ? samples.count : samples.values.length);

const sumOf = (samples: Samples): number =>
  samples.kind === 'counter' ? samples.count : samples.values.reduce((sum, value) => sum + value, 0);

const valuesOf = (samples: Samples): readonly number[] =>
  samples.kind === 'counter' ? new Array<number>(samples.count).fill(1) : samples.values;

function nearestRank(values: readonly number[], percent: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}
