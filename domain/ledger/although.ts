import type { Although } from './facts.ts';

/** Two overrides of one release, the later one added. */
export const bothAlthough = (before: Although | undefined, more: Although): Although => {
  const alarms = [...new Set([...(before?.alarms ?? []), ...(more.alarms ?? [])])];
  return {
    ...((before?.stableIsDown ?? more.stableIsDown) === true && { stableIsDown: true }),
    ...(alarms.length > 0 && { alarms }),
  };
};

/** What was overridden, and what still protects the release: a sentence each. */
export function althoughTexts({ stableIsDown, alarms = [] }: Although): string[] {
  return [
    ...(stableIsDown === true
      ? [
          'although stable is down: if it is, the canary gets all requests in one step, after the hooks and approvals of the plan. ' +
            'Left: it must be ready first, and ceilings and thresholds judge it in the soak. ' +
            'Missing: a comparison with stable, and the way back: a roll back leaves the requests where they are until a target of stable is healthy',
        ]
      : []),
    ...(alarms.length > 0
      ? [
          `although ${alarms.join(', ')}: ignored until it was OK once, then it takes the release back again. ` +
            "Left: the other alarms, the plan's metrics, hooks and approvals",
        ]
      : []),
  ];
}
