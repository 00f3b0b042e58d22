import { expect, it } from 'vitest';
import type { HookAnswer, Hooks } from '../../../adapters/hooks/hooks.ts';

export interface OpenHooks {
  hooks: Hooks;
  url: string;
  statusUrl: string;
  /** What the URL answers, one after the other; the last one stays. */
  answer(url: string, ...answers: (HookAnswer | 'unreachable')[]): void;
  /** Idempotency keys and bodies of the calls that arrived. */
  received(): { key: string; body: unknown }[];
}

/** All hooks keep this. */
export const keepsHooksContract = (open: () => Promise<OpenHooks>) => {
  const call = (url: string) => ({ url, key: 'r-1/smoke', timeoutSeconds: 5, body: { release: 'r-1' } });

  it('hands over the body and the key, the same ones when it calls again', async () => {
    const { hooks, url, answer, received } = await open();
    answer(url, { kind: 'passed' });
    await hooks.call(call(url));
    await hooks.call(call(url));
    const once = { key: 'r-1/smoke', body: { release: 'r-1' } };
    expect(received()).toEqual([once, once]);
  });

  it('says that a hook has passed', async () => {
    const { hooks, url, answer } = await open();
    answer(url, { kind: 'passed' });
    expect(await hooks.call(call(url))).toEqual({ kind: 'passed' });
  });

  it('says that a hook has failed, and why', async () => {
    const { hooks, url, answer } = await open();
    answer(url, { kind: 'failed', because: 'it is not well' });
    expect(await hooks.call(call(url))).toEqual({ kind: 'failed', because: expect.stringMatching(/.+/) });
  });

  it('asks a hook that is running until it has an answer', async () => {
    const { hooks, url, statusUrl, answer } = await open();
    answer(url, { kind: 'running', statusUrl });
    answer(statusUrl, { kind: 'running', statusUrl }, { kind: 'passed' });
    expect(await hooks.call(call(url))).toEqual({ kind: 'running', statusUrl });
    expect(await hooks.poll(statusUrl, 5)).toEqual({ kind: 'running', statusUrl });
    expect(await hooks.poll(statusUrl, 5)).toEqual({ kind: 'passed' });
  });

  it('throws HookUnreachableError when nothing answers, and may be called again', async () => {
    const { hooks, url, statusUrl, answer } = await open();
    answer(url, 'unreachable', { kind: 'passed' });
    answer(statusUrl, 'unreachable');
    await expect(hooks.call(call(url))).rejects.toMatchObject({ name: 'HookUnreachableError' });
    await expect(hooks.poll(statusUrl, 5)).rejects.toMatchObject({ name: 'HookUnreachableError' });
    expect(await hooks.call(call(url))).toEqual({ kind: 'passed' });
  });
};
