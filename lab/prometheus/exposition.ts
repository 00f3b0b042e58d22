/** NAME, its labels, the value, and a time stamp that a program may give itself. */
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)(?:\s+-?\d+)?\s*$/;
/** The one metric whose value is an instant of the wall that the product reads. */
const START = 'process_start_time_seconds';

/**
 * What a program exposes in Prometheus' text format, as the lab's clock has it: each sample with the given labels and an
 * explicit time stamp, so that queries, ranges and rates are in seconds of the plan. Comments are left out: the pages of
 * several programs become one. https://prometheus.io/docs/instrumenting/exposition_formats/
 * @param labEpochMs the lab's clock at an instant of the wall
 */
export function exposedInLab(
  page: string,
  options: { labels: Record<string, string>; atLabEpochMs: number; labEpochMs: (wallEpochMs: number) => number },
): string {
  const own = Object.entries(options.labels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const lines = page.split('\n').flatMap(line => {
    const [, name, labels, value] = SAMPLE.exec(line) ?? [];
    if (name === undefined || line.startsWith('#')) return [];
    const all = [...(labels === undefined || labels === '' ? [] : [labels.replace(/,\s*$/, '')]), ...own].join(',');
    const told = name === START ? options.labEpochMs(Number(value) * 1000) / 1000 : value;
    return [`${name}{${all}} ${told} ${options.atLabEpochMs}\n`];
  });
  return lines.join('');
}
