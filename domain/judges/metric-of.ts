import type { MetricSourceSpec } from '../sources/measure.ts';

/** What every judge's part of a plan has: which judge it is. */
export interface AnyJudgeSpec {
  kind: string;
}

/** A metric that is judged by one kind of judge. */
export interface MetricOf<Spec> {
  name: string;
  source: MetricSourceSpec;
  judge: Spec;
}
