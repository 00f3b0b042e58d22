import { type RecordedRelease, releaseOfWindows } from '../../domain/replay/recorded-release.ts';
import type { WindowRecord } from '../../domain/windows/reading.ts';
import { csvFields } from './csv-line.ts';
import { type CsvRow, type Header, headerOf, type RowProblem, rowOf } from './csv-row.ts';
import { linesOfFile, UnreadableFileError } from './lines-of-file.ts';

export interface RecordedFile {
  kind: 'releases';
  /** In the order in which the file first names them. */
  names: string[];
  metrics: string[];
  /** One after the other: what is not looked at any more need not be kept. */
  releases(): Generator<RecordedRelease>;
}

/** By release and metric, in the order in which they were first seen. */
type Rows = Map<string, Map<string, CsvRow[]>>;

/**
 * Recorded windows from a CSV file: a header, and a line per window of a metric of a release, in any order; empty lines
 * are passed over. Read line by line. Counts that cannot be, windows that overlap another of their metric, and lines that
 * come twice are refused, never guessed at.
 * @returns `mistake`: one sentence that names the file, the line, the field, what was found and what was expected
 */
export async function readRecordedWindows(file: string): Promise<RecordedFile | { kind: 'mistake'; message: string }> {
  const rows: Rows = new Map();
  try {
    const problem = (await readRows(file, rows)) ?? overlapIn(rows);
    if (problem !== undefined) return { kind: 'mistake', message: problemText(file, problem) };
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    return { kind: 'mistake', message: `${file}: found ${error.message}; expected a CSV file of recorded windows` };
  }
  const metrics = new Set([...rows.values()].flatMap(byMetric => [...byMetric.keys()]));
  return { kind: 'releases', names: [...rows.keys()], metrics: [...metrics], releases: () => releasesOf(rows) };
}

const problemText = (file: string, { line, field, found, expected }: RowProblem): string =>
  `${file}:${line}: ${field}: found ${found}; expected ${expected}`;

async function readRows(file: string, rows: Rows): Promise<RowProblem | undefined> {
  let header: Header | undefined;
  let line = 0;
  for await (const text of linesOfFile(file)) {
    line += 1;
    if (text.trim() === '') continue;
    const fields = csvFields(text);
    if (header === undefined) {
      const found = headerOf(fields);
      if ('expected' in found) return { ...found, line };
      header = found;
      continue;
    }
    const row = rowOf(line, fields, header);
    if ('expected' in row) return row;
    add(rows, row);
  }
  if (rows.size > 0) return undefined;
  const found = header === undefined ? 'an empty file' : 'a header and no line below it';
  return { line: Math.max(1, line), field: 'file', found, expected: 'a header and a line for each window' };
}

function add(rows: Rows, row: CsvRow): void {
  const byMetric = rows.get(row.release) ?? new Map<string, CsvRow[]>();
  rows.set(row.release, byMetric);
  const known = byMetric.get(row.metric);
  if (known === undefined) byMetric.set(row.metric, [row]);
  else known.push(row);
}

/** Sorts each metric's windows by their start, and finds the first line in the file that says again what was said. */
function overlapIn(rows: Rows): RowProblem | undefined {
  let first: RowProblem | undefined;
  for (const [release, byMetric] of rows) {
    for (const [metric, windows] of byMetric) {
      windows.sort((a, b) => a.start - b.start || a.line - b.line);
      for (let i = 1; i < windows.length; i += 1) {
        const problem = overlapOf(windows[i - 1] as CsvRow, windows[i] as CsvRow, `${metric} of ${release}`);
        if (problem !== undefined && (first === undefined || problem.line < first.line)) first = problem;
      }
    }
  }
  return first;
}

function overlapOf(a: CsvRow, b: CsvRow, whose: string): RowProblem | undefined {
  if (a.end <= b.start) return undefined;
  const [earlier, later] = a.line < b.line ? [a, b] : [b, a];
  const span = (row: CsvRow) => `${row.start} to ${row.end}`;
  const same = a.start === b.start && a.end === b.end;
  return {
    line: later.line,
    field: 'start',
    found: same
      ? `the window ${span(later)} of ${whose} a second time (it is on line ${earlier.line})`
      : `the window ${span(later)} of ${whose}, which overlaps ${span(earlier)} on line ${earlier.line}`,
    expected: 'windows of one metric of a release that follow each other: each second is judged once',
  };
}

function* releasesOf(rows: Rows): Generator<RecordedRelease> {
  for (const [release, byMetric] of rows) {
    const metrics = [...byMetric].map(([name, windows]) => ({ name, windows: windows.map(recordOf) }));
    yield releaseOfWindows(release, metrics);
  }
}

/** A recorded window is known when it is over, and does not change. */
function recordOf(row: CsvRow): WindowRecord {
  const endEpochMs = row.end * 1000;
  return {
    metric: row.metric,
    startEpochMs: row.start * 1000,
    endEpochMs,
    readAtEpochMs: endEpochMs,
    frozenAtEpochMs: endEpochMs,
    straddles: false,
    reading: {
      kind: 'counts',
      canary: { requests: row.canaryRequests, bad: [row.canaryBad] },
      stable: { requests: row.stableRequests, bad: [row.stableBad] },
    },
  };
}
