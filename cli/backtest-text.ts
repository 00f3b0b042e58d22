import { type Paint, plain } from '../adapters/terminal/paint.ts';
import { type Row, tableRows } from '../adapters/terminal/table.ts';
import { COLUMNS } from '../adapters/terminal/wrap.ts';
import { durationText } from '../domain/file/units.ts';
import { plural } from '../domain/judges/words.ts';
import { fixedText } from '../domain/number-text.ts';
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
  return [judge, ...counts, String(windows[Math.floor((windows.length - 1) / 2)] ?? '-'), fixedText(excess, 1)];
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
  return [
    release,
    judge,
    verdict,
    window,
    after,
    fixedText(excessBad, 1),
    logE === undefined ? '-' : fixedText(logE, 2),
  ];
}

const WORDS = ['release', 'judge', 'verdict'];

/** Words to the left, numbers to the right, verdicts in their colours. The first row is the head. */
function table([head = [], ...body]: readonly Row[], paint: Paint = plain): string[] {
  const coloured = (cell: string): string => {
    const verdict = VERDICTS.find(name => name === cell);
    return verdict === undefined ? cell : paint(VERDICT_STYLE[verdict], cell);
  };
  const words = WORDS.map(name => head.indexOf(name));
  return tableRows([head, ...body.map(row => row.map(coloured))], { words }).map(lines => `${lines.join('\n')}\n`);
}
