import { durationText } from '../file/units.ts';
import { conditionText, plural } from '../judges/words.ts';
import { measureText, timeName } from '../sources/measure.ts';
import { detectText } from './detect-text.ts';
import type { Measure, Metric, Plan, ThresholdJudgeSpec } from './plan.ts';
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
    ...timeline.cannotPromise.map(sentence => `  - ${sentence}`),
    '',
  ].join('\n');
}

/** Seconds as h:mm:ss. */
export function clockText(seconds: number): string {
  const two = (number: number) => String(number).padStart(2, '0');
  return `${Math.floor(seconds / 3600)}:${two(Math.floor((seconds % 3600) / 60))}:${two(Math.round(seconds % 60))}`;
}

const percent = (share: number): string => `${Number((share * 100).toFixed(6))} %`;

function metricText({ name, source, judge }: Metric): string {
  const what = measureText(source.measure);
  if (judge.kind === 'sequential') {
    const ceiling =
      judge.ceiling === undefined
        ? ''
        : `; at weight 100 at most ${judge.ceiling === 'auto' ? "a ceiling from stable's history" : percent(judge.ceiling)}`;
    const floor = judge.floor === undefined ? '' : ` and above ${percent(judge.floor)}`;
    return `${name}: ${what}, bad if more than ${judge.margin} times stable's share${floor} (sequential test)${ceiling}; ${percent(judge.share)} of alpha`;
  }
  if (judge.kind === 'alarm') {
    return `${name}: ${what}, good if OK, bad if ALARM; ${allowed(judge.failureLimit)}`;
  }
  if (judge.kind === 'anomalyBand') {
    return `${name}: ${what}, bad if ${judge.bad}; ${allowed(judge.failureLimit)}`;
  }
  if (judge.kind === 'threshold') {
    const conditions = conditionsText(source.measure, judge);
    const limit = judge.failureLimit < 0 ? 'any number of bad windows allowed' : allowed(judge.failureLimit);
    const inARow =
      judge.consecutiveSuccessLimit === undefined ? '' : `; done after ${judge.consecutiveSuccessLimit} good in a row`;
    return `${name}: ${what}, ${conditions}; every ${durationText(judge.intervalSeconds)}; ${limit}${inARow}`;
  }
  if (judge.kind === 'flagger') {
    const ends = [
      judge.min === undefined ? [] : `at least ${judge.min}`,
      judge.max === undefined ? [] : `at most ${judge.max}`,
    ];
    // Flagger's percentiles are milliseconds, whatever the source measures in
    const isTime = timeName(source.measure) !== undefined;
    const measured = isTime ? what.replace(' in seconds', '') : what;
    const units = isTime ? 'milliseconds' : "Flagger's units";
    return `${name}: ${measured}, ${ends.flat().join(' and ')} in ${units}; every ${durationText(judge.intervalSeconds)}; roll back at ${plural(judge.threshold, 'failed check')}`;
  }
  if (judge.kind === 'mannWhitney') {
    const { direction, confidence, scores, groups, critical, intervalSeconds } = judge;
    const bad = { increase: 'more than', decrease: 'less than', either: 'different from' }[direction];
    const counts = critical ? 'critical' : `in the ${groups.length === 1 ? 'group' : 'groups'} ${groups.join(', ')}`;
    return `${name}: ${what}, bad if ${bad} stable's at ${percent(confidence)} confidence (Mann-Whitney), ${counts}; every ${durationText(intervalSeconds)}; roll back below a score of ${scores.marginal}, hold below ${scores.pass}`;
  }
  const limit = judge.max === undefined ? `at least ${judge.min} times` : `at most ${judge.max} times`;
  const ceiling = judge.ceiling === undefined ? '' : `; at weight 100 at most ${percent(judge.ceiling)}`;
  return `${name}: ${what}, ${limit} stable's${ceiling}; ${allowed(judge.failureLimit)}`;
}

/** "limit 5 %" of one condition that is a limit; conditions as they are written where there are two. */
function conditionsText(
  measure: Measure,
  { successCondition: good, failureCondition: bad }: ThresholdJudgeSpec,
): string {
  if (good !== undefined && bad !== undefined) return `good if ${good}, bad if ${bad}`;
  if (bad !== undefined) return conditionText(measure, 'bad', bad);
  return good === undefined ? 'no limit' : conditionText(measure, 'good', good);
}

const allowed = (badWindows: number): string => `${plural(badWindows, 'bad window')} allowed`;

function holdText({ hold, sequential }: Plan): string {
  const gross = sequential?.detect.gross;
  const end = { rollBack: 'roll back (noEvidence)', ask: 'ask a person', proceed: 'go on' }[hold.then];
  return gross === undefined
    ? end
    : `go on if a fault of ${percent(gross)} of requests would have been found, else ${end}`;
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
      : `; healthy: not ${promoteEarly.nonInferiority} times as bad as stable (chance of error ${percent(promoteEarly.beta)}), ends a bake after ${clockText(promoteEarly.afterSeconds)}`;
  return [
    `  - alpha ${percent(alpha)} for all sequential metrics together${early}`,
    `  - a step goes on once a fault would have been found (power ${percent(detect.power)}): ${detectText(detect)}`,
  ];
}
