import type { LabClock } from './clock.ts';

/** The lab's EventBridge, with Lambda's own queue behind it: at least once, in any order, and tried again. */
export interface LabEvents {
  /** Hands an event to a function; whoever sends it does not wait. */
  send(functionName: string, event: object): void;
  /** Calls a function every so often, on the lab's clock. */
  schedule(functionName: string, everySeconds: number): void;
  /** Delivers nothing more; resolves when the functions in flight have returned. */
  close(): Promise<void>;
}

/** As Lambda repeats a call that nobody waits for: after a minute, and after two more. */
const PAUSES_SECONDS = [60, 120];

const scheduledEvent = { 'detail-type': 'Scheduled Event', source: 'aws.events', detail: {} };

/** @param onFault told of an event that failed every time: a dead letter */
export function openEvents(options: {
  clock: LabClock;
  call: (functionName: string, event: object) => Promise<unknown>;
  onFault: (fault: string) => void;
}): LabEvents {
  const { clock, call, onFault } = options;
  const ending = new AbortController();
  const { signal } = ending;
  const inFlight = new Set<Promise<void>>();

  async function deliver(functionName: string, event: object): Promise<void> {
    await new Promise(resolve => setImmediate(resolve)); // whoever sent it goes on first
    for (const pauseSeconds of [...PAUSES_SECONDS, undefined]) {
      if (signal.aborted) return;
      try {
        await call(functionName, event);
        return;
      } catch (error) {
        if (pauseSeconds === undefined) onFault(`${functionName} failed every time: ${error}`);
        else await clock.sleep(pauseSeconds * 1000, signal);
      }
    }
  }

  async function repeat(functionName: string, everySeconds: number): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(everySeconds * 1000, signal);
      if (signal.aborted) return;
      // the next one comes anyway
      await call(functionName, scheduledEvent).catch(error => onFault(`${functionName} failed: ${error}`));
    }
  }

  function keep(work: Promise<void>): void {
    inFlight.add(work);
    void work.finally(() => inFlight.delete(work));
  }
  return {
    send: (functionName, event) => keep(deliver(functionName, event)),
    schedule: (functionName, everySeconds) => keep(repeat(functionName, everySeconds)),
    async close() {
      ending.abort();
      await Promise.all(inFlight);
    },
  };
}
