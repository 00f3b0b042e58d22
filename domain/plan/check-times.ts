import { secondsOf } from '../file/checked-units.ts';
import { valueOr, viewOf } from '../file/draft-view.ts';
import type { Issue, Path } from '../file/issue.ts';
import { durationText } from '../file/units.ts';
import { SOURCE_PLANS } from '../sources/plan-registry.ts';
import { DEFAULTS } from './defaults.ts';
import { metricsOf } from './draft-view.ts';
import type { PlanDraft } from './plan-schema.ts';

/** The rules between the plan's times: windows, and a deadline that can be kept. */
export function checkTimes(draft: PlanDraft, input: object): Issue[] {
  return [...checkWindow(draft), ...checkLongEnough(draft, input), ...checkDeadline(draft, input)];
}

const seconds = (text: string | undefined, otherwise: string): number => secondsOf(text ?? otherwise);

function checkWindow(draft: PlanDraft): Issue[] {
  const windowSeconds = seconds(draft.window, DEFAULTS.window);
  const kinds = metricsOf(draft).map(({ metric }) => metric.source?.kind);
  return SOURCE_PLANS.flatMap(({ facts, period }): Issue[] => {
    if (period === undefined || !kinds.some(kind => kind === facts.kind)) return [];
    if (windowSeconds % period.seconds === 0) return [];
    const expected = `a multiple of ${period.seconds}s: ${period.because}`;
    const guess = `${Math.ceil(windowSeconds / period.seconds) * period.seconds}s`;
    return [{ path: ['window'], at: 'value', found: `'${draft.window}'`, expected, guess }];
  });
}

/** What is over before its first window is says nothing of the canary. A plan without metrics judges nothing anyway. */
function checkLongEnough(draft: PlanDraft, input: object): Issue[] {
  const window = valueOr(viewOf(draft.window, input, ['window']), DEFAULTS.window);
  const metrics = valueOr(viewOf(draft.metrics, input, ['metrics']), []);
  // metrics that are a mistake as a whole were meant to judge
  if (window === undefined || metrics?.length === 0) return [];
  const windowSeconds = secondsOf(window);
  const times: [Path, string | undefined][] = (draft.steps ?? []).map((step, index) => [
    ['steps', index, 'bake'],
    step?.bake,
  ]);
  return [...times, [['soak'], draft.soak] as const].flatMap(([path, text]): Issue[] => {
    const lasts = seconds(text, '0s');
    if (text === undefined || lasts === 0 || lasts >= windowSeconds) return [];
    const least = `the window, ${durationText(windowSeconds)}`;
    const expected = `${least}, or more: nothing can be judged in less than a window`;
    return [{ path, at: 'value', found: `'${text}', which is shorter than ${least}`, expected }];
  });
}

function checkDeadline(draft: PlanDraft, input: object): Issue[] {
  if (viewOf(draft.deadline, input, ['deadline']).kind === 'mistaken') return [];
  const bakes = (draft.steps ?? []).reduce((sum, step) => sum + seconds(step?.bake, '0s'), 0);
  const needed = bakes + seconds(draft.soak, DEFAULTS.soak);
  const deadline = seconds(draft.deadline, DEFAULTS.deadline);
  if (deadline > needed) return [];
  const given = draft.deadline !== undefined;
  return [
    {
      path: ['deadline'],
      at: given ? 'value' : 'missing',
      found: given ? `'${draft.deadline}'` : `no deadline, which is ${DEFAULTS.deadline}`,
      expected: `more than ${durationText(needed)}, which bakes and soak take without any waiting`,
    },
  ];
}
