import type { Plan, Step } from './plan.ts';

/**
 * The steps of a plan whose soak keeps `control` per cent of the requests on the stable version, so that there is something
 * to compare with (docs/statistics.md (b)): no weight goes above what is left, the soak is a bake there that nothing ends
 * early, and the last requests move at its end.
 * @param control per cent, 1 to 5
 */
export function withControl(
  steps: readonly Step[],
  soakSeconds: number,
  control: number,
): Pick<Plan, 'steps' | 'soakSeconds'> {
  const most = 100 - control;
  const capped: Step[] = [];
  let isCapped = false;
  for (const step of steps) {
    if (step.kind !== 'setWeight' || step.weight < most) {
      capped.push(step);
    } else if (!isCapped) {
      isCapped = true;
      capped.push({ ...step, weight: most });
    }
  }
  return {
    steps: [...capped, { kind: 'bake', seconds: soakSeconds, control }, { kind: 'setWeight', weight: 100 }],
    soakSeconds: 0,
  };
}

/** Per cent that the canary has at most before the release ends. */
export const mostWeight = (steps: readonly Step[]): number => {
  const soak = steps.find(isSoakStep);
  return 100 - (soak?.control ?? 0);
};

/** Steps and soak as a person writes them, whatever `withControl` made of them. */
export function withoutControl({
  steps,
  soakSeconds,
}: Pick<Plan, 'steps' | 'soakSeconds'>): Pick<Plan, 'steps' | 'soakSeconds'> {
  const soak = steps.find(isSoakStep);
  if (soak === undefined) return { steps: [...steps], soakSeconds };
  const written = steps.slice(0, steps.indexOf(soak));
  const last = written.findLastIndex(({ kind }) => kind === 'setWeight');
  return {
    steps: written.map((step, index) => (index === last ? { kind: 'setWeight', weight: 100 } : step)),
    soakSeconds: soak.seconds,
  };
}

/** Whether this step of a plan (or what comes after its last one) is its soak. */
export const isSoak = ({ steps }: Plan, index: number): boolean => {
  const step = steps[index];
  return step === undefined || isSoakStep(step);
};

const isSoakStep = (step: Step): step is Extract<Step, { kind: 'bake' }> & { control: number } =>
  step.kind === 'bake' && step.control !== undefined;
