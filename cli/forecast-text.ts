import { tableRows } from '../adapters/terminal/table.ts';
import { timeText } from '../domain/forecast/blind.ts';
import type { EffectForecast, Forecast, HealthyForecast } from '../domain/forecast/forecast.ts';
import { fixedText, percentText, roundedText } from '../domain/number-text.ts';
import { detectText } from '../domain/plan/detect-text.ts';
import type { Plan } from '../domain/plan/plan.ts';
import type { ProvenProposal } from './proven-proposals.ts';

const TABLE = { indent: 2 };

/** A forecast for a terminal; ends with a newline. @param help what would help; empty where a better plan was found */
export function forecastText(plan: Plan, made: Forecast, help: readonly string[]): string {
  const { traffic, healthy, releases } = made;
  const lines = [
    `${plan.workload}: ${roundedText(traffic.requestsPerSecond, 3)} requests a second, of which ${percentText(traffic.failureRate)} fail today`,
    healthy.seconds === null
      ? 'A healthy release is not promoted at this traffic (see below).'
      : `A healthy release takes ${timeText(healthy.seconds)}. Readiness, hooks and approvals come on top.`,
    '',
    'Of healthy releases',
    ...healthyLines(plan, healthy),
  ];
  if (made.effects.length > 0) {
    const error = Math.max(...made.effects.map(effect => effect.error));
    lines.push(
      '',
      'A canary that fails more often from its first request on',
      ...effectTable(made.effects),
      '',
      'Found by the end of',
      ...stayTable(made),
      '',
      `Each row: ${releases} releases, simulated with the judges themselves, ± ${points(error)} (95 %). Times are until the canary has no traffic any more.`,
    );
  }
  if (made.notForecast.length > 0) {
    lines.push(`Not in the forecast, since nothing is known of how they vary: ${made.notForecast.join(', ')}.`);
  }
  if (made.blind.length > 0) lines.push('', 'Where this plan is blind', ...made.blind.map(text => `  - ${text}`));
  if (help.length > 0) {
    lines.push('', 'No better plan was found for this traffic. What would help:', ...help.map(text => `  - ${text}`));
  }
  return `${lines.join('\n')}\n`;
}

/** Three shares that add up. */
function healthyLines({ hold, sequential }: Plan, healthy: HealthyForecast): string[] {
  const { promoted, falseAlarms, noEvidence, held, promised, error } = healthy;
  const end = hold.then === 'ask' ? 'wait for a person to decide' : 'are rolled back (noEvidence)';
  const guarantee =
    promised === null
      ? 'no rate is guaranteed, since not all of these judges keep one'
      : `guaranteed: at most ${percentText(promised)}`;
  const rows = tableRows(
    [
      [share(promoted), `are promoted${held === 0 ? '' : `, ${share(held)} after a hold for more data`}`],
      [share(falseAlarms), `are rolled back by mistake; ${guarantee}`],
      ...(sequential === undefined && noEvidence === 0
        ? []
        : [[share(noEvidence), `have too little data: they ${end}`]]),
    ],
    { ...TABLE, words: [1] },
  );
  return [...rows.flat(), `  ± ${points(error)}`];
}

function effectTable(effects: readonly EffectForecast[]): string[] {
  const head = ['canary fails', 'found', 'median time\nto detection', 'slowest\ntenth', 'extra failed\nrequests'];
  const rows = effects.map(({ fault, found, medianSeconds, slowestTenthSeconds, excessFailed }) => [
    `${percentText(fault.failureRate)} (${fault.name})`,
    share(found),
    timeOr(medianSeconds),
    timeOr(slowestTenthSeconds),
    String(Math.round(excessFailed)),
  ]);
  return tableRows([head, ...rows], TABLE).flat();
}

function stayTable({ effects, stays }: Forecast): string[] {
  const names = stays.map(({ what, weight }) => (what === 'soak' ? what : `${weight} %`));
  const rows = effects.map(({ fault, foundByStay }) => [
    `${percentText(fault.failureRate)} (${fault.name})`,
    ...names.map((_, stay) => share(foundByStay[stay] ?? foundByStay.at(-1) ?? 0)),
  ]);
  return tableRows([['canary fails', ...names], ...rows], TABLE).flat();
}

const timeOr = (seconds: number | null): string => (seconds === null ? 'never' : timeText(seconds));
const share = (value: number): string => `${fixedText(value * 100, 1)} %`;
const points = (value: number): string => `${roundedText(value * 100, 2)} points`;

/** What is said of a better plan; its text follows as it is, so that it can be pasted. */
export function proposalText(plan: Plan, { proposal, healthy, effect }: ProvenProposal): string {
  const promoted = `${share(healthy.promoted)} of healthy releases are promoted${healthy.held === 0 ? '' : `, ${share(healthy.held)} after a hold`}`;
  const lines = ['', `A better plan for this traffic. ${proposal.because}; ${promoted}.`];
  if (effect !== undefined && plan.sequential !== undefined) {
    lines.push(
      `It finds ${share(effect.found)} of canaries with ${detectText(plan.sequential.detect)}: median time to detection ${timeOr(effect.medianSeconds)}, ${Math.round(effect.excessFailed)} extra failed requests.`,
    );
  }
  return `${lines.join('\n')}\n\n`;
}
