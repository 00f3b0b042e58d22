import type { Although, Fact } from '../ledger/facts.ts';
import type { ReleaseState } from '../ledger/state.ts';
import type { Plan } from '../plan/plan.ts';

/** Two overrides of one release, the later one added. */
export const bothAlthough = (before: Although | undefined, more: Although): Although => {
  const alarms = [...new Set([...(before?.alarms ?? []), ...(more.alarms ?? [])])];
  return {
    ...((before?.stableIsDown ?? more.stableIsDown) === true && { stableIsDown: true }),
    ...(alarms.length > 0 && { alarms }),
  };
};

/**
 * Whether this alarm is ignored: somebody said so when the release was requested, or it is an undo, which a person asks for
 * because alarms ring; and it has not been OK since.
 */
export const isOverridden = ({ although, alarmsWereOk, undoOf }: ReleaseState, alarm: string): boolean =>
  (undoOf !== undefined || although?.alarms?.includes(alarm) === true) && alarmsWereOk?.includes(alarm) !== true;

/** What has to be written down of alarms that were read: an override ends when its alarm is OK. */
export const overridesEnded = (
  release: ReleaseState,
  read: readonly { alarm: string; state: string }[],
): Extract<Fact, { kind: 'alarmWasOk' }>[] =>
  read
    .filter(({ alarm, state }) => state === 'OK' && isOverridden(release, alarm))
    .map(({ alarm }) => ({ kind: 'alarmWasOk', alarm }));

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

/**
 * The plan of a release that begins while stable is down: small weights would leave most requests with what is down, and there
 * is nothing to compare with. Its gates stay, then everything moves at once, and the soak judges what can judge alone.
 */
export function stableDownPlan(plan: Plan): Plan {
  const gates = plan.steps.filter(step => step.kind === 'hook' || step.kind === 'approval');
  return { ...plan, steps: [...gates, { kind: 'setWeight', weight: 100 }] };
}
