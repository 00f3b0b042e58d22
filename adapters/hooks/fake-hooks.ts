import { type HookAnswer, type HookCall, type Hooks, HookUnreachableError } from './hooks.ts';

export interface FakeHooks extends Hooks {
  /** What this URL answers, one after the other to calls and polls alike; the last one stays. */
  answer(url: string, ...answers: (HookAnswer | 'unreachable')[]): void;
  readonly calls: readonly HookCall[];
  readonly polls: readonly string[];
}

/** Hooks in memory; a URL that was told nothing does not answer. */
export function fakeHooks(): FakeHooks {
  const answers = new Map<string, (HookAnswer | 'unreachable')[]>();
  const calls: HookCall[] = [];
  const polls: string[] = [];
  function next(url: string): HookAnswer {
    const left = answers.get(url) ?? [];
    const answer = left.length > 1 ? left.shift() : left[0];
    if (answer === undefined || answer === 'unreachable') throw new HookUnreachableError(`${url} does not answer`);
    return answer;
  }
  return {
    calls,
    polls,
    answer: (url, ...next) => void answers.set(url, next),
    async call(call) {
      calls.push(call);
      return next(call.url);
    },
    async poll(statusUrl) {
      polls.push(statusUrl);
      return next(statusUrl);
    },
  };
}
