import type { Dial, Slot } from '../../../domain/dial.ts';
import type { Appended, Effect } from '../observed-ports.ts';
import type { Stage } from '../stage.ts';
import { BOTH, inWords, isNear, wholeOn } from './dials.ts';
import { drainMs } from './promises.ts';

/** The dial points at what is ready, and nothing is taken from under it. */
export function checkDial(stage: Stage, effect: Effect): void {
  const site = stage.site(effect.workload);
  switch (effect.kind) {
    case 'setDial':
      pointsAtReady(stage, effect, effect.before, effect.dial);
      isOurs(stage, effect);
      return;
    case 'goBack':
      // where a rule shows a page that stays, and what the others do then nobody can check
      if (site.workload.router.rules.every(arn => effect.rules.includes(arn)))
        pointsAtReady(stage, effect, effect.before, wholeOn(effect.stable));
      goesToStable(stage, effect);
      return;
    case 'scaleSlot':
      if (effect.replicas < effect.from) keepsPods(stage, effect, site.dialNow(), 'scaled down');
      if (effect.replicas === 0 && effect.from > 0) hasDrained(stage, effect);
      return;
    case 'writeSlot':
      if (site.pods[effect.slot].size > 0) keepsPods(stage, effect, site.dialNow(), 'written over');
      return;
    case 'cutConnections':
      keepsPods(stage, effect, site.dialNow(), 'cut off');
      return;
    default:
      return;
  }
}

/** Stable is given up only for a slot that somebody has seen to serve, in this very call. */
export function checkNoReturn(stage: Stage, { workload, release, entry, by }: Appended): void {
  const { admission } = release;
  if (entry.fact.kind !== 'retiring' || admission === undefined || admission.first === true) return;
  const serves = stage.site(workload).pods[admission.canary].healthy(Date.now()) > 0;
  if (serves || by?.seenHealthy.has(admission.canary) === true) return;
  stage.violate(
    'stable is given up for a slot that serves',
    `${release.releaseId}: nothing of ${admission.canary} is healthy`,
  );
}

/** Whoever raises a slot's share has seen its targets healthy, in this very call. */
function pointsAtReady(stage: Stage, effect: Effect, before: Dial, after: Dial): void {
  const { by, workload } = effect;
  // of a new service nothing is ready but the canary: back is where it was
  if (stage.site(workload).spec.isNew === true && stage.told(workload).live === undefined) return;
  for (const slot of BOTH) {
    if (after[slot] <= before[slot]) continue;
    const isReady = stage.site(workload).pods[slot].healthy(Date.now()) > 0;
    // what dies between the look and the turn is the world's doing; a load balancer that does not say is no "none"
    if (isReady || by.seenHealthy.has(slot) || by.isBlind) continue;
    if (effect.kind === 'goBack' && isUnchecked(stage, effect)) continue;
    const how = `${by.who} turns ${inWords(before)} to ${inWords(after)}, and nothing of ${slot} is healthy`;
    stage.violate('the dial points at what is ready', how);
  }
}

/** Decision 17: what nobody has checked a minute after it began to go back is better than what is bad. */
function isUnchecked(stage: Stage, effect: Effect & { kind: 'goBack' }): boolean {
  const { initial, unused, unhealthy } = stage.site(effect.workload).pods[effect.stable].counts(Date.now());
  const since = stage.release(effect.workload, releaseOf(effect))?.rollBackAtEpochMs;
  // without the ledger nobody can say since when it goes back
  const canary = effect.stable === 'blue' ? 'green' : 'blue';
  // where nobody answers, what may be fine is better at once
  const nobodyAnswers = stage.site(effect.workload).pods[canary].healthy(Date.now()) === 0;
  const isTime = nobodyAnswers || effect.by.isWithoutLedger || (since !== undefined && Date.now() >= since + 60_000);
  return initial + unused > 0 && unhealthy === 0 && isTime;
}

/** Forward goes the dial of its own release alone, to the weight that its step asks for, from a dial that nobody turned. */
function isOurs(stage: Stage, effect: Effect & { kind: 'setDial' }): void {
  const { by, workload, before, dial } = effect;
  if (by.name !== 'shift-traffic') return;
  const site = stage.site(workload);
  const { shifts = [], admission } = stage.release(workload, releaseOf(effect)) ?? {};
  const last = shifts.at(-1);
  if (admission === undefined || last === undefined) return; // the intent is missing, which is said elsewhere
  if (!isNear(dial[admission.canary], last.weight) || !isNear(dial[admission.stable], 100 - last.weight)) {
    stage.violate('the dial is what was intended', `${by.who} sets ${inWords(dial)} for ${last.weight} %`);
  }
  const isByHand = site.turnedByHandAtEpochMs !== undefined && site.turnedByHandAtEpochMs < by.startedAtEpochMs;
  if (!isByHand || BOTH.every(slot => isNear(before[slot], dial[slot]))) return;
  const wasAt = [0, ...shifts.map(({ weight }) => weight)];
  if (wasAt.some(weight => isNear(before[admission.canary], weight))) return; // a person that set what we had set
  stage.violate('a dial that somebody else turned is not turned on', `${by.who} turns ${inWords(before)} on`);
}

/** Back is where the release's requests came from. */
function goesToStable(stage: Stage, effect: Effect & { kind: 'goBack' }): void {
  const stable = stage.release(effect.workload, releaseOf(effect))?.admission?.stable;
  if (stable === undefined || stable === effect.stable) return;
  stage.violate('back is to stable', `${effect.by.who} sends everything to ${effect.stable}, and ${stable} is stable`);
}

const releaseOf = ({ by }: Effect): string => (by.event as { releaseId?: string }).releaseId ?? '';

/** A slot that gets requests keeps its pods: only of a person that turned the dial in this very call nobody can know. */
function keepsPods(stage: Stage, effect: Effect & { slot: Slot }, dial: Dial, how: string): void {
  const { turnedByHandAtEpochMs } = stage.site(effect.workload);
  const isTooNew = turnedByHandAtEpochMs !== undefined && turnedByHandAtEpochMs >= effect.by.startedAtEpochMs;
  if (dial[effect.slot] === 0 || isTooNew) return;
  stage.violate(
    'no slot with traffic is scaled down',
    `${effect.by.who}: ${effect.slot} is ${how} at ${inWords(dial)}`,
  );
}

/** Pods go only when what is in flight to them has ended: counted from the verified 0, or from the point of no return. */
function hasDrained(stage: Stage, effect: Effect & { slot: Slot }): void {
  const { by, workload, slot } = effect;
  const site = stage.site(workload);
  const release = stage.release(workload, releaseOf(effect));
  const hadTraffic = release?.firstTrafficEpochMs !== undefined && release.admission?.first !== true;
  if (!hadTraffic) return;
  const pastNoReturn = release.turnedBackAtEpochMs ?? release.retiringAtEpochMs;
  const from = by.name === 'retire-stable' ? pastNoReturn : release.verifiedAtEpochMs;
  if (from === undefined) return; // without the line it is the intent that is missing
  // of two clocks that are apart neither knows
  const shortMs = from + drainMs(site.spec.draining, site.workload) - Date.now() - 2 * stage.clockSkewMs;
  if (shortMs <= 0) return;
  const how = `${by.who} takes the pods of ${slot} ${Math.round(shortMs / 1000)} s before they have drained`;
  stage.violate('a slot drains before its pods go', how);
}
