import { durationText } from '../file/units.ts';
import { judgePlanOf } from '../judges/plan-registry.ts';
import { exactPercentText, plural } from '../judges/words.ts';
import { measureText } from '../sources/measure.ts';
import { detectText } from './detect-text.ts';
import type { Metric, Plan } from './plan.ts';
import type { Timeline } from './timeline.ts';

/**
 * The timeline as text for a terminal, a sentence a line, however long; ends with a newline.
 * @param heading how headings are shown
 */
export function timelineText(plan: Plan, timeline: Timeline, heading = (text: string): string => text): string {
  const rows = timeline.entries.map(({ atSeconds, weight, what, judging }) => ({
    at: clockText(atSeconds),
    weight: `${weight} %`,
    what,
    judging: judging.length === 0 ? '' : `judged by ${judging.join(', ')}`,
  }));
  const atWidth = Math.max('from start'.length, ...rows.map(row => row.at.length));
  const weightWidth = Math.max('weight'.length, ...rows.map(row => row.weight.length));
  const line = (at: string, weight: string, what: string) =>
    `  ${at.padStart(atWidth)}  ${weight.padStart(weightWidth)}  ${what}`;
  return [
    `${plan.workload}: ${plan.strategy}, promoted after ${clockText(timeline.endsSeconds)} at the earliest, deadline ${clockText(plan.deadlineSeconds)}`,
    '',
    heading('What will happen'),
    line('from start', 'weight', 'step'),
    ...rows.flatMap(({ at, weight, what, judging }) => [
      line(at, weight, what),
      ...(judging === '' ? [] : [line('', '', `  ${judging}`)]),
    ]),
    '  Times are the earliest: readiness, hooks, approvals and holds come on top.',
    '  Degraded: roll back at once.',
    `  The canary's own pods: ${podsText(plan)}.`,
    `  Too little data when a step is over: hold for at most ${clockText(plan.hold.atMostSeconds)}, then ${holdText(plan)}.`,
    '',
    ...(plan.metrics.length === 0
      ? []
      : [heading('What judges'), ...alphaText(plan), ...plan.metrics.map(metric => `  - ${metricText(metric)}`), '']),
    heading('What this plan cannot promise'),
    ...timeline.caveats.map(sentence => `  - ${sentence}`),
    '',
  ].join('\n');
}

/** Seconds as h:mm:ss. */
export function clockText(seconds: number): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor((seconds % 3600) / 60))}:${two(Math.round(seconds % 60))}`;
}

const metricText = (metric: Metric): string =>
  `${metric.name}: ${judgePlanOf(metric.judge).text(metric, measureText(metric.source.measure))}`;

function holdText({ hold, sequential }: Plan): string {
  const gross = sequential?.detect.gross;
  const end = { rollBack: 'roll back (noEvidence)', ask: 'ask a person', proceed: 'go on' }[hold.then];
  return gross === undefined
    ? end
    : `go on if a fault of ${exactPercentText(gross)} of requests would have been found, else ${end}`;
}

/** What the canary's pods themselves are held to (decision 24); the last of it whatever the plan says (decision 16). */
function podsText({ canaryHealth: { restarts, lostReplicasSeconds } = {} }: Plan): string {
  const [limits, off]: [string[], string[]] = [[], []];
  if (restarts === undefined) off.push('restarts');
  else limits.push(`more than ${plural(restarts, 'restart')} since they were ready`);
  if (lostReplicasSeconds === undefined) off.push('lost replicas');
  else limits.push(`replicas missing under traffic for more than ${durationText(lostReplicasSeconds)}`);
  const held = `${limits.join(', or ')}: roll back (notReady); hold where stable has the same trouble`;
  return [
    ...(limits.length === 0 ? [] : [held]),
    ...(off.length === 0 ? [] : [`${off.join(' and ')} are no evidence (off)`]),
    'none healthy while it has requests: roll back at once (notReady)',
  ].join('; ');
}

function alphaText({ sequential, promoteEarly }: Plan): string[] {
  if (sequential === undefined) return [];
  const { alpha, detect } = sequential;
  const early =
    promoteEarly === undefined
      ? ''
      : `; healthy: not ${promoteEarly.nonInferiority} times as bad as stable (chance of error ${exactPercentText(promoteEarly.beta)}), ends a bake after ${clockText(promoteEarly.afterSeconds)}`;
  return [
    `  - alpha ${exactPercentText(alpha)} for all sequential metrics together${early}`,
    `  - a step goes on once a fault would have been found (power ${exactPercentText(detect.power)}): ${detectText(detect)}`,
  ];
}
