import { type Paint, plain } from '../adapters/terminal/paint.ts';
import { COLUMNS } from '../adapters/terminal/wrap.ts';
import { durationText } from '../domain/file/units.ts';
import { plural } from '../domain/judges/words.ts';
import type { Replay } from '../domain/replay/replay.ts';
import { VERDICT_STYLE } from './styles.ts';

const VERDICTS = ['degraded', 'watching', 'healthy', 'inconclusive'] as const;
/** Below so many rows every release is shown by itself. */
const MOST_ROWS = 60;

/** What a table and a file need of a replay, without what is drawn. */
export type ReplayRow = Omit<Replay, 'evidence' | 'nearness'> & { startedAtEpochMs: number };

/** What `--json` writes: an item per release and judge. `logE` is null for judges without one. */
export const replayJson = (rows: readonly ReplayRow[]) =>
  rows.map(({ release, judge, verdict, decision, excessBad, logE }) => ({
    ...{ release, judge, verdict, window: decision?.window ?? null, excessBad, logE: logE ?? null },
  }));

/** Where the text goes: as wide as that, and in its colours. */
export interface Place {
  columns?: number | undefined;
  paint?: Paint | undefined;
}

/** Each judge over all releases; below it each release, where they are few. Sentences are left in one line. */
export function backtestText(rows: readonly ReplayRow[], judges: readonly string[], place: Place = {}): string {
  const releases = new Set(rows.map(({ release }) => release)).size;
  const parts = [
    `${plural(releases, 'release')}\n`,
    table([SUMMARY, ...judges.map(judge => summaryRow(judge, rows))], place.paint).join(''),
  ];
  if (rows.length <= MOST_ROWS) parts.push(details(rows, place));
  parts.push(NOTES);
  return parts.join('\n');
}

const NOTES = [
  'window: the window that rolls the release back (in the first table the median); after: how long after the first window it ends.',
  "extra failed: failed canary requests beyond stable's failure rate, until the roll back or the end.",
  'ln E: the evidence of the sequential judge against the canary, as a logarithm.\n',
].join('\n');

const SUMMARY = ['judge', ...VERDICTS, 'window', 'extra failed'];
const DETAILS = ['release', 'judge', 'verdict', 'window', 'after', 'extra failed', 'ln E'];

function summaryRow(judge: string, all: readonly ReplayRow[]): string[] {
  const rows = all.filter(row => row.judge === judge);
  const windows = rows.flatMap(({ decision }) => decision?.window ?? []).sort((a, b) => a - b);
  const excess = rows.reduce((sum, { excessBad }) => sum + excessBad, 0);
  const counts = VERDICTS.map(verdict => String(rows.filter(row => row.verdict === verdict).length));
  return [judge, ...counts, String(windows[Math.floor((windows.length - 1) / 2)] ?? '-'), excess.toFixed(1)];
}

/** A row for each release and judge, its reason below it. Releases whose names leave no room have a line for the name. */
function details(rows: readonly ReplayRow[], { columns = COLUMNS, paint }: Place): string {
  const cells = rows.map(detailRow);
  const beside = table([DETAILS, ...cells], paint);
  const fits = Math.max(...table([DETAILS, ...cells]).map(line => line.trimEnd().length)) <= columns;
  const lines = fits
    ? beside
    : table(
        [DETAILS, ...cells].map(([, ...rest]) => rest),
        paint,
      ).map(line => `  ${line}`);
  const [head = '', ...each] = lines;
  return [
    head,
    ...each.flatMap((line, at) => {
      const { release = '', because = '' } = rows[at] ?? {};
      const named = fits || rows[at - 1]?.release === release ? [] : [`${release}\n`];
      return [...named, line, ...(because === '' ? [] : [`    ${because}\n`])];
    }),
  ].join('');
}

function detailRow({ release, judge, verdict, decision, startedAtEpochMs, excessBad, logE }: ReplayRow): string[] {
  const after = decision === undefined ? '-' : durationText((decision.endEpochMs - startedAtEpochMs) / 1000);
  const window = decision === undefined ? '-' : String(decision.window);
  return [release, judge, verdict, window, after, excessBad.toFixed(1), logE?.toFixed(2) ?? '-'];
}

/** Columns as wide as what is in them: words to the left, numbers to the right. The first row is the head. */
function table(rows: readonly (readonly string[])[], paint: Paint = plain): string[] {
  const [head = [], ...body] = rows;
  const widths = head.map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
  const isText = head.map(name => ['release', 'judge', 'verdict'].includes(name));
  const line = (row: readonly string[], shown: (cell: string, padded: string) => string) =>
    `${row
      .map((cell, i) => shown(cell, isText[i] ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd()}\n`;
  const coloured = (cell: string, padded: string) => {
    const verdict = VERDICTS.find(name => name === cell);
    return verdict === undefined ? padded : paint(VERDICT_STYLE[verdict], padded);
  };
  return [line(head, (_, padded) => padded), ...body.map(row => line(row, coloured))];
}
