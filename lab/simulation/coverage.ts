/** What is not added up begins so. */
const MOST = 'most ';

/** How often what happened: whether the seeds really exercised what they are there for. */
export class Coverage {
  readonly counts: Record<string, number> = {};

  count(what: string, times = 1): void {
    this.counts[what] = (this.counts[what] ?? 0) + times;
  }

  /** The most that was met at once. */
  most(what: string, value: number): void {
    this.counts[what] = Math.max(this.counts[what] ?? 0, value);
  }

  add(counts: Record<string, number>): void {
    for (const [what, times] of Object.entries(counts)) {
      if (what.startsWith(MOST)) this.most(what, times);
      else this.count(what, times);
    }
  }
}
