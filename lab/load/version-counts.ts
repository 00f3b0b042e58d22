import { emptyTally, type LoadReport, withoutTheirAnswer } from './report.ts';

/** What the client saw of one version: its requests by how they ended, and how long the answers took. */
export interface VersionCounts {
  requests: number;
  '2xx': number;
  '3xx': number;
  '4xx': number;
  '5xx': number;
  /** The program gave no whole answer: the client got a 502, 503 or 504 of the load balancer, or nothing. */
  noAnswer: number;
  /** Of the program's answers, in milliseconds, right to within 2 %. Null where there is none. */
  p50Ms: number | null;
  p99Ms: number | null;
}

/** @param groupName undefined where there is no such version: then nothing was sent to it */
export function versionCounts(report: LoadReport, groupName: string | undefined): VersionCounts {
  const tally = (groupName === undefined ? undefined : report.groups[groupName]) ?? emptyTally();
  const { answers, p50Ms, p99Ms } = tally;
  const noAnswer = withoutTheirAnswer(tally);
  const answered = answers['2xx'] + answers['3xx'] + answers['4xx'] + answers['5xx'];
  return {
    requests: answered + tally.loadBalancer.other + noAnswer,
    ...answers,
    noAnswer,
    p50Ms: p50Ms === undefined ? null : roundedMs(p50Ms),
    p99Ms: p99Ms === undefined ? null : roundedMs(p99Ms),
  };
}

/** To a tenth: below that the computer is measured. */
const roundedMs = (ms: number): number => Math.round(ms * 10) / 10;
