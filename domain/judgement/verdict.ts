/** The verdict on a release or on one metric of it. `because` is one sentence that a person understands. */
export type Verdict =
  | { kind: 'healthy'; because: string }
  | { kind: 'watching'; because: string }
  /** `fault`: the source itself failed, so `hold.then: proceed` does not apply. */
  | { kind: 'inconclusive'; because: string; fault: boolean }
  | { kind: 'degraded'; because: string; metric: string };
