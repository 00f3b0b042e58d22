/** How often what happened: whether the seeds really exercised what they are there for. */
export class Coverage {
  readonly counts: Record<string, number> = {};

  count(what: string, times = 1): void {
    this.counts[what] = (this.counts[what] ?? 0) + times;
  }

  add(counts: Record<string, number>): void {
    for (const [what, times] of Object.entries(counts)) this.count(what, times);
  }
}
