import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import {
  ExecutionNameTakenError,
  type ExecutionStatus,
  type Executions,
  ExecutionsRefusedError,
  ExecutionsUnreachableError,
  type Machine,
} from './executions.ts';

export interface FakeExecution extends ExecutionStatus {
  machine: Machine;
  name: string;
  input: unknown;
  /** What `stop` was told. */
  because?: string;
}

export interface FakeExecutions extends Executions {
  /** In the order of their starts. */
  readonly started: readonly FakeExecution[];
  /** What was answered to tokens, in order. */
  readonly answers: readonly { taskToken: string; output: unknown }[];
  /** Lets a running execution end, as its machine would. */
  end(machine: Machine, name: string, status: Exclude<ExecutionStatus['status'], 'RUNNING'>, error?: string): void;
  /** A token that a task of this execution waits for; it dies with its execution. */
  openToken(machine: Machine, name: string): string;
  /** The token's task has timed out. */
  expireToken(taskToken: string): void;
  /** From now on (or until `false`) nothing answers. */
  unreachable(now: boolean): void;
}

/** Executions in memory: names, inputs and tokens as the service keeps them; no machine runs. */
export function fakeExecutions(clock: Clock): FakeExecutions {
  const executions: FakeExecution[] = [];
  const answers: { taskToken: string; output: unknown }[] = [];
  const tokens = new Map<string, { execution: FakeExecution; waiting: boolean }>();
  let away = false;

  const find = (machine: Machine, name: string) =>
    executions.find(execution => execution.machine === machine && execution.name === name);
  const reach = () => {
    if (away) throw new ExecutionsUnreachableError('the fake was told not to answer');
  };
  return {
    started: executions,
    answers,
    async start(machine, name, input) {
      reach();
      if (!/^[\w.()!@'+=-]{1,80}$/.test(name)) throw new ExecutionsRefusedError(`InvalidName: '${name}'`);
      const copy: unknown = JSON.parse(JSON.stringify(input));
      const found = find(machine, name);
      if (found?.status === 'RUNNING' && isDeepStrictEqual(found.input, copy)) return;
      if (found !== undefined)
        throw new ExecutionNameTakenError(`the execution ${name} (${machine}) is ${found.status}`);
      executions.push({ machine, name, input: copy, status: 'RUNNING', startedAtEpochMs: clock.now() });
    },
    async stop(machine, name, because) {
      reach();
      const found = find(machine, name);
      if (found?.status === 'RUNNING') Object.assign(found, { status: 'ABORTED', because });
    },
    async describe(machine, name) {
      reach();
      const found = find(machine, name);
      if (found === undefined) return 'notThere';
      const { status, startedAtEpochMs, error, cause } = found;
      return {
        status,
        startedAtEpochMs,
        ...(error !== undefined && { error }),
        ...(cause !== undefined && { cause }),
      };
    },
    async answer(taskToken, output) {
      reach();
      const token = tokens.get(taskToken);
      if (token === undefined) throw new ExecutionsRefusedError(`InvalidToken: '${taskToken}'`);
      if (!token.waiting || token.execution.status !== 'RUNNING') return 'tooLate';
      token.waiting = false;
      answers.push({ taskToken, output: JSON.parse(JSON.stringify(output)) });
      return 'answered';
    },
    end(machine, name, status, error) {
      const found = find(machine, name);
      if (found?.status !== 'RUNNING') throw new Error(`no execution ${name} (${machine}) is running`);
      Object.assign(found, { status, ...(error !== undefined && { error }) });
    },
    openToken(machine, name) {
      const execution = find(machine, name);
      if (execution === undefined) throw new Error(`there is no execution ${name} (${machine})`);
      const taskToken = `${machine}-${name}-${tokens.size + 1}`;
      tokens.set(taskToken, { execution, waiting: true });
      return taskToken;
    },
    expireToken(taskToken) {
      const token = tokens.get(taskToken);
      if (token !== undefined) token.waiting = false;
    },
    unreachable(now) {
      away = now;
    },
  };
}
