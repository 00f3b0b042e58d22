import { Token } from 'aws-cdk-lib';
import { checkPlanInput } from '../../adapters/plan-file/check-plan-input.ts';
import { type Issue, pathText } from '../../domain/file/issue.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { checkWorkload } from '../../domain/workload-file.ts';
import type { ProgressiveWorkloadProps } from './props.ts';
import { routerConstructOf } from './router-registry.ts';

/** The two files that the construct registers, as plain data. @param router of the workload's file */
export function filesOf({ workload, plan, router: props }: ProgressiveWorkloadProps, router: object) {
  return {
    workload: {
      apiVersion: 'sluice/v1',
      kind: 'Workload',
      ...routerConstructOf(props).workloadOf(props),
      ...workload,
      router,
    },
    plan: { apiVersion: 'sluice/v1', kind: 'Plan', workload: workload.name, ...plan },
  };
}

/** Every mistake is found when the app is synthesised, before anything is deployed. @throws Error names each with its place */
export function checkFiles(props: ProgressiveWorkloadProps): Plan {
  const { cluster } = props.workload;
  const name = Token.isUnresolved(cluster.name) ? 'known-later' : cluster.name;
  const known = { ...props, workload: { ...props.workload, cluster: { ...cluster, name } } };
  const kind = routerConstructOf(props.router);
  // at synthesis the real ARNs are not known yet
  const files = filesOf(known, kind.knownLater(props.router));
  const workload = checkWorkload(files.workload);
  if (workload.kind === 'issues') throw new Error(textOf('workload', workload.issues));
  const plan = checkPlanInput(files.plan, workload.workload);
  if (plan.kind === 'issues') throw new Error(textOf('plan', plan.issues));
  kind.check(props.router, plan.plan);
  return plan.plan;
}

const textOf = (what: string, issues: Issue[]): string =>
  issues
    .map(({ path, found, expected }) => `${[what, pathText(path)].join('.')}: found ${found}; expected ${expected}`)
    .join('\n');
