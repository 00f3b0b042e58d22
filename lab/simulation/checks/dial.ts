import { type Dial, dialFor, dialText, otherSlot, SLOTS, type Slot } from '../../../domain/dial.ts';
import { drainSeconds } from '../../../domain/release/draining.ts';
import type { Effect } from '../observed-ports.ts';
import type { Stage } from '../stage.ts';

/** The dial points at what is ready, and nothing is taken from under it. */
export function checkDial(stage: Stage, effect: Effect): void {
  const site = stage.site(effect.workload);
  switch (effect.kind) {
    case 'setDial':
      pointsAtReady(stage, effect, effect.before, effect.dial);
      return;
    case 'goBack':
      pointsAtReady(stage, effect, effect.before, dialFor(otherSlot(effect.stable), 0));
      return;
    case 'scaleSlot':
      if (effect.replicas < effect.from) keepsPods(stage, effect, site.dialNow(), 'scaled down');
      if (effect.replicas === 0 && effect.from > 0) hasDrained(stage, effect);
      return;
    case 'cutConnections':
      keepsPods(stage, effect, site.dialNow(), 'cut off');
      return;
    default:
      return;
  }
}

/** Whoever raises a slot's share has seen its targets healthy, in this very call. */
function pointsAtReady(stage: Stage, effect: Effect, before: Dial, after: Dial): void {
  const { by, workload } = effect;
  // of a new service nothing is ready but the canary: back is where it was
  if (stage.site(workload).spec.isNew === true && stage.state(workload).live === undefined) return;
  for (const slot of SLOTS) {
    if (after[slot] <= before[slot]) continue;
    const isReady = stage.site(workload).pods[slot].healthy(Date.now()) > 0;
    // what dies between the look and the turn is the world's doing; a load balancer that does not say is no "none"
    if (isReady || by.seenHealthy.has(slot) || by.isBlind) continue;
    const how = `${by.who} turns ${dialText(before)} to ${dialText(after)}, and nothing of ${slot} is healthy`;
    stage.violate('the dial points at what is ready', how);
  }
}

/** A slot that gets requests keeps its pods. */
function keepsPods(stage: Stage, effect: Effect & { slot: Slot }, dial: Dial, how: string): void {
  if (dial[effect.slot] === 0 || stage.site(effect.workload).isTurnedByHand) return;
  stage.violate(
    'no slot with traffic is scaled down',
    `${effect.by.who}: ${effect.slot} is ${how} at ${dialText(dial)}`,
  );
}

/** Pods go only when what is in flight to them has ended: counted from the verified 0, or from the door. */
function hasDrained(stage: Stage, effect: Effect & { slot: Slot }): void {
  const { releaseId } = effect.by.event as { releaseId?: string };
  const site = stage.site(effect.workload);
  const lines = stage.linesOf(effect.workload, releaseId ?? '');
  const from = lines.findLast(
    ({ fact }) =>
      fact.kind === 'liveRecorded' || fact.kind === (effect.by.name === 'retire-stable' ? 'retiring' : 'dialVerified'),
  );
  const hadTraffic = lines.some(({ fact }) => fact.kind === 'shiftIntended' && fact.weight > 0);
  if (from === undefined || !hadTraffic) return; // without the line it is the intent that is missing
  const { maxDrainSeconds } = site.workload;
  const drainMs = drainSeconds({ ...site.spec.draining, maxDrainSeconds }) * 1000;
  if (Date.now() >= from.atEpochMs + drainMs) return;
  const how = `${effect.by.who} takes the pods of ${effect.slot} ${Math.round((Date.now() - from.atEpochMs) / 1000)} s after line ${from.seq}`;
  stage.violate('a slot drains before its pods go', how);
}
