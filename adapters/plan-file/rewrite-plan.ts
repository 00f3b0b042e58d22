import { isMap, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { roundedText } from '../../domain/number-text.ts';
import type { Step } from '../../domain/plan/plan.ts';
import type { Detect } from '../../domain/statistics/sequential/detect.ts';
import { factsOf, WRITTEN_ANEW } from '../../domain/steps/plan-registry.ts';

/** What another plan is written with instead; the rest stays as it was written. */
export interface PlanChange {
  steps: readonly Step[];
  soakSeconds: number;
  deadlineSeconds: number;
  detect: Detect;
}

/**
 * The text of a plan's file with other steps, times and `detect`. Gates (hooks, approvals, analyses) stay as they were
 * written, in their order, and so does everything else, comments included.
 * @param text of a plan that passed its check
 */
export function rewritePlan(text: string, { steps, soakSeconds, deadlineSeconds, detect }: PlanChange): string {
  const document = parseDocument(text);
  const written = document.get('steps', true);
  const items = isSeq(written) ? written.items : [];
  const gates = items.filter(item => isMap(item) && !WRITTEN_ANEW.some(key => item.has(key)));
  const nodes = steps.map(step => {
    const { weight, seconds } = factsOf(step);
    if (weight !== undefined) return document.createNode({ [step.kind]: weight });
    if (seconds !== undefined) return document.createNode({ [step.kind]: writtenDuration(seconds) });
    return gates.shift() as YAMLMap;
  });
  if (isSeq(written)) written.items = nodes;
  const setDuration = (key: string, seconds: number) => {
    const given = document.get(key);
    // one that says nothing needs no line
    if (given !== undefined || seconds > 0) document.set(key, writtenDuration(seconds));
  };
  setDuration('soak', soakSeconds);
  setDuration('deadline', deadlineSeconds);
  const given = document.get('detect', true);
  const wanted = writtenDetect(detect);
  // key by key where there is one: comments stay where they are
  if (isMap(given)) for (const [key, value] of Object.entries(wanted)) given.set(key, value);
  else document.set('detect', document.createNode(wanted, { flow: true }));
  return document.toString({ lineWidth: 0 });
}

/** 300 is `5m`, 90 is `90s`, 5400 is `90m`. */
export const writtenDuration = (seconds: number): string => (seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`);

const percent = (share: number): string => `${roundedText(share * 100, 6)}%`;

const writtenDetect = ({ ratio, atLeast, power, gross }: Detect) => ({
  ratio,
  ...(atLeast === undefined ? {} : { atLeast: percent(atLeast) }),
  power: percent(power),
  ...(gross === undefined ? {} : { gross: percent(gross) }),
});
