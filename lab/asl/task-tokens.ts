import { randomBytes } from 'node:crypto';
import { AwsError } from '../aws/aws-error.ts';
import type { Json } from './state-machine-host.ts';

/** The waiting end of a token. */
export interface WaitingTask {
  succeed(output: Json): void;
  fail(error: string, cause: string): void;
  beat(): void;
}

/** Task tokens of all executions: each belongs to one attempt of one task, and is dead when that attempt has ended. */
export interface TaskTokens {
  issue(): string;
  open(token: string, task: WaitingTask): void;
  close(token: string): void;
  /** @throws AwsError InvalidToken (never issued), TaskTimedOut (dead) */
  waitingFor(token: string): WaitingTask;
}

export function openTaskTokens(): TaskTokens {
  const issued = new Set<string>();
  const waiting = new Map<string, WaitingTask>();
  return {
    issue() {
      const token = randomBytes(48).toString('base64url');
      issued.add(token);
      return token;
    },
    open: (token, task) => void waiting.set(token, task),
    close: token => void waiting.delete(token),
    waitingFor(token) {
      const task = waiting.get(token);
      if (task !== undefined) return task;
      if (issued.has(token)) {
        throw new AwsError('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
      }
      throw new AwsError('InvalidToken', "Invalid Token: 'Invalid token'");
    },
  };
}
