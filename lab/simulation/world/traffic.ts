import type { MetricReading, ReadRequest } from '../../../adapters/metrics/metric-source.ts';
import { type Dial, otherSlot, type Slot } from '../../../domain/dial.ts';
import { drawBinomial } from '../../../domain/statistics/draws.ts';
import type { Counts } from '../../../domain/windows/reading.ts';
import { randomOf } from '../random.ts';
import { type Quality, USUAL_FAILURE_SHARE } from './quality.ts';

export interface TrafficSpec {
  requestsPerSecond: number;
  /** How long after its end a window's counts are seen, the least and the most. */
  lateMs: readonly [number, number];
  /** Then for so long only a part of them. */
  growsForMs: number;
  /** Of windows whose counts are never published, 0 to 1. */
  missingShare: number;
  /** Of the requests in the seconds after a turn of ours, 0 to 1: what a load balancer does while it propagates. */
  noiseShare: number;
}

/** Shorter than what the product allows for propagation (30 s), so that the noise ends within it. */
const NOISE_MS = 25_000;

interface Turn {
  atEpochMs: number;
  dial: Dial;
  noisy: boolean;
}

export interface WindowTruth {
  requests: number;
  failed: number;
  /** The greatest chance, 0 to 1, that a request of it had to fail. */
  worstShare: number;
  /** When its counts are there, at first a part of them; undefined: never. */
  seenAtEpochMs: number | undefined;
  wholeAtEpochMs: number;
}

/** The requests of one workload, and what is published of them: by the dial as it was, not as anybody believes it was. */
export class Traffic {
  private readonly turns: Turn[] = [];
  private readonly qualities: Record<Slot, { quality: Quality; sinceEpochMs: number }[]> = { blue: [], green: [] };
  private readonly spec: TrafficSpec;
  private readonly seed: number;

  constructor(spec: TrafficSpec, seed: number) {
    this.spec = spec;
    this.seed = seed;
  }

  serves(slot: Slot, quality: Quality): void {
    this.qualities[slot].push({ quality, sinceEpochMs: Date.now() });
  }

  turned(dial: Dial, nowEpochMs: number, noisy: boolean): void {
    const last = this.turns.at(-1)?.dial;
    if (last?.blue === dial.blue && last.green === dial.green) return;
    this.turns.push({ atEpochMs: nowEpochMs, dial, noisy });
  }

  /** What the source says of these windows by now. */
  read(request: ReadRequest): MetricReading[] {
    return request.metrics.flatMap(({ name }) =>
      request.windows.map(({ startEpochMs, endEpochMs }) => {
        const of = (slot: Slot) => this.published(slot, { startEpochMs, endEpochMs });
        const reading = { kind: 'counts', canary: of(request.canary), stable: of(otherSlot(request.canary)) } as const;
        return { metric: name, startEpochMs, endEpochMs, reading };
      }),
    );
  }

  private published(slot: Slot, window: { startEpochMs: number; endEpochMs: number }): Counts | null {
    const { requests, failed, seenAtEpochMs, wholeAtEpochMs } = this.truthOf(slot, window);
    // silent without traffic, as CloudWatch is
    if (requests === 0 || seenAtEpochMs === undefined || Date.now() < seenAtEpochMs) return null;
    const part = Date.now() < wholeAtEpochMs ? 0.8 : 1;
    const seen = Math.max(1, Math.round(requests * part));
    return { requests: seen, bad: [Math.min(seen, Math.round(failed * part))] };
  }

  private readonly over = new Map<string, WindowTruth>();

  /** What happened in a window that is over, and when it is published: known to nobody but the simulation. */
  truthOf(slot: Slot, window: { startEpochMs: number; endEpochMs: number }): WindowTruth {
    const key = `${slot} ${window.startEpochMs} ${window.endEpochMs}`;
    const known = this.over.get(key);
    if (known !== undefined) return known;
    const { lateMs, growsForMs, missingShare, requestsPerSecond } = this.spec;
    const random = randomOf(this.seed, `${slot} ${window.startEpochMs}`);
    const seenAtEpochMs = window.endEpochMs + random.whole(...lateMs);
    const wholeAtEpochMs = seenAtEpochMs + random.whole(0, growsForMs);
    const isMissing = random.chance(missingShare);
    let requests = 0;
    let failed = 0;
    let worstShare = 0;
    for (const piece of this.pieces(slot, window)) {
      const sent = Math.round((requestsPerSecond * piece.share * (piece.untilMs - piece.fromMs)) / 1000);
      requests += sent;
      failed += drawBinomial(random, sent, piece.failureShare);
      if (sent > 0) worstShare = Math.max(worstShare, piece.failureShare);
    }
    const truth = {
      requests,
      failed,
      worstShare,
      seenAtEpochMs: isMissing ? undefined : seenAtEpochMs,
      wholeAtEpochMs,
    };
    if (window.endEpochMs <= Date.now()) this.over.set(key, truth);
    return truth;
  }

  /** The window cut where the dial was turned, where a noise ends and where a quality begins. */
  private *pieces(slot: Slot, { startEpochMs, endEpochMs }: { startEpochMs: number; endEpochMs: number }) {
    const firstSeen = this.turns.find(turn => turn.dial[slot] > 0)?.atEpochMs ?? Number.POSITIVE_INFINITY;
    const cuts = new Set([startEpochMs, endEpochMs]);
    for (const turn of this.turns) {
      cuts.add(turn.atEpochMs);
      if (turn.noisy) cuts.add(turn.atEpochMs + NOISE_MS);
    }
    for (const { quality, sinceEpochMs } of this.qualities[slot]) {
      cuts.add(sinceEpochMs);
      if (quality.kind !== 'bad') continue;
      const from = this.firstSeenSince(slot, sinceEpochMs, firstSeen) + quality.afterMs;
      cuts.add(from);
      cuts.add(from + (quality.forMs ?? 0));
    }
    const inside = [...cuts].filter(at => at >= startEpochMs && at <= endEpochMs).sort((a, b) => a - b);
    for (const [index, fromMs] of inside.entries()) {
      const untilMs = inside[index + 1];
      if (untilMs === undefined) return;
      const turn = this.turns.findLast(({ atEpochMs }) => atEpochMs <= fromMs);
      const noisy = turn?.noisy === true && fromMs < turn.atEpochMs + NOISE_MS;
      const usual = this.failureShareAt(slot, fromMs, firstSeen);
      yield {
        fromMs,
        untilMs,
        share: (turn?.dial[slot] ?? 0) / 100,
        failureShare: noisy ? Math.max(usual, this.spec.noiseShare) : usual,
      };
    }
  }

  private failureShareAt(slot: Slot, atEpochMs: number, firstSeen: number): number {
    const now = this.qualities[slot].findLast(({ sinceEpochMs }) => sinceEpochMs <= atEpochMs);
    if (now?.quality.kind !== 'bad') return USUAL_FAILURE_SHARE;
    const from = this.firstSeenSince(slot, now.sinceEpochMs, firstSeen) + now.quality.afterMs;
    const isBad = atEpochMs >= from && atEpochMs < from + (now.quality.forMs ?? Number.POSITIVE_INFINITY);
    return isBad ? now.quality.failureShare : USUAL_FAILURE_SHARE;
  }

  /** The first request to what the slot serves since then. */
  private firstSeenSince(slot: Slot, sinceEpochMs: number, firstSeen: number): number {
    if (firstSeen >= sinceEpochMs) return firstSeen;
    const again = this.turns.find(turn => turn.atEpochMs >= sinceEpochMs && turn.dial[slot] > 0);
    return again?.atEpochMs ?? Number.POSITIVE_INFINITY;
  }
}
