import type { LabClock } from '../clock.ts';
import { executionEnded } from './errors.ts';
import type { TaskTimes } from './prepare.ts';
import { startTimer } from './timers.ts';

/** What ends one attempt of a task before its work does. */
export interface TaskLimits {
  /** Rejects with the time-out, the lost heartbeat, or the end of the execution. */
  readonly expired: Promise<never>;
  /** Wall milliseconds until the time-out; Infinity where there is none. */
  remainingMs(): number;
  /** From now on the task only waits for others: what is left of its time runs on the lab's clock. */
  waitForOthers(): void;
  /** (Re)starts the time for the next heartbeat, on the lab's clock. */
  beat(): void;
  close(): void;
}

/**
 * The time-out runs on the wall until `waitForOthers`, because functions make real calls whatever the compression.
 * Without compression both are the same clock.
 */
export function openTaskLimits(options: {
  times: TaskTimes;
  clock: LabClock;
  ended: AbortSignal;
  TimeoutError: new () => Error;
}): TaskLimits {
  const { times, clock, ended, TimeoutError } = options;
  const { promise: expired, reject } = Promise.withResolvers<never>();
  const timeOut = (name: string) => () => reject(Object.assign(new TimeoutError(), { name, message: '' }));
  const onEnd = () => reject(executionEnded());
  const limitMs = (times.timeoutSeconds ?? Number.POSITIVE_INFINITY) * 1000;
  const startedAtMs = performance.now();
  const remainingMs = () => startedAtMs + limitMs - performance.now();
  let closed = false;
  let cancelTimeOut = () => {};
  let cancelHeartbeat = () => {};
  const startTimeOut = (wallMs: number) => {
    cancelTimeOut();
    if (!closed && Number.isFinite(wallMs)) cancelTimeOut = startTimer(wallMs, timeOut('States.Timeout'));
  };

  startTimeOut(limitMs);
  ended.addEventListener('abort', onEnd, { once: true });
  return {
    expired,
    remainingMs,
    waitForOthers: () => startTimeOut(clock.wallMs(remainingMs())),
    beat() {
      cancelHeartbeat();
      if (closed || times.heartbeatSeconds === undefined) return;
      cancelHeartbeat = startTimer(clock.wallMs(times.heartbeatSeconds * 1000), timeOut('States.HeartbeatTimeout'));
    },
    close() {
      closed = true;
      cancelTimeOut();
      cancelHeartbeat();
      ended.removeEventListener('abort', onEnd);
    },
  };
}
