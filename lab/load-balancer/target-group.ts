import type { LabClock } from '../clock.ts';
import { type CheckResult, checkHealth } from './health-check.ts';
import type { TargetGroupSpec, TargetHealth, TargetState } from './model.ts';

/** Strong compression would make checks of 10 s run every few milliseconds: no more than 10 a second for each target. */
const CHECK_INTERVAL_AT_LEAST_MS = 100;

/** One registered target. */
export interface Target {
  host: string;
  port: number;
  state: TargetState;
  reason: string | undefined;
  /** Checks of the same result in a row. */
  inARow: { result: 'passed' | 'failed'; count: number };
  /** Lab's clock; set while its share grows. */
  slowStartFromEpochMs: number | undefined;
  /** What round robin still owes it. */
  credit: number;
  /** Cuts the requests in flight, when the deregistration delay is over. */
  inFlight: Set<() => void>;
  /** Stops its health checks and its deregistration's wait. */
  stop: AbortController;
}

/** A target group as the data plane uses it: its targets, their health, and whose turn it is. */
export class TargetGroup {
  spec: TargetGroupSpec;
  readonly #clock: LabClock;
  readonly #targets = new Map<string, Target>();
  #inUse = false;

  constructor(spec: TargetGroupSpec, clock: LabClock) {
    this.spec = spec;
    this.#clock = clock;
  }

  /** The same target twice is one target; a draining one comes back as a new one. */
  register(address: { host: string; port: number }): void {
    const key = keyOf(address);
    const known = this.#targets.get(key);
    if (known !== undefined && known.state !== 'draining') return;
    known?.stop.abort();
    const target: Target = {
      host: address.host,
      port: address.port,
      state: 'unused',
      reason: 'Target.NotInUse',
      inARow: { result: 'passed', count: 0 },
      slowStartFromEpochMs: undefined,
      credit: 0,
      inFlight: known?.inFlight ?? new Set(),
      stop: new AbortController(),
    };
    this.#targets.set(key, target);
    if (this.#inUse) this.#startChecks(target);
  }

  /** No new requests; after the delay the target is gone and what is still in flight is cut. Unknown ones are no error. */
  deregister(address: { host: string; port: number }): void {
    const key = keyOf(address);
    const target = this.#targets.get(key);
    if (target === undefined || target.state === 'draining') return;
    target.stop.abort();
    target.stop = new AbortController();
    target.state = 'draining';
    target.reason = 'Target.DeregistrationInProgress';
    const { signal } = target.stop;
    void this.#clock.sleep(this.spec.deregistrationDelaySeconds * 1000, signal).then(() => {
      if (signal.aborted) return;
      this.#targets.delete(key);
      for (const cut of target.inFlight) cut();
    });
  }

  /** A group in no rule is not checked: its targets are `unused`. Back in a rule they start anew. */
  setInUse(inUse: boolean): void {
    if (inUse === this.#inUse) return;
    this.#inUse = inUse;
    for (const target of this.#targets.values()) {
      if (target.state === 'draining') continue;
      target.stop.abort();
      target.stop = new AbortController();
      target.state = 'unused';
      target.reason = 'Target.NotInUse';
      if (inUse) this.#startChecks(target);
    }
  }

  health(): TargetHealth[] {
    return [...this.#targets.values()].map(({ host, port, state, reason }) => ({
      host,
      port,
      state,
      ...(reason === undefined ? {} : { reason }),
    }));
  }

  /**
   * The next target: the healthy ones in turn, each by its share while it starts slowly. With none healthy the group
   * fails open to every target that is not draining.
   * @returns undefined where there is none at all
   */
  next(): Target | undefined {
    const targets = [...this.#targets.values()];
    const healthy = targets.filter(target => target.state === 'healthy');
    const candidates = healthy.length > 0 ? healthy : targets.filter(target => target.state !== 'draining');
    // Smooth weighted round robin: everyone earns its share, the richest is taken and pays the sum of all shares.
    let sum = 0;
    let chosen: Target | undefined;
    for (const target of candidates) {
      const share = this.#shareOf(target);
      sum += share;
      target.credit += share;
      if (chosen === undefined || target.credit > chosen.credit) chosen = target;
    }
    if (chosen !== undefined) chosen.credit -= sum;
    return chosen;
  }

  close(): void {
    for (const target of this.#targets.values()) target.stop.abort();
    this.#targets.clear();
  }

  #shareOf(target: Target): number {
    const from = target.slowStartFromEpochMs;
    if (from === undefined) return 1;
    const share = (this.#clock.now() - from) / (this.spec.slowStartSeconds * 1000);
    if (share < 1) return Math.max(share, 0.01);
    target.slowStartFromEpochMs = undefined;
    return 1;
  }

  #startChecks(target: Target): void {
    target.state = 'initial';
    target.reason = 'Elb.RegistrationInProgress';
    target.inARow = { result: 'passed', count: 0 };
    void this.#checkUntilStopped(target, target.stop.signal);
  }

  async #checkUntilStopped(target: Target, signal: AbortSignal): Promise<void> {
    // the registration is visible as such until the next turn of the event loop, as in ELB before the first check
    await this.#clock.sleep(0, signal);
    while (!signal.aborted) {
      if (target.reason === 'Elb.RegistrationInProgress') target.reason = 'Elb.InitialHealthChecking';
      const startedAtMs = Date.now();
      const result = await checkHealth(target, this.spec.healthCheck);
      if (signal.aborted) return;
      this.#note(target, result);
      const intervalMs = Math.max(
        CHECK_INTERVAL_AT_LEAST_MS,
        this.#clock.wallMs(this.spec.healthCheck.intervalSeconds * 1000),
      );
      const restWallMs = Math.max(0, startedAtMs + intervalMs - Date.now());
      await this.#clock.sleep(restWallMs * this.#clock.spec.compress, signal);
    }
  }

  #note(target: Target, result: CheckResult): void {
    const kind = result === 'passed' ? 'passed' : 'failed';
    target.inARow = { result: kind, count: target.inARow.result === kind ? target.inARow.count + 1 : 1 };
    const { healthyThreshold, unhealthyThreshold } = this.spec.healthCheck;
    // "After your target is registered, it must pass one health check to be considered healthy": the threshold is for
    // the way back from unhealthy (ELB user guide, Health checks for Application Load Balancer target groups)
    const passesNeeded = target.state === 'initial' ? 1 : healthyThreshold;
    if (result === 'passed') {
      if (target.state !== 'healthy' && target.inARow.count >= passesNeeded) this.#becomeHealthy(target);
    } else if (target.inARow.count >= unhealthyThreshold) {
      target.state = 'unhealthy';
      target.reason = result;
    }
  }

  #becomeHealthy(target: Target): void {
    // "Newly registered targets enter slow start mode only when there is at least one healthy target that is not in
    // slow start mode" (the same guide): nobody else could take the load
    const somebodyElse = [...this.#targets.values()].some(
      other => other.state === 'healthy' && other.slowStartFromEpochMs === undefined,
    );
    target.state = 'healthy';
    target.reason = undefined;
    target.credit = 0;
    target.slowStartFromEpochMs = this.spec.slowStartSeconds > 0 && somebodyElse ? this.#clock.now() : undefined;
  }
}

const keyOf = (address: { host: string; port: number }): string => `${address.host}:${address.port}`;
