import type { LoadBalancerMetrics } from './model.ts';

/** Four hours of the lab's clock: more than any release in the lab looks back, and a bound on memory. */
const MINUTES_KEPT = 240;
const MINUTE_MS = 60_000;

/** Why the load balancer answered itself. */
export type OwnAnswer = 502 | 503 | 504;

interface Minute {
  counts: Map<string, number>;
  responseTimes: Map<string, number[]>;
}

const NO_TIMES: readonly number[] = [];

/**
 * Counts per minute of the lab's clock. A request is counted, with everything known of it, in the minute in which its
 * outcome is known (the answer's end, or the load balancer's own answer): counted at its arrival, requests in flight at
 * the turn of a minute would look like requests without an answer, and at the answer's headers, one that is broken off
 * would look like a good one. Whether ELB counts those so, only AWS can show (docs/only-aws.md).
 */
export class MinuteMetrics implements LoadBalancerMetrics {
  readonly #minutes = new Map<number, Minute>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  count(name: string, targetGroupArn: string | undefined, minuteEpochMs: number): number | undefined {
    return this.#minutes.get(minuteEpochMs)?.counts.get(keyOf(name, targetGroupArn));
  }

  responseTimes(targetGroupArn: string, minuteEpochMs: number): readonly number[] {
    return this.#minutes.get(minuteEpochMs)?.responseTimes.get(targetGroupArn) ?? NO_TIMES;
  }

  /** The target answered, wholly. @param seconds from sending the request to the answer's headers, wall clock */
  answered(targetGroupArn: string, status: number, seconds: number): void {
    const minute = this.#current();
    add(minute, 'RequestCount', targetGroupArn);
    if (status >= 200 && status <= 599)
      add(minute, `HTTPCode_Target_${Math.floor(status / 100)}XX_Count`, targetGroupArn);
    const times = minute.responseTimes.get(targetGroupArn);
    if (times === undefined) minute.responseTimes.set(targetGroupArn, [seconds]);
    else times.push(seconds);
  }

  /** A target was chosen and no whole answer came of it: the target broke it off, the client went away, or the load balancer answers itself next. */
  notAnswered(targetGroupArn: string, { connectionFailed }: { connectionFailed: boolean }): void {
    const minute = this.#current();
    add(minute, 'RequestCount', targetGroupArn);
    if (connectionFailed) add(minute, 'TargetConnectionErrorCount', targetGroupArn);
  }

  /** The load balancer made the answer: counted for it as a whole, for no target group. */
  ownAnswer(status: OwnAnswer): void {
    const minute = this.#current();
    add(minute, 'HTTPCode_ELB_5XX_Count', undefined);
    add(minute, `HTTPCode_ELB_${status}_Count`, undefined);
  }

  #current(): Minute {
    const startEpochMs = Math.floor(this.#now() / MINUTE_MS) * MINUTE_MS;
    const known = this.#minutes.get(startEpochMs);
    if (known !== undefined) return known;
    const minute: Minute = { counts: new Map(), responseTimes: new Map() };
    this.#minutes.set(startEpochMs, minute);
    for (const start of this.#minutes.keys()) {
      if (start <= startEpochMs - MINUTES_KEPT * MINUTE_MS) this.#minutes.delete(start);
    }
    return minute;
  }
}

const keyOf = (name: string, targetGroupArn: string | undefined): string => `${name} ${targetGroupArn ?? ''}`;

function add(minute: Minute, name: string, targetGroupArn: string | undefined): void {
  const key = keyOf(name, targetGroupArn);
  minute.counts.set(key, (minute.counts.get(key) ?? 0) + 1);
}
