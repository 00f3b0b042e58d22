import type { LabClock } from '../clock.ts';
import { labRegion } from './arns.ts';
import { dataLimitExceeded, runtimeError } from './errors.ts';
import { cloneJson } from './lambda.ts';
import { isTooLarge } from './limits.ts';
import type { TaskCall, TaskTimes } from './prepare.ts';
import type { Json } from './state-machine-host.ts';
import { openTaskLimits } from './task-limits.ts';
import { doWork, type TaskPartners, type TaskWork } from './task-work.ts';

export interface TaskServices extends TaskPartners {
  clock: LabClock;
  /** The engine's class for time-outs: see engine.ts. */
  TimeoutError: new () => Error;
}

/** One attempt of one Task. */
export interface TaskAttempt {
  state: string;
  work: TaskWork;
  call: TaskCall;
  token: string | undefined;
  /** Aborted when the execution ends. */
  ended: AbortSignal;
  record(type: string, details: Record<string, unknown>): void;
}

/** Runs one attempt within its time, and records the events of its history. */
export async function runTask(attempt: TaskAttempt, services: TaskServices): Promise<Json> {
  const { state, work, call, token, ended, record } = attempt;
  const parameters = cloneJson(call.parameters ?? call.stateInput);
  if (isTooLarge(JSON.stringify(parameters))) throw dataLimitExceeded(state, 'has an input');
  const times = timesOf(work, call);
  const resource = resourceOf(work);
  record('TaskScheduled', {
    ...resource,
    region: labRegion,
    parameters: JSON.stringify(parameters),
    ...(times.timeoutSeconds !== undefined && { timeoutInSeconds: times.timeoutSeconds }),
    ...(times.heartbeatSeconds !== undefined && { heartbeatInSeconds: times.heartbeatSeconds }),
  });
  record('TaskStarted', resource);

  const limits = openTaskLimits({ times, clock: services.clock, ended, TimeoutError: services.TimeoutError });
  const cleanUps = [limits.close];
  let over = false;
  const context = {
    token,
    limits,
    afterwards: (each: () => void) => void cleanUps.push(each),
    submitted(output: Json) {
      if (!over) record('TaskSubmitted', { ...resource, output: JSON.stringify(output) });
    },
  };
  const cleanUp = () => {
    over = true;
    for (const each of cleanUps) each();
  };
  // at once when the execution ends: its token is dead and its child stopped when `stop` returns
  ended.addEventListener('abort', cleanUp, { once: true });
  try {
    const output = await Promise.race([doWork(work, parameters, context, services), limits.expired]);
    const text = JSON.stringify(output);
    if (isTooLarge(text)) throw dataLimitExceeded(state, 'returned a result');
    record('TaskSucceeded', { ...resource, output: text });
    return output;
  } catch (failure) {
    const { name, message } = failure as Error;
    const type = failure instanceof services.TimeoutError ? 'TaskTimedOut' : 'TaskFailed';
    record(type, { ...resource, error: name, cause: message });
    throw failure;
  } finally {
    ended.removeEventListener('abort', cleanUp);
    cleanUp();
  }
}

function timesOf(work: TaskWork, call: TaskCall): TaskTimes {
  const timeoutSeconds = secondsFrom('TimeoutSecondsPath', call.timeoutSeconds, work.timeoutSeconds);
  const heartbeatSeconds = secondsFrom('HeartbeatSecondsPath', call.heartbeatSeconds, work.heartbeatSeconds);
  return {
    ...(timeoutSeconds !== undefined && { timeoutSeconds }),
    ...(heartbeatSeconds !== undefined && { heartbeatSeconds }),
  };
}

/** What a path selects has to be a positive integer, or the execution fails: states-language.net, "Timeouts". */
function secondsFrom(field: string, selected: unknown, constant: number | undefined): number | undefined {
  if (selected === undefined) return constant;
  if (typeof selected === 'number' && Number.isInteger(selected) && selected > 0) return selected;
  throw runtimeError(`the ${field} selects ${JSON.stringify(selected)}, which is not a positive integer`);
}

function resourceOf(work: TaskWork): { resourceType: string; resource: string } {
  switch (work.kind) {
    case 'function':
      return { resourceType: 'lambda', resource: work.arn };
    case 'invoke':
      return { resourceType: 'lambda', resource: work.withToken ? 'invoke.waitForTaskToken' : 'invoke' };
    case 'startExecution': {
      const suffix = work.mode === 'start' ? '' : `.${work.mode}`;
      return { resourceType: 'states', resource: `startExecution${suffix}` };
    }
  }
}
