import { type Dial, dialFor, otherSlot, type Slot, sameDial } from '../../../domain/dial.ts';
import type { Act, Scenario } from '../scenario.ts';
import type { Simulation } from '../simulation.ts';
import { virtualSleep } from '../virtual-time.ts';
import { ask } from './ask.ts';

type ActionOf<Kind extends Act['action']['kind']> = Extract<Act['action'], { kind: Kind }>;

/** A person at the load balancer, which puts back what it found unless somebody has turned it since. */
export async function turnDial(simulation: Simulation, workload: string, action: ActionOf<'turnDial'>): Promise<void> {
  const { stage } = simulation;
  const site = stage.site(workload);
  const before = site.dialNow();
  if (before.blue + before.green === 0) return; // a page is there: nobody turns weights under it
  const live: Slot = before.blue >= before.green ? 'blue' : 'green';
  const set = async (dial: typeof before, how: string) => {
    stage.trace.tell('a person', `${how} blue ${dial.blue} %, green ${dial.green} %`);
    await site.router.setDial(site.workload, dial);
    await site.dialMoved({ byHand: true });
  };
  const turned = dialFor(otherSlot(live), action.weight);
  await set(turned, 'turns the dial to');
  await virtualSleep(action.backAfterMs);
  if (sameDial(site.dialNow(), turned) && site.turnedByHandAtEpochMs !== undefined) {
    const { active, live: promoted } = stage.state(workload);
    const isRolledBack = active?.rollBack !== undefined || active === undefined;
    const stable = active?.admission?.stable ?? promoted?.slot ?? 'blue';
    // who puts it back knows what is right by now
    await set(isRolledBack ? dialFor(otherSlot(stable), 0) : before, 'puts the dial back to');
  }
}

/** A person at the load balancer in an emergency, right after a promotion; the rule is as before where nobody may record it. */
export async function turnBack(
  simulation: Simulation,
  workload: string,
  action: ActionOf<'turnBack'>,
  withinMs: number,
): Promise<void> {
  const { stage } = simulation;
  const site = stage.site(workload);
  if ((await stage.nextLine('retiring', withinMs)) === undefined) return;
  await virtualSleep(action.afterMs);
  const { admission } = stage.state(workload).active ?? {};
  if (admission === undefined || site.dialNow()[admission.canary] === 0) return; // a page is there, or it is turned already
  if (site.pods[admission.stable].healthy(Date.now()) === 0) return;
  const set = async (slot: Slot) => {
    stage.trace.tell(action.by, `sends all of the traffic to ${slot}`);
    await site.router.setDial(site.workload, dialFor(slot, 100));
    await site.dialMoved({ byHand: true });
  };
  await set(admission.stable);
  const event = { workload, slot: admission.stable, by: action.by, because: 'errors' };
  await ask(simulation, 'record-live', event, action.by, 5);
  const { active, live } = stage.state(workload);
  const isRecorded = active?.turnedBack !== undefined || live?.slot === admission.stable;
  if (!isRecorded) await set(admission.canary);
}

const liveOf = ({ blue, green }: Dial): Slot => (blue >= green ? 'blue' : 'green');

/** A person at the rule: as our own advice has it, or a page for maintenance. What it found it puts back, unless that has changed. */
export async function changeRule(
  { stage }: Simulation,
  workload: string,
  action: ActionOf<'changeRule'>,
): Promise<void> {
  const site = stage.site(workload);
  const [arn = ''] = site.workload.router.rules;
  const rule = site.router.rules.get(arn);
  const isTouched = site.turnedByHandAtEpochMs !== undefined;
  if (rule === undefined || rule.groups.length === 0 || isTouched) return; // one hand at a time
  const before = rule.groups;
  const live = site.workload.router.targetGroups[liveOf(site.dialNow())];
  const changed = action.to === 'page' ? [] : [{ arn: live, weight: 1 }];
  stage.trace.tell(
    'a person',
    action.to === 'page' ? 'puts a page in place of the forward' : 'forwards to the live group alone',
  );
  rule.groups = changed;
  await site.dialMoved({ byHand: true });
  await virtualSleep(action.backAfterMs);
  if (rule.groups !== changed || action.to !== 'page') return;
  stage.trace.tell('a person', 'lets the rule forward again');
  rule.groups = before;
  await site.dialMoved({ byHand: true });
}

/** A hand at a slot's size, which gives back what it took unless somebody has scaled since. */
export async function scaleByHand(
  { stage }: Simulation,
  workload: string,
  action: ActionOf<'scaleByHand'>,
): Promise<void> {
  const site = stage.site(workload);
  const live = liveOf(site.dialNow());
  const slot = action.slot === 'live' ? live : otherSlot(live);
  const before = site.pods[slot].size;
  if (before === 0 || before <= action.replicas) return;
  stage.trace.tell('a person', `scales ${slot} from ${before} to ${action.replicas}`);
  await site.scaleByHand(slot, action.replicas);
  await virtualSleep(action.backAfterMs);
  if (!site.isScaledByHand(slot)) return;
  stage.trace.tell('a person', `scales ${slot} back to ${before}`);
  await site.scaleByHand(slot, before);
}

/** A person gives the canary's slot another image, as `kubectl set image` does. */
export async function editImage({ stage }: Simulation, workload: string): Promise<void> {
  const site = stage.site(workload);
  const { active } = stage.told(workload);
  const { admission } = active ?? {};
  const written = active?.lines.some(({ fact }) => fact.kind === 'canaryWritten') ?? false;
  if (admission === undefined || !written || active?.retiringAtEpochMs !== undefined) return;
  stage.trace.tell('a person', `sets another image in ${admission.canary}`);
  stage.coverage.count('hand: another image');
  site.editImage(admission.canary);
}

/** Traffic grows or falls, and the autoscaler of the slot that has it follows, within its minimum. */
export async function autoscale(
  { stage }: Simulation,
  { workload, stableReplicas }: Scenario,
  { times, slot: named }: ActionOf<'autoscale'>,
): Promise<void> {
  const site = stage.site(workload.name);
  const { admission } = stage.told(workload.name).active ?? {};
  const slot = admission?.[named ?? 'stable'] ?? liveOf(site.dialNow());
  if (site.dialNow()[slot] === 0) return; // without traffic it wants nothing
  const given = await site.autoscale(slot, Math.ceil(stableReplicas * times));
  if (given !== undefined) stage.trace.tell('autoscaler', `gives ${slot} ${given} replicas`);
}
