import { MAX_HISTORY_EVENTS } from './limits.ts';

export interface HistoryEvent {
  /** 1, 2, 3, ... */
  id: number;
  /** 0 for the first. Without Parallel and Map the event before is the one that led to this one. */
  previousEventId: number;
  /** On the lab's clock. */
  timestampEpochMs: number;
  /** The service's names: ExecutionStarted, TaskStateEntered, TaskScheduled, WaitStateExited, ... */
  type: string;
  /** What the service puts in the event's `...EventDetails`. */
  details: Record<string, unknown>;
}

export interface History {
  readonly events: readonly HistoryEvent[];
  /** @returns the new event's id, or `full`: it has ended, or only its end still fits */
  append(type: string, details: Record<string, unknown>): number | 'full';
  /** The last event; it always fits. Nothing is appended after it. */
  finish(type: string, details: Record<string, unknown>): void;
}

/** @param keeps whether the events stay readable; where not, they are only counted */
export function openHistory(now: () => number, keeps = true): History {
  const events: HistoryEvent[] = [];
  let count = 0;
  let finished = false;
  const push = (type: string, details: Record<string, unknown>): number => {
    const previousEventId = count;
    count += 1;
    if (keeps) events.push({ id: count, previousEventId, timestampEpochMs: now(), type, details });
    return count;
  };
  return {
    events,
    append(type, details) {
      if (finished || count >= MAX_HISTORY_EVENTS - 1) return 'full';
      return push(type, details);
    },
    finish(type, details) {
      if (finished) return;
      push(type, details);
      finished = true;
    },
  };
}

/** `TaskScheduled` -> `taskScheduledEventDetails`; all states share `stateEntered...` and `stateExited...`. */
export function detailsKeyOf(type: string): string {
  const shared = /State(Entered|Exited)$/.exec(type);
  const name = shared === null ? type : `State${shared[1]}`;
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}EventDetails`;
}
