import type { Alarms } from '../../adapters/alarms/alarms.ts';
import type { Ledger } from '../../adapters/ledger/ledger.ts';
import type { TrafficRouter } from '../../adapters/router/router.ts';
import type { Targets } from '../../adapters/router/targets.ts';
import { dialFor, dialText, sameDial } from '../../domain/dial.ts';
import { confirmedWeight } from '../../domain/ledger/weight.ts';
import { alarmBlock, rangUnderTraffic } from '../../domain/release/alarm-watch.ts';
import { isOurs } from '../../domain/release/dial-owner.ts';
import { dueWeight, isSlotUnread } from '../../domain/release/next-step.ts';
import { unconfirmedShift } from '../../domain/release/unconfirmed-shift.ts';
import { DialNotTakenError } from '../errors.ts';
import { output } from '../outputs.ts';
import { readDial } from '../read-dial.ts';
import type { ReleaseCall } from '../release-call.ts';
import type { SharedDeps } from '../shared-deps.ts';
import { watchAlarms } from './watch-alarms.ts';

export interface ShiftTrafficDeps extends SharedDeps {
  ledger: Ledger;
  router: TrafficRouter;
  targets: Targets;
  alarms: Alarms;
}

/** Turns the dial to the step's weight: intent, act, read back, append. */
export async function shiftTraffic(deps: ShiftTrafficDeps, call: ReleaseCall) {
  const weight = dueWeight(call.release);
  if (weight === undefined) return output({ kind: 'advance', because: 'the weight is what this step wants' });
  // an account that was full, or calls that did not come through, may lie between the look and this
  if (isSlotUnread(call.release, call.now))
    return output({ kind: 'advance', because: 'the slots were read too long ago: they are read again' });
  const { canary } = call.admission;
  const { workload } = call.release;
  const from = await readDial(deps, workload);
  if ('unreadable' in from) return back(`the traffic weights were changed outside Sluice: ${from.unreadable}`);
  if (!isOurs(call.release, call.admission, from))
    return back(`the traffic weights were changed outside Sluice: ${dialText(from)}`);
  const targets = await deps.targets.read(workload);
  if (weight > 0 && targets[canary].healthy === 0) return back(`${canary} has no healthy targets`);

  const alarms = weight > 0 ? await watchAlarms(deps, call) : [];
  const alarmed = rangUnderTraffic(call.release, alarms) ?? alarmBlock(call.release, alarms);
  if (alarmed !== undefined) return back(alarmed);

  const to = dialFor(canary, weight);
  // nothing is live to go back to: the shift of a first release is its point of no return
  if (call.admission.first === true && call.release.retiringAtEpochMs === undefined)
    await call.append({ kind: 'retiring' });
  if (unconfirmedShift(call.release) === undefined) await call.append({ kind: 'shiftIntended', from, to, weight });
  if (!sameDial(from, to)) await deps.router.setDial(workload, to, call.position);
  const dial = await deps.router.readDial(workload);
  if (!sameDial(dial, to))
    throw new DialNotTakenError(`the traffic weights were set to ${dialText(to)} and read back as ${dialText(dial)}`);
  await call.append({ kind: 'shiftConfirmed', dial, weight });
  return output({ kind: 'advance', because: `${confirmedWeight(call.release)} % to ${canary}` });
}

/** Back to the loop, whose look holds the release and says why. */
const back = (because: string) => output({ kind: 'lookAgain', because });
