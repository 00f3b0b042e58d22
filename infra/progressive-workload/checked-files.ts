import { Token } from 'aws-cdk-lib';
import { checkPlanInput } from '../../adapters/plan-file/check-plan-input.ts';
import { type Issue, pathText } from '../../domain/file/issue.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { checkWorkload } from '../../domain/workload-file.ts';
import type { ProgressiveWorkloadProps } from './props.ts';

const EXAMPLE = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012';
/** At synthesis the real ARNs are not known yet; these stand in for them while everything else is checked. */
const KNOWN_LATER = {
  rule: `${EXAMPLE}:listener-rule/app/known/later/rule`,
  blue: `${EXAMPLE}:targetgroup/known-later/blue`,
  green: `${EXAMPLE}:targetgroup/known-later/green`,
};

/** The two files that the construct registers, as plain data. */
export function filesOf({ workload, plan, port }: ProgressiveWorkloadProps, router: RouterArns) {
  const { rule, previewRule, blue, green } = router;
  return {
    workload: {
      apiVersion: 'sluice/v1',
      kind: 'Workload',
      port,
      ...workload,
      router: {
        kind: 'alb',
        rules: [rule],
        targetGroups: { blue, green },
        ...(previewRule !== undefined && { previewRule }),
      },
    },
    plan: { apiVersion: 'sluice/v1', kind: 'Plan', workload: workload.name, ...plan },
  };
}

export interface RouterArns {
  rule: string;
  previewRule?: string;
  blue: string;
  green: string;
}

/** Every mistake is found when the app is synthesised, before anything is deployed. @throws Error names each with its place */
export function checkFiles(props: ProgressiveWorkloadProps): Plan {
  const { previewPriority } = props;
  const preview = previewPriority === undefined ? {} : { previewRule: `${KNOWN_LATER.rule}-preview` };
  const { cluster } = props.workload;
  const name = Token.isUnresolved(cluster.name) ? 'known-later' : cluster.name;
  const known = { ...props, workload: { ...props.workload, cluster: { ...cluster, name } } };
  const files = filesOf(known, { ...KNOWN_LATER, ...preview });
  const workload = checkWorkload(files.workload);
  if (workload.kind === 'issues') throw new Error(textOf('workload', workload.issues));
  const plan = checkPlanInput(files.plan, workload.workload);
  if (plan.kind === 'issues') throw new Error(textOf('plan', plan.issues));
  return plan.plan;
}

const textOf = (what: string, issues: Issue[]): string =>
  issues
    .map(({ path, found, expected }) => `${[what, pathText(path)].join('.')}: found ${found}; expected ${expected}`)
    .join('\n');
