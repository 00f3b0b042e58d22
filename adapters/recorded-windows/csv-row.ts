const COLUMNS = [
  'release',
  'metric',
  'start',
  'end',
  'canary_requests',
  'canary_bad',
  'stable_requests',
  'stable_bad',
] as const;

export type Column = (typeof COLUMNS)[number];

/** One line: whole numbers, bad <= requests, end > start; `start` and `end` in epoch seconds. */
export interface CsvRow {
  line: number;
  release: string;
  metric: string;
  start: number;
  end: number;
  canaryRequests: number;
  canaryBad: number;
  stableRequests: number;
  stableBad: number;
}

/** What is wrong in a line, ready to follow the file's name. */
export interface RowProblem {
  line: number;
  field: string;
  found: string;
  expected: string;
}

/** The same bound as the detector's: sums of thousands of windows are still exact. */
const MOST_REQUESTS = Number.MAX_SAFE_INTEGER / 1024;
/** The end of year 4969: what is above it are milliseconds. */
const LATEST_SECONDS = 1e11;

/** Where each column is in the file's own order. */
export type Header = Record<Column, number>;

export function headerOf(fields: readonly string[] | undefined): Header | RowProblem {
  const expected = `a header with ${COLUMNS.join(',')}`;
  const names = fields?.map(field => field.toLowerCase()) ?? [];
  const problem = (field: string, found: string): RowProblem => ({ line: 1, field, found, expected });
  if (fields === undefined) return problem('header', 'a quote that is never closed');
  const missing = COLUMNS.filter(column => !names.includes(column));
  if (missing.length > 0) return problem(missing.join(', '), 'no such column');
  const unknown = names.find((name, index) => !isColumn(name) || names.indexOf(name) !== index);
  if (unknown !== undefined) {
    return problem('header', `${isColumn(unknown) ? 'twice the column' : 'a column'} ${JSON.stringify(unknown)}`);
  }
  return Object.fromEntries(COLUMNS.map(column => [column, names.indexOf(column)])) as Header;
}

const isColumn = (name: string): name is Column => (COLUMNS as readonly string[]).includes(name);

export function rowOf(line: number, fields: readonly string[] | undefined, header: Header): CsvRow | RowProblem {
  if (fields === undefined)
    return { line, field: 'line', found: 'a quote that is never closed', expected: 'it closed on the same line' };
  if (fields.length !== COLUMNS.length) {
    return { line, field: 'line', found: `${fields.length} fields`, expected: `${COLUMNS.length}, as in the header` };
  }
  let problem: RowProblem | undefined;
  const textOf = (column: Column): string => {
    const text = fields[header[column]] ?? '';
    if (text === '') problem ??= { line, field: column, found: 'nothing', expected: 'a name' };
    return text;
  };
  const wholeOf = (column: Column, most: number, expected: string): number => {
    const text = fields[header[column]] ?? '';
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value <= most)) problem ??= { line, field: column, found: foundText(text), expected };
    return value;
  };
  const secondsOf = (column: Column) =>
    wholeOf(column, LATEST_SECONDS, `whole seconds since 1970, such as 1700000000 (not milliseconds)`);
  const countOf = (column: Column) => wholeOf(column, MOST_REQUESTS, `a whole number from 0 to ${MOST_REQUESTS}`);
  const row: CsvRow = {
    line,
    release: textOf('release'),
    metric: textOf('metric'),
    start: secondsOf('start'),
    end: secondsOf('end'),
    canaryRequests: countOf('canary_requests'),
    canaryBad: countOf('canary_bad'),
    stableRequests: countOf('stable_requests'),
    stableBad: countOf('stable_bad'),
  };
  return problem ?? inconsistency(row) ?? row;
}

function inconsistency({
  line,
  start,
  end,
  canaryRequests,
  canaryBad,
  stableRequests,
  stableBad,
}: CsvRow): RowProblem | undefined {
  if (end <= start) return { line, field: 'end', found: `${end}`, expected: `more than the start, ${start}` };
  if (canaryBad > canaryRequests) {
    return {
      line,
      field: 'canary_bad',
      found: `${canaryBad}`,
      expected: `at most the ${canaryRequests} canary_requests`,
    };
  }
  if (stableBad > stableRequests) {
    return {
      line,
      field: 'stable_bad',
      found: `${stableBad}`,
      expected: `at most the ${stableRequests} stable_requests`,
    };
  }
  return undefined;
}

const foundText = (text: string): string => (text === '' ? 'nothing' : JSON.stringify(text.slice(0, 40)));
