import type { SmokeLoadBalancer } from './load-balancer.ts';

/** A question that only AWS can answer, and how it is asked. */
export interface SmokeCheck {
  name: string;
  question: string;
  /** What Sluice takes for true until then, and where that stands. */
  assumed: string;
  /** What of Sluice changes where the answer is another one. */
  otherwise: string;
  run(alb: SmokeLoadBalancer): Promise<Record<string, unknown>>;
}
