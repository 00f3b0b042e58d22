import { durationText } from '../domain/file/units.ts';
import type { Replay } from '../domain/judgement/replay/replay.ts';
import { plural } from '../domain/judgement/words.ts';

const VERDICTS = ['degraded', 'watching', 'healthy', 'inconclusive'] as const;
/** Below so many lines every release is shown by itself. */
const MOST_LINES = 60;

/** What a table and a file need of a replay, without what is drawn. */
export type ReplayRow = Omit<Replay, 'evidence'> & { startedAtEpochMs: number };

/** What `--json` writes: an item per release and judge. `logE` is null for judges without one. */
export const replayJson = (rows: readonly ReplayRow[]) =>
  rows.map(({ release, judge, verdict, decision, excessBad, logE }) => ({
    ...{ release, judge, verdict, window: decision?.window ?? null, excessBad, logE: logE ?? null },
  }));

/** Each judge over all releases; below it each release, where they are few. */
export function backtestText(rows: readonly ReplayRow[], judges: readonly string[]): string {
  const releases = new Set(rows.map(({ release }) => release)).size;
  const parts = [
    `${plural(releases, 'release')}\n\n${table(
      judges.map(judge => summaryRow(judge, rows)),
      SUMMARY,
    )}`,
  ];
  if (rows.length <= MOST_LINES) parts.push(table(rows.map(detailRow), DETAILS));
  parts.push(
    "window: with which a release is rolled back. excess bad: failed canary requests beyond what the stable version's rate would have given, until then.\n",
  );
  return parts.join('\n');
}

const SUMMARY = ['judge', ...VERDICTS, 'median window', 'excess bad'];
const DETAILS = ['release', 'judge', 'verdict', 'window', 'after', 'excess bad', 'ln E', 'because'];

function summaryRow(judge: string, all: readonly ReplayRow[]): string[] {
  const rows = all.filter(row => row.judge === judge);
  const windows = rows.flatMap(({ decision }) => decision?.window ?? []).sort((a, b) => a - b);
  const excess = rows.reduce((sum, { excessBad }) => sum + excessBad, 0);
  const counts = VERDICTS.map(verdict => String(rows.filter(row => row.verdict === verdict).length));
  return [judge, ...counts, String(windows[Math.floor((windows.length - 1) / 2)] ?? '-'), excess.toFixed(1)];
}

function detailRow({
  release,
  judge,
  verdict,
  decision,
  startedAtEpochMs,
  excessBad,
  logE,
  because,
}: ReplayRow): string[] {
  const after = decision === undefined ? '-' : durationText((decision.endEpochMs - startedAtEpochMs) / 1000);
  const window = decision === undefined ? '-' : String(decision.window);
  return [release, judge, verdict, window, after, excessBad.toFixed(1), logE?.toFixed(2) ?? '-', because];
}

/** Columns as wide as what is in them; the last one as long as it is. */
function table(rows: readonly string[][], head: readonly string[]): string {
  const lines = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...lines.map(line => line[column]?.length ?? 0)));
  return lines
    .map(
      line =>
        `${line
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}
