import type { TargetCounts } from '../../../adapters/router/targets.ts';
import type { Random } from '../random.ts';
import type { Quality } from './quality.ts';

interface Pod {
  readyAtEpochMs: number;
  diesAtEpochMs: number;
  /** When the load balancer calls its target healthy. */
  healthyAtEpochMs: number;
}

export interface PodTimes {
  /** Milliseconds until a pod is ready, the least and the most. */
  readyMs: readonly [number, number];
  /** Then until its target is healthy. */
  healthyMs: readonly [number, number];
}

/** The pods of one slot and their targets, in time. */
export class SlotPods {
  private pods: Pod[] = [];
  private readonly leaving: number[] = [];
  private isCut = false;
  private downUntilEpochMs = 0;
  private quality: Quality = { kind: 'good' };
  private readonly times: PodTimes;
  private readonly deregistrationMs: () => number;
  /** Until when a pod that begins now finds no node. */
  private readonly roomFromEpochMs: () => number;
  private readonly random: Random;

  constructor(options: {
    times: PodTimes;
    deregistrationMs: () => number;
    roomFromEpochMs: () => number;
    random: Random;
  }) {
    this.times = options.times;
    this.deregistrationMs = options.deregistrationMs;
    this.roomFromEpochMs = options.roomFromEpochMs;
    this.random = options.random;
  }

  /** When its size changed last. */
  sizedAtEpochMs = 0;

  get size(): number {
    return this.pods.length;
  }

  /** A new pod template: every pod is replaced by one of it. */
  replace(quality: Quality, nowEpochMs: number): void {
    const { size } = this;
    this.scale(0, nowEpochMs);
    this.quality = quality;
    this.isCut = false;
    this.scale(size, nowEpochMs);
  }

  scale(replicas: number, nowEpochMs: number): void {
    if (replicas !== this.size) this.sizedAtEpochMs = nowEpochMs;
    while (this.pods.length > replicas) {
      this.pods.pop();
      this.leaving.push(nowEpochMs + this.deregistrationMs());
    }
    if (replicas > 0 && this.pods.length === 0) this.isCut = false; // new pods, new targets
    while (this.pods.length < replicas) this.pods.push(this.newPod(nowEpochMs));
  }

  /** Pods that were there before the simulation began. */
  settle(nowEpochMs: number): void {
    for (const pod of this.pods) Object.assign(pod, { readyAtEpochMs: nowEpochMs, healthyAtEpochMs: nowEpochMs });
  }

  /** Every target leaves its group. */
  cut(nowEpochMs: number): void {
    this.isCut = true;
    for (const _ of this.pods) this.leaving.push(nowEpochMs + this.deregistrationMs());
  }

  /** Whether a rule names its group, so that the load balancer checks its targets. */
  isChecked = true;

  /** Whether a rule names the group: where none does its targets are checked by nobody, and are checked anew when one does. */
  setChecked(isChecked: boolean, nowEpochMs: number): void {
    if (isChecked && !this.isChecked) {
      for (const pod of this.pods) {
        const from = Math.max(nowEpochMs, pod.readyAtEpochMs);
        pod.healthyAtEpochMs = from + this.random.whole(...this.times.healthyMs);
      }
    }
    this.isChecked = isChecked;
  }

  /** All of them answer nothing until then: health checks fail, and so do requests. */
  failUntil(epochMs: number): void {
    this.downUntilEpochMs = epochMs;
  }

  /** A person has seen to it that what died lives, and stays alive. */
  mend(): void {
    if (this.quality.kind === 'dies' || this.quality.kind === 'flaps') this.quality = { kind: 'good' };
    this.downUntilEpochMs = 0;
    for (const pod of this.pods) pod.diesAtEpochMs = Number.POSITIVE_INFINITY;
  }

  available(nowEpochMs: number): number {
    return this.pods.filter(pod => pod.readyAtEpochMs <= nowEpochMs && this.lives(pod, nowEpochMs)).length;
  }

  /** How often each pod was started again. */
  restarts(nowEpochMs: number): number[] {
    return this.pods.map(pod => this.restartsOf(pod, nowEpochMs));
  }

  private restartsOf(pod: Pod, nowEpochMs: number): number {
    if (this.quality.kind !== 'flaps' || (this.quality.pods === 'one' && pod !== this.pods[0])) return 0;
    const { afterMs, everyMs } = this.quality;
    return Math.max(0, Math.floor((nowEpochMs - pod.readyAtEpochMs - afterMs) / everyMs) + 1);
  }

  /** Neither dead nor just ended and not up again, for a third of the time between two ends. */
  private lives(pod: Pod, nowEpochMs: number): boolean {
    if (nowEpochMs >= pod.diesAtEpochMs) return false;
    if (this.quality.kind !== 'flaps' || this.restartsOf(pod, nowEpochMs) === 0) return true;
    const { afterMs, everyMs } = this.quality;
    return (nowEpochMs - pod.readyAtEpochMs - afterMs) % everyMs >= everyMs / 3;
  }

  problem(nowEpochMs: number): string | undefined {
    if (this.pods.length === 0) return undefined;
    if (this.quality.kind === 'neverReady') return 'CrashLoopBackOff: exit code 1';
    return this.pods.some(pod => nowEpochMs >= pod.diesAtEpochMs) ? 'OOMKilled: exit code 137' : undefined;
  }

  counts(nowEpochMs: number): TargetCounts {
    const healthy = this.healthy(nowEpochMs);
    const leaving = this.leaving.filter(untilEpochMs => nowEpochMs < untilEpochMs).length;
    if (!this.isChecked) {
      const unused = this.isCut ? 0 : this.pods.length;
      return { healthy: 0, initial: 0, unhealthy: 0, draining: leaving, unused };
    }
    const initial = this.isCut ? 0 : this.pods.filter(pod => nowEpochMs < pod.healthyAtEpochMs).length;
    const unhealthy = this.isCut ? 0 : this.pods.length - healthy - initial;
    return { healthy, initial, unhealthy, draining: leaving, unused: 0 };
  }

  /** Targets that the load balancer sends to. */
  healthy(nowEpochMs: number): number {
    if (!this.isChecked || this.isCut || nowEpochMs < this.downUntilEpochMs) return 0;
    return this.pods.filter(pod => pod.healthyAtEpochMs <= nowEpochMs && this.lives(pod, nowEpochMs)).length;
  }

  private newPod(nowEpochMs: number): Pod {
    const readyAtEpochMs =
      this.quality.kind === 'neverReady'
        ? Number.POSITIVE_INFINITY
        : Math.max(nowEpochMs, this.roomFromEpochMs()) + this.random.whole(...this.times.readyMs);
    return {
      readyAtEpochMs,
      healthyAtEpochMs: readyAtEpochMs + this.random.whole(...this.times.healthyMs),
      diesAtEpochMs: this.quality.kind === 'dies' ? readyAtEpochMs + this.quality.afterMs : Number.POSITIVE_INFINITY,
    };
  }
}
