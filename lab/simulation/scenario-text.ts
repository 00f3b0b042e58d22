import type { Step } from '../../domain/plan/plan.ts';
import type { Scenario } from './scenario.ts';
import { instantText } from './trace.ts';
import { qualityText } from './world/quality.ts';

/** What was decided before the first event, for whoever reads the trace. */
export function scenarioText(scenario: Scenario): string {
  const { plan, images, outages, faults } = scenario;
  return [
    `seed ${scenario.seed}`,
    `  plan: ${plan.steps.map(stepText).join(', ')}; soak ${plan.soakSeconds} s`,
    `  deadline ${plan.deadlineSeconds} s, hold ${plan.hold.atMostSeconds} s then ${plan.hold.then}, a new image: ${plan.onNewImage}`,
    `  metrics: ${plan.metrics.map(({ name, judge }) => `${name} (${judge.kind})`).join(', ') || 'none'}`,
    ...images.map(({ tag, quality }) => `  ${tag}: ${qualityText(quality)}`),
    `  ${scenario.stableReplicas} replicas, ${scenario.traffic.requestsPerSecond} requests a second`,
    ...outages.map(
      ({ system, fromMs, untilMs, share }) =>
        `  ${system} away from ${instantText(fromMs)} to ${instantText(untilMs)}${share < 1 ? ', now and then' : ''}`,
    ),
    `  faults of calls: ${JSON.stringify(faults.call, (_, rate) => (typeof rate === 'number' ? Number(rate.toFixed(4)) : rate))}`,
    `  quiet after ${instantText(scenario.quietAtMs)}`,
    '',
  ].join('\n');
}

function stepText(step: Step): string {
  switch (step.kind) {
    case 'setWeight':
      return `${step.weight} %`;
    case 'bake':
      return `bake ${step.seconds} s`;
    case 'analysis':
      return `analysis of ${step.count}`;
    default:
      return `${step.kind} ${step.name}`;
  }
}
