/** The verdict on a release or on one metric of it. `because` is one sentence that a person understands. */
export type Verdict =
  | { kind: 'healthy'; because: string }
  | { kind: 'watching'; because: string }
  /**
   * `fault`: the source itself failed, so `hold.then: proceed` does not apply. `unseen`: a gross fault would have been seen;
   * says what would not, which is what a release that goes on after its hold goes on with.
   */
  | { kind: 'inconclusive'; because: string; fault: boolean; unseen?: string }
  | { kind: 'degraded'; because: string; metric: string };
