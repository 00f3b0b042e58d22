import { parse } from 'yaml';
import { type Issue, pathText } from '../../../domain/file/issue.ts';
import { checkPlan } from '../../../domain/plan/check-plan.ts';
import type { Workload } from '../../../domain/workload.ts';
import { changed } from '../../adapters/plan-file/plan-text.ts';

/** Every mistake of a plan's text, each with all that is said of it in one line. */
export function issuesOf(text: string, workload?: Workload): string[] {
  return issuesIn(parse(text), workload);
}

/** Every mistake of a plan's data. */
export function issuesIn(input: unknown, workload?: Workload): string[] {
  const checked = checkPlan(input, workload);
  return checked.kind === 'issues' ? checked.issues.map(issueText) : [];
}

const issueText = ({ path, at, found, expected, ...rest }: Issue): string =>
  `${at} ${pathText(path)}${'column' in rest ? ` column ${rest.column}` : ''}: ${found}; expected ${expected}${'guess' in rest ? `; perhaps ${rest.guess}` : ''}`;

const THRESHOLD = "{ kind: threshold, failureCondition: 'result[0] > 0.5' }";

/** The small plan with its last metric, metrics[2], measuring and judging in another way. */
export const withMetric = (source: string, judge = THRESHOLD): string =>
  changed(
    '{ kind: cloudwatch, value: { percentile: 99 } }\n    judge: { kind: relative, max: 1.2 }',
    `${source}${judge === '' ? '' : `\n    judge: ${judge}`}`,
  );
