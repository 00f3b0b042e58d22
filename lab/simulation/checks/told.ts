import type { Slot } from '../../../domain/dial.ts';
import type { Entry, Fact } from '../../../domain/ledger/facts.ts';
import { ToldRelease } from './told-release.ts';

/** A whole workload as its lines tell it, folded apart from the product. */
export class Told {
  readonly releases = new Map<string, ToldRelease>();
  active: ToldRelease | undefined;
  waiting: ToldRelease | undefined;
  /** What was promoted last, or recorded by a person since; undefined: neither was. */
  live: { slot: Slot; revision: string } | undefined;

  /** @returns the release that the line is about; undefined where it was never requested */
  take(entry: Entry, landedAtEpochMs: number): ToldRelease | undefined {
    const line = { ...entry, landedAtEpochMs };
    if (isRequest(line)) {
      const requested = new ToldRelease(line);
      this.releases.set(entry.releaseId, requested);
      if (this.active === undefined) this.active = requested;
      else this.waiting = requested; // the one that waited is superseded
      return requested;
    }
    const release = this.releases.get(entry.releaseId);
    release?.take(line);
    const { fact } = entry;
    if (fact.kind === 'liveRecorded' && this.active === undefined) {
      this.live = { slot: fact.slot, revision: fact.revision };
    }
    if (entry.fact.kind === 'closed') this.end(release, entry.fact.outcome);
    return release;
  }

  private end(release: ToldRelease | undefined, outcome: string): void {
    if (release === undefined) return;
    const { admission } = release;
    if (outcome === 'promoted' && admission !== undefined) {
      this.live = { slot: admission.canary, revision: admission.revision };
    }
    if (release === this.active) {
      this.active = this.waiting;
      this.waiting = undefined;
    } else if (release === this.waiting) {
      this.waiting = undefined;
    }
  }
}

const isRequest = <Line extends Entry>(line: Line): line is Line & { fact: Extract<Fact, { kind: 'requested' }> } =>
  line.fact.kind === 'requested';
