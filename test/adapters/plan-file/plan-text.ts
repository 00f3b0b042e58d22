import type { Mistake } from '../../../adapters/plan-file/mistake.ts';
import { parsePlan } from '../../../adapters/plan-file/read-plan.ts';
import type { Plan } from '../../../domain/plan/plan.ts';
import type { Workload } from '../../../domain/workload.ts';

/** A small valid plan; tests change one line of it. */
export const SMALL_PLAN = `apiVersion: sluice/v1
kind: Plan
workload: checkout
strategy: canary
deadline: 1h
window: 60s
metrics:
  - name: errors
    source: { kind: cloudwatch, bad: failedRequests }
    judge: { kind: relative, max: 1.5, ceiling: 1% }
  - name: failing
    source: { kind: cloudwatch, bad: failedRequests }
    judge: { kind: threshold, successCondition: 'result[0] < 0.05', count: 10 }
  - name: p99
    source: { kind: cloudwatch, value: { percentile: 99 } }
    judge: { kind: relative, max: 1.2 }
steps:
  - hook: { name: smoke, url: 'https://hooks.example.com/smoke' }
  - setWeight: 5
  - bake: 5m
  - analysis: { metrics: [failing], count: 10 }
  - approval: { name: go-live, groups: [leads] }
  - setWeight: 100
soak: 15m
`;

/** The small plan with one piece of its text replaced; the piece must be there. */
export function changed(from: string, to: string, text = SMALL_PLAN): string {
  if (!text.includes(from)) throw new Error(`the plan has no '${from}'`);
  return text.replace(from, to);
}

export function planOf(text: string, workload?: Workload): Plan {
  const parsed = parsePlan(text, 'plan.yaml', workload);
  if (parsed.kind === 'plan') return parsed.plan;
  throw new Error(`mistakes in a plan that has none: ${parsed.mistakes.map(shortly).join('; ')}`);
}

export function mistakesOf(text: string, workload?: Workload): Mistake[] {
  const parsed = parsePlan(text, 'plan.yaml', workload);
  return parsed.kind === 'mistakes' ? parsed.mistakes : [];
}

/** The text under the caret and what was found: what a person looks at first. */
export function shortly({ at, found }: Mistake): string {
  if (at === undefined) return `- ${found}`;
  return `${at.lineText.slice(at.column - 1, at.column - 1 + at.length)} <- ${found}`;
}
