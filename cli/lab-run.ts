import { writeFileSync } from 'node:fs';
import { assertNever } from '../domain/assert-never.ts';
import { fixedText } from '../domain/number-text.ts';
import type { Lab } from '../lab/lab.ts';
import { LAB_FILE, type WrittenLabFile, writeFreeLabFile } from '../lab/lab-file.ts';
import { linesOf, openReleaseNews, type ReleaseNews } from '../lab/release-news.ts';
import { LabInputError, type LabNews, type RunLabOptions, runLab } from '../lab/run-lab.ts';
import type { ReleaseRow } from '../lab/watch-release.ts';
import { CommandError } from './command-error.ts';
import { exitCodeOf } from './exit-code.ts';
import { approveCommand, keptText, pacingText, planText, rowText, usualText } from './lab-text.ts';
import { say, type Terminal } from './terminal.ts';

export interface LabCommandOptions extends Omit<RunLabOptions, 'tell' | 'onOpen'> {
  json?: string;
  keep: boolean;
}

/** Runs a lab, prints what happens as it happens, and answers the exit code. @throws CommandError bad input */
export async function runLabCommand(terminal: Terminal, options: LabCommandOptions): Promise<number> {
  let file: WrittenLabFile | undefined;
  const removeFile = () => file?.remove();
  const tell = teller(options, () => file);
  process.on('exit', removeFile); // a second Ctrl-C does not wait
  try {
    const row = await runLab({
      ...options,
      onOpen: lab => {
        file = writeFile(terminal, lab);
      },
      tell: news => {
        say(terminal, tell(news));
        if (news.kind === 'ended') writeJson(options.json, news.row);
      },
    });
    return exitCodeOf(row);
  } catch (error) {
    if (!(error instanceof LabInputError)) throw error;
    throw new CommandError(error.message, 'badInput');
  } finally {
    process.off('exit', removeFile);
    removeFile();
  }
}

/** By which `sluice status` and its like find this lab; a release does without where it cannot be written. */
function writeFile(terminal: Terminal, lab: Lab): WrittenLabFile | undefined {
  try {
    return writeFreeLabFile(lab);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    terminal.err(`no other command will find this lab: ${message}\n`);
    return undefined;
  }
}

function writeJson(path: string | undefined, row: ReleaseRow): void {
  if (path !== undefined) writeFileSync(path, `${JSON.stringify({ releases: [row] }, null, 2)}\n`);
}

/** What a lab prints: sentences for people, a line each, '' where there is nothing to say. */
function teller(options: LabCommandOptions, fileOf: () => WrittenLabFile | undefined): (news: LabNews) => string {
  let newsOf: ReleaseNews | undefined;
  return news => {
    const file = fileOf();
    const labOption = file === undefined || file.path === LAB_FILE ? '' : ` --lab ${file.path}`;
    switch (news.kind) {
      case 'open':
        return `load balancer at ${news.url}\n${news.prometheusUrl === undefined ? '' : `Prometheus at ${news.prometheusUrl}: the pods by slot and pod, times are the plan's\n`}`;
      case 'stableReady':
        return `stable is ready: ${news.replicas} processes\n`;
      case 'planned':
        newsOf = openReleaseNews(news.plan);
        return [
          usualText(options.path, news.usual),
          pacingText(news.pacing, news),
          planText(news.plan, options.plan === undefined),
        ].join('');
      case 'line':
        return lineText(news, newsOf?.(news.line.fact), labOption);
      case 'canarySaid':
        return news.lines.length === 0 ? '' : `${INDENT}the canary printed last:\n${indented(news.lines)}`;
      case 'ended':
        return `${rowText(news.row)}${options.keep ? keptText(news.row, labOption) : ''}`;
      default:
        return assertNever(news);
    }
  };
}

const INDENT = ' '.repeat('123.4 s  '.length + 1);
const indented = (lines: string[]): string => lines.map(line => `${INDENT}  ${line}\n`).join('');

function lineText(news: LabNews & { kind: 'line' }, told: string | undefined, labOption: string): string {
  const { line, plan, secondsIn } = news;
  // how it ended is told with the counts
  if (told === undefined || line.fact.kind === 'closed') return '';
  const at = `${fixedText(secondsIn, 1).padStart(6)} s  `;
  const text = linesOf(told, plan)
    .map((sentence, i) => `${i === 0 ? at : INDENT}${sentence}\n`)
    .join('');
  if (line.fact.kind !== 'approvalOpened') return text;
  const { name } = line.fact;
  return `${text}${INDENT}${approveCommand(plan, { name, releaseId: line.releaseId, opening: line.seq }, labOption)}\n`;
}
