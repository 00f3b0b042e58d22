import Table from 'cli-table3';
import { timeText } from '../domain/forecast/blind.ts';
import type { Forecast } from '../domain/forecast/forecast.ts';
import type { Proposal } from '../domain/forecast/propose.ts';
import { percentText } from '../domain/judgement/words.ts';
import { isSoak, withoutControl } from '../domain/plan/control.ts';
import type { Plan, Step } from '../domain/plan/plan.ts';

/** A forecast for a terminal; ends with a newline. */
export function forecastText(plan: Plan, made: Forecast, better: readonly Proposal[]): string {
  const { traffic, healthySeconds, releases } = made;
  const lines = [
    `${plan.workload}: ${Number(traffic.requestsPerSecond.toPrecision(3))} requests a second, of which ${percentText(traffic.failureRate)} fail today`,
    healthySeconds === null
      ? 'A healthy release does not get to its end: it holds too long (see below).'
      : `A healthy release takes ${timeText(healthySeconds)} (readiness, hooks and approvals come on top).`,
    falseAlarmText(made),
    '',
    effectTable(plan, made),
    `Each row: ${releases} releases, simulated with the judges themselves; a share is right to within ${points(Math.max(...made.effects.map(({ error }) => error)))} (95 %).`,
    'A canary fails so many times as often as stable from its first request on; seconds are until the dial is back at 0.',
  ];
  if (made.notForecast.length > 0) {
    lines.push(`Not forecast, because nothing is known of how it varies: ${made.notForecast.join(', ')}.`);
  }
  if (made.blind.length > 0) lines.push('', 'Where this plan is blind', ...made.blind.map(text => `  - ${text}`));
  if (better.length > 0)
    lines.push('', 'A better plan for this traffic', ...better.flatMap(proposal => proposalText(plan, proposal)));
  else if (made.blind.length > 0 && plan.sequential !== undefined) {
    lines.push(
      '',
      `No better plan: at this traffic no first weight up to 50 % sees a fault of x${plan.sequential.detect.ratio} in a time that anybody waits for. Try a larger --detect.`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function falseAlarmText({ falseAlarms: { promised, seen, error } }: Forecast): string {
  if (promised !== null)
    return `Of healthy releases at most ${percentText(promised)} are rolled back: that is promised.`;
  const about = `${percentText(Number(seen.toFixed(3)))} (give or take ${points(error)})`;
  return `Of healthy releases ${about} are rolled back: nothing is promised, not all of these judges keep a rate.`;
}

function effectTable(plan: Plan, { effects, stays }: Forecast): string {
  const head = [
    'fails',
    'noticed',
    'half by',
    '9 in 10 by',
    'failed too many',
    ...stays.map(({ step, weight }) => `by ${isSoak(plan, step) ? 'soak' : `${weight} %`}`),
  ];
  const table = new Table({ head, style: { head: [], border: [] } });
  for (const { ratio, found, medianSeconds, slowestTenthSeconds, excessFailed, foundByStay } of effects) {
    table.push([
      `x${ratio}`,
      share(found),
      medianSeconds === null ? 'never' : timeText(medianSeconds),
      slowestTenthSeconds === null ? 'never' : timeText(slowestTenthSeconds),
      String(Math.round(excessFailed)),
      ...foundByStay.map(share),
    ]);
  }
  return table.toString();
}

const share = (value: number): string => `${Number((value * 100).toFixed(1))} %`;
const points = (value: number): string => `${Number((value * 100).toPrecision(2))} points`;

const proposalText = (plan: Plan, { because, steps, soakSeconds, effect }: Proposal): string[] => [
  `  ${because};`,
  `  ${effect.ratio} times the failures: ${share(effect.found)} noticed in all, half by ${effect.medianSeconds === null ? 'never' : timeText(effect.medianSeconds)}, ${Math.round(effect.excessFailed)} failed too many.`,
  ...steps.map(step => `    - ${stepLine(step)}`),
  ...(soakSeconds === withoutControl(plan).soakSeconds ? [] : [`    soak: ${writtenDuration(soakSeconds)}`]),
];

const writtenDuration = (seconds: number): string => (seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`);

/** As it is written in a plan. */
function stepLine(step: Step): string {
  switch (step.kind) {
    case 'setWeight':
      return `setWeight: ${step.weight}`;
    case 'bake':
      return `bake: ${writtenDuration(step.seconds)}`;
    case 'analysis':
      return `analysis: { metrics: [${step.metrics.join(', ')}], count: ${step.count} }`;
    default:
      return `${step.kind}: ${step.name} (as it is)`;
  }
}
