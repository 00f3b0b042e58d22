import type { ExecutionDescription } from '../../asl/state-machine-host.ts';
import { alarmArnOf } from '../../aws/alarms-endpoint.ts';
import { alarmEvent, executionEvent, pushEvent } from '../../event-shapes.ts';
import type { Scenario } from '../scenario.ts';
import type { Simulation } from '../simulation.ts';
import { virtualSleep } from '../virtual-time.ts';

/** As infra/'s schedule has it; what it is the net for lasts where the scenario leaves it out for a while. */
const RECONCILE_EVERY_MS = 60_000;

/** EventBridge: events come at least once, late, in another order, and sometimes not at all. */
export interface Bus {
  hasHandler(name: string): boolean;
  imagePushed(scenario: Scenario, index: number): void;
  /** The workload's alarms ring for so long. */
  alarm(scenario: Scenario, action: { forMs: number; announced: boolean }): void;
  /** For so long there are none of the workload's alarms. */
  deleteAlarms(scenario: Scenario, forMs: number): void;
  close(): void;
}

export function openBus(simulation: Simulation, scenario: Scenario): Bus {
  const { stage, invoke, handlers, host } = simulation;
  const random = stage.random('bus');
  let open = true;
  const hasHandler = (name: string) => handlers[name] !== undefined;

  const gapNow = () =>
    scenario.gaps?.find(({ fromMs, untilMs }) => stage.elapsedMs >= fromMs && stage.elapsedMs < untilMs);

  function send(operation: string, event: object, what: string): void {
    if (!hasHandler(operation)) return;
    const rates = stage.elapsedMs < scenario.quietAtMs ? scenario.faults.event : { lost: 0, twice: 0, late: 0 };
    const meets = (fault: keyof typeof rates) => {
      if (!random.chance(rates[fault])) return false;
      stage.coverage.count(`fault: event ${fault}`);
      stage.trace.tell('bus', `FAULT: ${what}: ${fault}`);
      return true;
    };
    const gap = gapNow();
    if (gap !== undefined) {
      stage.coverage.count('fault: no events');
      stage.trace.tell('bus', `FAULT: ${what}: no event arrives`);
      return;
    }
    if (meets('lost')) return;
    const times = meets('twice') ? 2 : 1;
    for (let time = 0; time < times; time += 1) {
      // what is late arrives after what came later
      deliver(operation, event, meets('late') ? random.whole(10, 600) * 1000 : random.whole(200, 3_000)).catch(
        () => {},
      );
    }
  }

  /** A rule's target is tried again while it fails, as Lambda tries an asynchronous call: twice, a minute and two later. */
  async function deliver(operation: string, event: object, afterMs: number): Promise<void> {
    await virtualSleep(afterMs);
    for (const waitMs of [60_000, 120_000, 0]) {
      if (!open) return;
      try {
        await invoke(operation, event);
        return;
      } catch {
        await virtualSleep(waitMs);
      }
    }
  }

  const unsubscribe = host.onStatusChange((change: ExecutionDescription) => {
    if (!open || change.status === 'RUNNING') return;
    stage.coverage.count(`execution: ${change.status}`);
    if (change.status !== 'SUCCEEDED') stage.trace.tell(change.name, `the execution ended as ${change.status}`);
    send('execution-ended', executionEvent(change, Date.now()), `the end of ${change.name}`);
  });
  if (hasHandler('reconcile')) {
    const reconcile = async () => {
      while (open) {
        await virtualSleep(RECONCILE_EVERY_MS);
        if (gapNow()?.reconciler === true) stage.coverage.count('fault: no reconciler');
        else if (open) await invoke('reconcile', { 'detail-type': 'Scheduled Event' }).catch(() => {});
      }
    };
    reconcile().catch(() => {});
  }
  return {
    hasHandler,
    imagePushed({ workload, images }, index) {
      const image = images[index];
      if (image === undefined) return;
      const { tag, digest } = image;
      const push = { repository: workload.repositories[0]?.name ?? '', tag, digest, atEpochMs: Date.now() };
      send('image-pushed', pushEvent(push), `the push of ${tag}`);
    },
    alarm({ workload }, { forMs, announced }) {
      for (const alarmName of workload.alarms ?? []) {
        const reason = 'too many errors';
        const turn = (state: 'ALARM' | 'OK') => {
          if (stage.alarmsMissingSinceEpochMs !== undefined) return; // there is none that could ring
          stage.trace.tell('CloudWatch', `${alarmName} goes into ${state}`);
          simulation.systems.alarms.set(alarmName, state, reason, Date.now());
          stage.ringsSinceEpochMs = state === 'ALARM' ? (stage.ringsSinceEpochMs ?? Date.now()) : undefined;
          stage.lastRangEpochMs = Date.now();
          const previousState = state === 'OK' ? 'ALARM' : 'OK';
          const atEpochMs = Date.now();
          const change = {
            name: alarmName,
            arn: alarmArnOf(alarmName),
            atEpochMs,
            state,
            previousState,
            reason,
          } as const;
          if (announced) send('alarm-changed', alarmEvent(change), `${alarmName} in ${state}`);
        };
        turn('ALARM');
        setTimeout(turn, forMs, 'OK');
      }
    },
    deleteAlarms({ workload }, forMs) {
      const alarms = workload.alarms ?? [];
      if (alarms.length === 0 || stage.alarmsMissingSinceEpochMs !== undefined) return;
      stage.trace.tell('a person', `deletes ${alarms.join(', ')}`);
      stage.coverage.count('hand: alarms deleted');
      for (const name of alarms) simulation.systems.alarms.delete(name);
      stage.alarmsMissingSinceEpochMs = Date.now();
      setTimeout(() => {
        for (const name of alarms) simulation.systems.alarms.set(name, 'OK');
        stage.alarmsMissingSinceEpochMs = undefined;
        stage.ringsSinceEpochMs = undefined;
      }, forMs);
    },
    close() {
      open = false;
      unsubscribe();
    },
  };
}
