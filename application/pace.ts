import type { Clock } from '../adapters/clock.ts';
import type { Log } from '../adapters/log/log.ts';

/**
 * So many workloads at a time: all of hundreds at once would be as many sockets in one Lambda, and bursts that ECR and Step
 * Functions throttle.
 */
const AT_ONCE = 16;

/**
 * So many begin at once, then so many a second. Each asks Step Functions or ECR once, and DescribeExecution has a bucket of 250
 * that fills by 10 a second in most regions: 200 open releases take 200 out of it in 9 s, and half of it is left at the least.
 * https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
 */
const BURST = 20;
const PER_SECOND = 20;

/** When and how many at a time may begin. */
export interface Pace {
  /** How many may be on their way. */
  readonly atOnce: number;
  /** Waits until one more may begin. @returns false none may any more: time is up */
  begin(): Promise<boolean>;
  /** A service has no room for our calls: from now on one at a time. */
  throttled(because: string): void;
}

/** As many as may be on their way, and no more is asked. */
export const unhurried = (): Pace => ({ atOnce: AT_ONCE, begin: async () => true, throttled: () => {} });

/** The pace of one pass, which has to be over before the next one. */
export class PassPace implements Pace {
  atOnce = AT_ONCE;
  private began = 0;
  private readonly startedAtEpochMs: number;
  private readonly deps: { clock: Clock; log: Log; pause: (ms: number) => Promise<void> };
  private untilEpochMs = 0;
  private beganInPart = 0;

  constructor(deps: { clock: Clock; log: Log; pause: (ms: number) => Promise<void> }) {
    this.deps = deps;
    this.startedAtEpochMs = deps.clock.now();
  }

  /** Another part of the pass: until so long after its start may something begin, and a few of it in any case. */
  within(ms: number): this {
    this.untilEpochMs = this.startedAtEpochMs + ms;
    this.beganInPart = 0;
    return this;
  }

  async begin(): Promise<boolean> {
    if (this.isOver()) return false;
    const atEpochMs = this.startedAtEpochMs + ((this.began - BURST + 1) * 1000) / PER_SECOND;
    this.began += 1;
    this.beganInPart += 1;
    const waitMs = atEpochMs - this.deps.clock.now();
    if (waitMs > 0) await this.deps.pause(waitMs);
    return true;
  }

  throttled(because: string): void {
    if (this.atOnce === 1) return;
    this.atOnce = 1;
    this.deps.log.warn('throttled: one workload at a time for the rest of this pass', { because });
  }

  /** However late it is, what is on its way at once has begun: a pass in which nothing began would repeat itself for ever. */
  private isOver(): boolean {
    return this.beganInPart >= this.atOnce && this.deps.clock.now() >= this.untilEpochMs;
  }
}
