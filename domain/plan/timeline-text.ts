import { measureText } from './measure-text.ts';
import type { Metric, Plan } from './plan.ts';
import type { Timeline } from './timeline.ts';

/** The timeline as plain text for a terminal; ends with a newline. */
export function timelineText(plan: Plan, timeline: Timeline): string {
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
    'What will happen',
    line('from start', 'weight', 'step'),
    ...rows.flatMap(({ at, weight, what, judging }) => [
      line(at, weight, what),
      ...(judging === '' ? [] : [line('', '', `  ${judging}`)]),
    ]),
    '  Times are the earliest: readiness, hooks, approvals and holds come on top.',
    `  Inconclusive when a step is over: hold for at most ${clockText(plan.hold.atMostSeconds)}, then ${plan.hold.then}. Degraded: roll back at once.`,
    '',
    ...(plan.metrics.length === 0
      ? []
      : ['What judges', ...alphaText(plan), ...plan.metrics.map(metric => `  ${metricText(metric)}`), '']),
    'What this plan cannot promise',
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
        : `; at weight 100 ${judge.ceiling === 'auto' ? "a ceiling from the stable version's last windows" : `at most ${percent(judge.ceiling)}`}`;
    const floor = judge.floor === undefined ? '' : `; only above ${percent(judge.floor)}`;
    return `${name}: ${what}, sequentially, more than ${judge.margin} times the stable version's${floor}${ceiling}; ${percent(judge.share)} of alpha`;
  }
  if (judge.kind === 'alarm') {
    return `${name}: ${what}, good if OK, bad if ALARM; degraded after more than ${judge.failureLimit} bad`;
  }
  if (judge.kind === 'anomalyBand') {
    return `${name}: ${what}, bad if ${judge.bad}; degraded after more than ${judge.failureLimit} bad`;
  }
  if (judge.kind === 'threshold') {
    const conditions = [
      judge.successCondition === undefined ? [] : `good if ${judge.successCondition}`,
      judge.failureCondition === undefined ? [] : `bad if ${judge.failureCondition}`,
    ].flat();
    const limit = judge.failureLimit < 0 ? 'never degraded' : `degraded after more than ${judge.failureLimit} bad`;
    const inARow =
      judge.consecutiveSuccessLimit === undefined ? '' : `; done after ${judge.consecutiveSuccessLimit} good in a row`;
    return `${name}: ${what}, ${conditions.join(', ')}; every ${judge.intervalSeconds} s; ${limit}${inARow}`;
  }
  if (judge.kind === 'flagger') {
    const ends = [
      judge.min === undefined ? [] : `at least ${judge.min}`,
      judge.max === undefined ? [] : `at most ${judge.max}`,
    ];
    return `${name}: ${what}, ${ends.flat().join(' and ')} in Flagger's units; every ${judge.intervalSeconds} s; degraded at failed check ${judge.threshold}`;
  }
  if (judge.kind === 'mannWhitney') {
    const { direction, confidence, scores, groups, critical, intervalSeconds } = judge;
    const bad = { increase: 'more than', decrease: 'less than', either: 'other than' }[direction];
    const counts = critical ? 'critical' : `in ${groups.join(', ')}`;
    return `${name}: ${what}, ${bad} the stable version's at ${percent(confidence)} (Mann-Whitney), ${counts}; every ${intervalSeconds} s; degraded below a score of ${scores.marginal}, held below ${scores.pass}`;
  }
  const limit = judge.max === undefined ? `at least ${judge.min} times` : `at most ${judge.max} times`;
  const ceiling = judge.ceiling === undefined ? '' : `; at weight 100 at most ${percent(judge.ceiling)}`;
  return `${name}: ${what}, ${limit} the stable version's${ceiling}; degraded after more than ${judge.failureLimit} bad`;
}

function alphaText({ sequential, promoteEarly }: Plan): string[] {
  if (sequential === undefined) return [];
  const { alpha, detect } = sequential;
  const early =
    promoteEarly === undefined
      ? ''
      : `; healthy (not ${promoteEarly.nonInferiority} times as bad, ${percent(promoteEarly.beta)}) ends a bake after ${clockText(promoteEarly.afterSeconds)}`;
  return [
    `  alpha ${percent(alpha)} for all sequential metrics; watching where ${detect.ratio} times the failures would have been seen with ${percent(detect.power)}${early}`,
  ];
}
