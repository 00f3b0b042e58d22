import type { SlotSeen } from '../ledger/facts.ts';
import type { ReleaseState } from '../ledger/state.ts';
import { unconfirmedShift } from './unconfirmed-shift.ts';

/** Who puts it back has a loop of minutes as a rule; more often than this nobody sets it. */
const BETWEEN_MS = 60_000;
/** Two who set one field would take turns for ever: past this a person has to say whose it is. */
const RAISED_AT_MOST = 3;

/**
 * The minimum of stable's autoscaler where it is below what Sluice has set; undefined where it is not, and where Sluice has set
 * none. Kubernetes allows none above the maximum.
 */
export function minimumPutBack(
  { admission, size }: ReleaseState,
  stable: { autoscalerMinimum?: number; autoscalerMaximum?: number },
): number | undefined {
  const { autoscalerMinimum: minimum, autoscalerMaximum = Number.POSITIVE_INFINITY } = stable;
  if (admission?.stableMinimum === undefined || size?.stableReplicas === undefined) return undefined;
  return minimum !== undefined && minimum < Math.min(size.stableReplicas, autoscalerMaximum) ? minimum : undefined;
}

/**
 * What is to be done about a minimum that somebody put back, as where an HPA is applied from Git: stable could shrink while all
 * requests may have to go back to it. Undefined: nothing is to be done now.
 */
export function minimumToRaise(
  release: ReleaseState,
  nowEpochMs: number,
): { from: number; to: number; because: string } | undefined {
  const { admission, size, slotSeen, minimumRaised, soak, rollBack, retiringAtEpochMs } = release;
  const from = slotSeen?.stable?.minimum;
  const isOver = soak?.done === true || rollBack !== undefined || retiringAtEpochMs !== undefined;
  if (from === undefined || size?.stableReplicas === undefined || isOver) return undefined;
  if (unconfirmedShift(release) !== undefined) return undefined; // one that was begun is ended
  const { times, lastAtEpochMs } = minimumRaised ?? { times: 0, lastAtEpochMs: 0 };
  if (times >= RAISED_AT_MOST || nowEpochMs < lastAtEpochMs + BETWEEN_MS) return undefined;
  const to = size.stableReplicas;
  const because = `the minimum of the autoscaler of ${admission?.stable} was put back to ${from}: it is raised to ${to} again`;
  return { from, to, because };
}

/**
 * The minimum that was to be set again, where the slots were not read since: who was to set it may have died after its line.
 * Setting it twice is setting it once.
 */
export function minimumUnderWay({ minimumRaised, slotSeen, size }: ReleaseState): number | undefined {
  if (minimumRaised === undefined || slotSeen === undefined) return undefined;
  return minimumRaised.lastAtEpochMs >= slotSeen.atEpochMs ? size?.stableReplicas : undefined;
}

/** Why a person is to be called; undefined: the minimum is as it was set, or will be set again. */
export function minimumFinding(release: ReleaseState, seen: SlotSeen): string | undefined {
  const { admission, size, minimumRaised } = release;
  const minimum = seen.stable?.minimum;
  if (minimum === undefined || (minimumRaised?.times ?? 0) < RAISED_AT_MOST) return undefined;
  const { stable } = admission ?? {};
  return `the minimum of the autoscaler of ${stable} was put back to ${minimum} once more, after Sluice had raised it to ${size?.stableReplicas} ${RAISED_AT_MOST} times: ${stable} can be scaled down while the requests may have to go back to it. Leave minReplicas out of what is applied there, and set it by hand until the release ends`;
}
