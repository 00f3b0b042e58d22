/** What the client saw of the requests that one target group answered, or of those that name none. */
export interface Tally {
  /** Answers that came from a target, by class of status. */
  answers: { '2xx': number; '3xx': number; '4xx': number; '5xx': number };
  /** Answers that the load balancer made itself, other than the next. */
  loadBalancer: { '502': number; '503': number; '504': number; other: number };
  /**
   * Of the group: 503 of the load balancer after the group had already failed on its own. Its targets took themselves
   * out of service; a 503 before any failure is in `loadBalancer`, for then someone sent traffic to an empty group.
   */
  outOfServiceAfterFailure: number;
  /** Connection reset, cut in the middle of the answer, or no whole answer within the time-out. */
  noAnswer: number;
  /** Answers of targets that took longer than `slowMs`. */
  slow: number;
  /** Of whole answers, from sending to the last byte; right to within 2 %. Absent without one. */
  p50Ms?: number;
  p99Ms?: number;
  /** Wall clock of the first 5xx, LB 502/503/504 or request without an answer. */
  firstFailureEpochMs?: number;
  /** Wall clock of the first answer 4xx of a target, and of the first slow one. */
  first4xxEpochMs?: number;
  firstSlowEpochMs?: number;
  /** Wall clock of the first failure or of the first slow answer. */
  firstBadEpochMs?: number;
}

export interface LoadReport {
  startedAtEpochMs: number;
  /** Absent while it runs. */
  endedAtEpochMs?: number;
  sent: number;
  inFlight: number;
  /** By the name of the target group that the answer's header gives. */
  groups: Record<string, Tally>;
  /** Without that header: nothing came back, or the load balancer had not chosen a group. */
  noGroup: Tally;
  /** The longest that a request left after its time: how far this machine was behind. */
  latestMs: number;
}

export const emptyTally = (): Tally => ({
  answers: { '2xx': 0, '3xx': 0, '4xx': 0, '5xx': 0 },
  loadBalancer: { '502': 0, '503': 0, '504': 0, other: 0 },
  outOfServiceAfterFailure: 0,
  noAnswer: 0,
  slow: 0,
});

/** No whole answer, or one that the load balancer made as 502, 503 or 504. */
export const withoutTheirAnswer = (tally: Tally): number =>
  tally.noAnswer +
  tally.loadBalancer['502'] +
  tally.loadBalancer['503'] +
  tally.loadBalancer['504'] +
  tally.outOfServiceAfterFailure;

const sum = (report: LoadReport, of: (tally: Tally) => number): number =>
  [report.noGroup, ...Object.values(report.groups)].reduce((total, tally) => total + of(tally), 0);

/** Requests that failed: 5xx from wherever, or no answer. */
export const failedOf = (report: LoadReport): number =>
  sum(report, tally => tally.answers['5xx'] + withoutTheirAnswer(tally));

/**
 * Requests that failed because of the canary: its own 5xx, the load balancer's 502 and 504 for it, an answer of it that
 * was cut, and the 503 after it had put itself out of service.
 * @param isGone its pods went away under traffic (the release went back as notReady): then every 503 for it is its own
 */
export function failedByCanary(report: LoadReport, canaryGroupName: string, isGone = false): number {
  const canary = report.groups[canaryGroupName];
  return canary === undefined ? 0 : canary.answers['5xx'] + unansweredByCanary(canary, isGone);
}

const unansweredByCanary = (canary: Tally, isGone: boolean): number =>
  withoutTheirAnswer(canary) - (isGone ? 0 : canary.loadBalancer['503']);

/**
 * Requests without an answer, or with a 502, 503 or 504 of the load balancer, that the canary did not cause: what Sluice
 * promises to be 0. A 503 for a canary that had not failed yet counts: traffic went to a group without targets.
 * @param canaryGroupName undefined where there is no canary: then all of them are lost   @param isGone as above
 */
export function lostOf(report: LoadReport, canaryGroupName: string | undefined, isGone = false): number {
  const canary = canaryGroupName === undefined ? undefined : report.groups[canaryGroupName];
  const causedByCanary = canary === undefined ? 0 : unansweredByCanary(canary, isGone);
  return sum(report, withoutTheirAnswer) - causedByCanary;
}

/** Answers that came from targets, of any status. */
export const answeredOf = (report: LoadReport): number =>
  sum(report, ({ answers }) => answers['2xx'] + answers['3xx'] + answers['4xx'] + answers['5xx']);
