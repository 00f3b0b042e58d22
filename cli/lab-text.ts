import { tableText } from '../adapters/terminal/table.ts';
import { unbroken } from '../adapters/terminal/wrap.ts';
import { durationText } from '../domain/file/units.ts';
import { endText } from '../domain/ledger/news.ts';
import { fixedText, groupedText, roundedText } from '../domain/number-text.ts';
import { approvalRule } from '../domain/plan/approval-rule.ts';
import type { Plan } from '../domain/plan/plan.ts';
import { releaseSteps } from '../domain/plan/release-steps.ts';
import type { ApprovalMeant } from '../domain/release/approvals.ts';
import { measureText } from '../domain/sources/measure.ts';
import { stepText } from '../domain/steps/plan-registry.ts';
import type { VersionCounts } from '../lab/load/version-counts.ts';
import type { Pacing } from '../lab/pacing.ts';
import type { Usual } from '../lab/run-lab-plan.ts';
import type { ReleaseRow } from '../lab/watch-release.ts';
import { approveCommandOf } from './approval-text.ts';

const line = (sentence: string): string => `${sentence}\n`;
const rounded = (number: number): string => roundedText(number, 2);
const number = (value: number): string => (value < 100 ? rounded(value) : groupedText(Math.round(value)));
const seconds = (value: number): string =>
  value < 100 ? `${Math.max(1, Math.round(value))} s` : `${Math.round(value / 60)} min`;

/** What stable does, before the release. */
export function usualText(path: string, { failedShare, share4xx, p50Ms, p99Ms }: Usual): string {
  const took =
    p50Ms === undefined ? 'nothing was answered' : `p50 ${rounded(p50Ms)} ms, p99 ${rounded(p99Ms ?? p50Ms)} ms`;
  const fails = failedShare === 0 ? 'fails none' : `fails ${rounded(failedShare * 100)} %`;
  const with4xx = share4xx === 0 ? '' : `, answers ${rounded(share4xx * 100)} % with 4xx`;
  return line(`GET ${path}: stable ${fails}${with4xx}, ${took}`);
}

/**
 * How time and traffic are compressed, why so, and how long it takes.
 * @param known.most requests that this computer sends in a second
 * @param known.wanted requests that were to be sent in a second, before stable was found not to keep up with them
 */
export function pacingText(pacing: Pacing, known: { most: number; wanted: number }): string {
  const { compress, sentPerSecond, perPlanSecond, wallSeconds } = pacing;
  const sent = `${number(sentPerSecond)} requests a second`;
  const traffic = `${sent} for 1/${compress} of the time: ${number(perPlanSecond)} requests in a plan's second`;
  return [
    `time is compressed: a minute of the plan takes ${rounded(60 / compress)} s`,
    compress === 1 ? sent : traffic,
    ...whyFewer(pacing, known),
    ...tooFew(pacing),
    `without waiting for more data or for people it takes about ${seconds(wallSeconds)}`,
  ]
    .map(line)
    .join('');
}

/** Of so many requests of the canary a fault in one of ten is seen for sure. */
const ENOUGH = 100;

function tooFew({ canaryRequests }: Pacing): string[] {
  const requests = Math.round(canaryRequests);
  if (canaryRequests === 0 || requests >= ENOUGH) return [];
  return [
    `too little to judge by: the canary gets about ${requests} requests beside stable, ${ENOUGH} show a fault in one of ten; send more with --rps, or compress less`,
  ];
}

function whyFewer(pacing: Pacing, { most, wanted }: { most: number; wanted: number }): string[] {
  const { asked, compress, sentPerSecond, wallSeconds } = pacing;
  if (sentPerSecond < wanted) {
    return [`stable is late with every answer at ${number(wanted)} requests a second, so it gets fewer`];
  }
  const needed = (asked ?? 0) * compress;
  if (asked === undefined || needed <= most * 1.01) return [];
  const why = `${number(asked)} in a plan's second would be ${number(needed)} a second here, and this computer sends ${number(most)} without stalls`;
  const slower = Math.floor(most / asked);
  if (slower < 1) return [why];
  const takes = seconds((wallSeconds * compress) / slower);
  return [`${why}; with --compress ${slower} it gets all of them and takes about ${takes}`];
}

/** The steps, and of a default plan what it compares. */
export function planText(plan: Plan, isDefault: boolean): string {
  const { steps: all, soakSeconds } = releaseSteps(plan, 'normal');
  const steps = `${all.map(stepText).join(', ')}${soakSeconds === 0 ? '' : `, soak ${durationText(soakSeconds)}`}`;
  if (!isDefault) return line(`plan of ${plan.workload}: ${steps}`);
  const measures = plan.metrics.map(({ source }) => measureText(source.measure));
  return [
    line(`default plan: ${steps}`),
    line(`the canary is compared with stable over the same seconds (judge sequential): ${measures.join('; ')}`),
    ...seenText(plan),
  ].join('');
}

/** What the traffic is enough for. */
function seenText({ sequential }: Plan): string[] {
  const atLeast = sequential?.detect.atLeast;
  if (atLeast === undefined) return [];
  return [
    line(
      `this traffic shows faults of about ${rounded(atLeast * 100)} % of the requests and more; with less compression (--compress) it shows smaller ones`,
    ),
  ];
}

/** How it ended, and what a client saw of both versions. */
export function rowText(row: ReleaseRow): string {
  const { outcome, reason, because, weights, lost, secondsFromFirstBadToZero: first } = row;
  return [
    // why it was rolled back was told when it was
    line(outcome === 'rolledBack' && reason !== null ? `rolledBack (${reason})` : endText({ outcome, because })),
    `  weights ${weights.map(weight => `${weight} %`).join(', ') || 'none'}\n`,
    ...(first === null ? [] : [`  first error to rollback: ${fixedText(first, 2)} s\n`]),
    '\n',
    versionsText(row.versions),
    ...unseenText(row),
    `\n  ${lost === 0 ? 'no request was lost' : `${groupedText(lost)} requests lost that the canary did not cause`}\n`,
  ].join('');
}

/** From what share of the canary's requests on it is said that they failed unseen, and how many times stable's. */
const UNSEEN = { share: 0.01, timesStable: 2 };

/** A promoted canary that failed its clients and no metric of the plan: what a load balancer does not count. */
function unseenText({ outcome, versions: { stable, canary } }: ReleaseRow): string[] {
  const failed = (counts: VersionCounts): number => counts['5xx'] + counts.noAnswer;
  const share = (counts: VersionCounts): number => failed(counts) / Math.max(1, counts.requests);
  const most = Math.max(UNSEEN.share, UNSEEN.timesStable * share(stable));
  if (outcome !== 'promoted' || share(canary) <= most) return [];
  return [
    '\n',
    line(
      `${groupedText(failed(canary))} of ${groupedText(canary.requests)} requests to the canary failed at the client, and no metric of the plan saw it: a load balancer counts no answer as failed that it has begun to pass on and a client gives up; a hook before the first weight, or a metric of the program's own, would`,
    ),
  ];
}

/** The end table: versions by how their requests ended. */
export function versionsText(versions: ReleaseRow['versions']): string {
  const head = ['', 'requests', '2xx', '3xx', '4xx', '5xx', 'no answer', 'p50 ms', 'p99 ms'];
  const rows = Object.entries(versions).map(([name, counts]) => [name, ...cellsOf(counts)]);
  return tableText([head, ...rows], { indent: 2 });
}

const cellsOf = (counts: VersionCounts): string[] => [
  groupedText(counts.requests),
  ...(['2xx', '3xx', '4xx', '5xx'] as const).map(family => groupedText(counts[family])),
  groupedText(counts.noAnswer),
  ...[counts.p50Ms, counts.p99Ms].map(ms =>
    ms === null ? '-' : ms < 99.5 ? rounded(ms) : groupedText(Math.round(ms)),
  ),
];

/** A command that can be pasted. @param labOption ` --lab FILE`, or '' */
export const approveCommand = (plan: Plan, { releaseId, name, opening }: ApprovalMeant, labOption: string): string =>
  unbroken(`npx sluice ${approveCommandOf(releaseId, { name, opening, ...approvalRule(plan, name) })}${labOption}`);

/** Of the commands for a lab that goes on those that do something after this end. */
export function keptText({ name, outcome }: ReleaseRow, labOption: string): string {
  const commands =
    outcome === 'promoted'
      ? [`undo ${name} --wait`, `start ${name} --image canary --wait`]
      : [`start ${name} --image canary --wait`];
  return [
    'the lab goes on until Ctrl-C; in another terminal:',
    ...[`status ${name}`, ...commands].map(command => unbroken(`  npx sluice ${command}${labOption}`)),
    '',
  ].join('\n');
}
