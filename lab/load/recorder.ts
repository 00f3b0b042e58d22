import { Latencies } from './latencies.ts';
import { emptyTally, type LoadReport, type Tally } from './report.ts';

/** How one request ended, as the client saw it. */
export type RequestOutcome =
  | { kind: 'answer'; status: number; byLoadBalancer: boolean; groupName: string | undefined; latencyMs: number }
  /** `groupName` where the answer's headers had come before it was cut. */
  | { kind: 'noAnswer'; groupName: string | undefined };

interface Recorded {
  tally: Tally;
  latencies: Latencies;
}

/** Adds up outcomes; `report()` can be read at any time. */
export class Recorder {
  readonly #startedAtEpochMs: number;
  readonly #slowMs: number;
  readonly #groups = new Map<string, Recorded>();
  readonly #noGroup: Recorded = { tally: emptyTally(), latencies: new Latencies() };
  #sent = 0;
  #ended = 0;
  #latestMs = 0;

  /** @param slowMs an answer that takes longer is slow, which is bad; Infinity: none is */
  constructor(startedAtEpochMs: number, slowMs: number) {
    this.#startedAtEpochMs = startedAtEpochMs;
    this.#slowMs = slowMs;
  }

  sent(count: number, lateMs: number): void {
    this.#sent += count;
    this.#latestMs = Math.max(this.#latestMs, lateMs);
  }

  ended(outcome: RequestOutcome, nowEpochMs: number): void {
    this.#ended += 1;
    const { tally, latencies } = this.#of(outcome.groupName);
    if (outcome.kind === 'noAnswer') {
      tally.noAnswer += 1;
      noteFailure(tally, nowEpochMs);
      return;
    }
    if (outcome.byLoadBalancer) {
      noteOwnAnswer(tally, outcome.status, nowEpochMs);
      return;
    }
    latencies.add(outcome.latencyMs);
    const family = classOf(outcome.status);
    tally.answers[family] += 1;
    if (family === '5xx') noteFailure(tally, nowEpochMs);
    if (family === '4xx') tally.first4xxEpochMs ??= nowEpochMs;
    if (outcome.latencyMs > this.#slowMs) {
      tally.slow += 1;
      tally.firstSlowEpochMs ??= nowEpochMs;
      tally.firstBadEpochMs ??= nowEpochMs;
    }
  }

  inFlight(): number {
    return this.#sent - this.#ended;
  }

  report(endedAtEpochMs?: number): LoadReport {
    return {
      startedAtEpochMs: this.#startedAtEpochMs,
      ...(endedAtEpochMs === undefined ? {} : { endedAtEpochMs }),
      sent: this.#sent,
      inFlight: this.inFlight(),
      groups: Object.fromEntries([...this.#groups].map(([name, recorded]) => [name, withQuantiles(recorded)])),
      noGroup: withQuantiles(this.#noGroup),
      latestMs: this.#latestMs,
    };
  }

  #of(groupName: string | undefined): Recorded {
    if (groupName === undefined) return this.#noGroup;
    let recorded = this.#groups.get(groupName);
    if (recorded === undefined) {
      recorded = { tally: emptyTally(), latencies: new Latencies() };
      this.#groups.set(groupName, recorded);
    }
    return recorded;
  }
}

function noteOwnAnswer(tally: Tally, status: number, nowEpochMs: number): void {
  if (status === 503 && tally.firstFailureEpochMs !== undefined) {
    tally.outOfServiceAfterFailure += 1;
  } else if (status === 502 || status === 503 || status === 504) {
    tally.loadBalancer[`${status}`] += 1;
    // a 503 is no failure of the group's own: it must not make the next 503 look like one that followed a failure
    if (status === 503) tally.firstBadEpochMs ??= nowEpochMs;
    else noteFailure(tally, nowEpochMs);
  } else {
    tally.loadBalancer.other += 1;
  }
}

function noteFailure(tally: Tally, nowEpochMs: number): void {
  tally.firstFailureEpochMs ??= nowEpochMs;
  tally.firstBadEpochMs ??= nowEpochMs;
}

const classOf = (status: number): keyof Tally['answers'] =>
  status >= 500 ? '5xx' : status >= 400 ? '4xx' : status >= 300 ? '3xx' : '2xx';

function withQuantiles({ tally, latencies }: Recorded): Tally {
  const p50Ms = latencies.quantile(0.5);
  const p99Ms = latencies.quantile(0.99);
  return structuredClone({
    ...tally,
    ...(p50Ms === undefined ? {} : { p50Ms }),
    ...(p99Ms === undefined ? {} : { p99Ms }),
  });
}
