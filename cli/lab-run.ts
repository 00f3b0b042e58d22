import { writeFileSync } from 'node:fs';
import { assertNever } from '../domain/assert-never.ts';
import { endText, newsOf, stepText } from '../domain/ledger/news.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { Lab } from '../lab/lab.ts';
import { LAB_FILE, LabFileTakenError, type WrittenLabFile, writeLabFile } from '../lab/lab-file.ts';
import { LabInputError, type LabNews, type RunLabOptions, runLab, WORKLOAD } from '../lab/run-lab.ts';
import type { Usual } from '../lab/run-lab-plan.ts';
import type { ReleaseRow } from '../lab/watch-release.ts';
import { BAD_INPUT, CommandError } from './control-plane/control-plane.ts';
import type { Terminal } from './terminal.ts';

export interface LabCommandOptions extends Omit<RunLabOptions, 'tell' | 'onOpen'> {
  json?: string;
  keep: boolean;
}

/** Runs a lab, prints what happens as it happens, and answers the exit code. @throws CommandError bad input */
export async function runLabCommand(terminal: Terminal, options: LabCommandOptions): Promise<number> {
  let file: WrittenLabFile | undefined;
  const removeFile = () => file?.remove();
  process.on('exit', removeFile); // a second Ctrl-C does not wait
  try {
    const row = await runLab({
      ...options,
      onOpen: lab => {
        file = writeFile(terminal, lab);
      },
      tell: news => {
        terminal.out(newsText(news, options, file));
        if (news.kind === 'ended') writeJson(options.json, news.row);
      },
    });
    return row.outcome === 'promoted' ? 0 : 1;
  } catch (error) {
    if (!(error instanceof LabInputError)) throw error;
    throw new CommandError(error.message, BAD_INPUT);
  } finally {
    process.off('exit', removeFile);
    removeFile();
  }
}

/** By which `sluice status` and its like find this lab; a release does without where it cannot be written. */
function writeFile(terminal: Terminal, lab: Lab): WrittenLabFile | undefined {
  try {
    return writeLabFile(lab);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof LabFileTakenError) return writeLabFile(lab, LAB_FILE.replace('.json', `-${process.pid}.json`));
    if (code === undefined) throw error;
    terminal.err(`no other command will find this lab: ${message}\n`);
    return undefined;
  }
}

function writeJson(path: string | undefined, row: ReleaseRow): void {
  if (path !== undefined) writeFileSync(path, `${JSON.stringify({ releases: [row] }, null, 2)}\n`);
}

/** Lines for people; '' where there is nothing to say. */
function newsText(news: LabNews, options: LabCommandOptions, file: WrittenLabFile | undefined): string {
  const labOption = file === undefined || file.path === LAB_FILE ? '' : ` --lab ${file.path}`;
  switch (news.kind) {
    case 'open':
      return `load balancer at ${news.url}; a minute of the plan takes ${rounded(60 / news.compress)} s\n`;
    case 'stableReady':
      return `stable is ready, ${news.replicas} processes\n`;
    case 'planned':
      return [
        `GET ${options.path}, ${options.requestsPerSecond} a second: ${usualText(news.usual)}`,
        planText(news.plan, options.plan === undefined),
        '',
      ].join('\n');
    case 'line': {
      const text = newsOf(news.line.fact, news.plan);
      const approve =
        news.line.fact.kind === 'approvalOpened' ? `: npx sluice approve ${news.line.releaseId}${labOption}` : '';
      // how it ended is told with the counts
      if (text === undefined || news.line.fact.kind === 'closed') return '';
      return `${news.secondsIn.toFixed(1).padStart(6)} s  ${text}${approve}\n`;
    }
    case 'canarySaid':
      return news.lines.length === 0 ? '' : `          the canary printed last:\n${indented(news.lines)}`;
    case 'ended':
      return `${rowText(news.row)}${options.keep ? keptText(labOption) : ''}`;
    default:
      return assertNever(news);
  }
}

const rounded = (number: number): number => Number(number.toPrecision(2));
const indented = (lines: string[]): string => lines.map(line => `            ${line}\n`).join('');

function usualText({ failedShare, p50Ms, p99Ms }: Usual): string {
  const took =
    p50Ms === undefined ? 'nothing was answered' : `p50 ${rounded(p50Ms)} ms, p99 ${rounded(p99Ms ?? p50Ms)} ms`;
  return `stable ${failedShare === 0 ? 'fails none' : `fails ${rounded(failedShare * 100)} %`}, ${took}`;
}

function planText(plan: Plan, isDefault: boolean): string {
  const steps = plan.steps.map(stepText).join(', ');
  const judges = plan.metrics
    .map(({ name, judge }) =>
      judge.kind === 'threshold' ? `${name} ${judge.failureCondition ?? judge.successCondition}` : name,
    )
    .join('; ');
  if (!isDefault) return `plan: ${steps}`;
  const slow = plan.metrics.flatMap(({ source: { measure } }) =>
    measure.kind === 'slowerThan' ? measure.thresholdsSeconds : [],
  );
  const slowText = slow.map(seconds => ` (slow: more than ${Math.round(seconds * 1000)} ms)`).join('');
  return `no --plan, so: ${steps}; goes back where ${judges}${slowText}`;
}

function rowText(row: ReleaseRow): string {
  const { outcome, reason, because } = row;
  const seconds =
    row.secondsFromFirstBadToZero === null
      ? []
      : [`  first bad answer to weight 0: ${row.secondsFromFirstBadToZero.toFixed(2)} s`];
  return [
    endText({ outcome, because, ...(reason === null ? {} : { reason }) }),
    `  weights ${row.weights.map(weight => `${weight} %`).join(', ') || 'none'}`,
    `  ${row.requests} requests, ${row.failed} failed, ${row.failedByCanary} of them by the canary; ${row.lost} lost`,
    ...seconds,
    '',
  ].join('\n');
}

const keptText = (labOption: string): string =>
  [
    'the lab goes on until Ctrl-C; in another terminal:',
    `  npx sluice status ${WORKLOAD}${labOption}`,
    `  npx sluice start ${WORKLOAD} --image canary --wait${labOption}   (images: stable, canary)`,
    `  npx sluice undo ${WORKLOAD} --wait${labOption}`,
    '',
  ].join('\n');
