import { expect, it } from 'vitest';
import type { Executions, Machine } from '../../../adapters/executions/executions.ts';

export interface OpenExecutions {
  executions: Executions;
  /** The token that the execution waits for; answering it once lets the execution go on to `finish`. */
  tokenOf(machine: Machine, name: string): Promise<string>;
  /** Lets a running execution end well. */
  finish(machine: Machine, name: string): Promise<void>;
  /** From now on nothing answers, or everything does again. */
  unreachable(now: boolean): void;
}

/** All executions keep this. */
export const keepsExecutionsContract = (open: () => Promise<OpenExecutions>) => {
  const input = { releaseId: 'rel-1', run: 1 };
  const named = (name: string) => expect.objectContaining({ name });

  it('runs what it was told to start', async () => {
    const { executions } = await open();
    await executions.start('release', 'rel-1-1', input);
    expect(await executions.describe('release', 'rel-1-1')).toEqual({
      status: 'RUNNING',
      startedAtEpochMs: expect.any(Number),
    });
  });

  it('starts once what it is told twice', async () => {
    const { executions } = await open();
    await executions.start('release', 'rel-1-1', input);
    const first = await executions.describe('release', 'rel-1-1');
    await executions.start('release', 'rel-1-1', { run: 1, releaseId: 'rel-1' });
    expect(await executions.describe('release', 'rel-1-1')).toEqual(first);
  });

  it('keeps the two machines apart', async () => {
    const { executions } = await open();
    await executions.start('release', 'same', input);
    expect(await executions.describe('rollBack', 'same')).toBe('notThere');
    await executions.start('rollBack', 'same', input);
    await executions.stop('release', 'same', 'enough');
    expect(await executions.describe('rollBack', 'same')).toMatchObject({ status: 'RUNNING' });
  });

  it('says that the name is taken where it runs with another input', async () => {
    const { executions } = await open();
    await executions.start('release', 'rel-1-1', input);
    const again = executions.start('release', 'rel-1-1', { ...input, run: 2 });
    await expect(again).rejects.toEqual(named('ExecutionNameTakenError'));
  });

  it('says that the name is taken where it has ended, with the same input too', async () => {
    const { executions, finish } = await open();
    await executions.start('rollBack', 'rb-rel-1-1', input);
    await finish('rollBack', 'rb-rel-1-1');
    expect(await executions.describe('rollBack', 'rb-rel-1-1')).toMatchObject({ status: 'SUCCEEDED' });
    const again = executions.start('rollBack', 'rb-rel-1-1', input);
    await expect(again).rejects.toEqual(named('ExecutionNameTakenError'));
  });

  it('stops what runs, and is content with what has ended or never was', async () => {
    const { executions } = await open();
    await executions.start('release', 'rel-1-1', input);
    await executions.stop('release', 'rel-1-1', 'going back');
    await executions.stop('release', 'rel-1-1', 'going back');
    await executions.stop('release', 'nobody', 'going back');
    expect(await executions.describe('release', 'rel-1-1')).toMatchObject({ status: 'ABORTED' });
  });

  it('answers a token once; the second answer is too late', async () => {
    const { executions, tokenOf } = await open();
    await executions.start('release', 'rel-1-1', input);
    const token = await tokenOf('release', 'rel-1-1');
    expect(await executions.answer(token, { approved: true })).toBe('answered');
    expect(await executions.answer(token, { approved: true })).toBe('tooLate');
  });

  it('is told that it is too late when the execution was stopped', async () => {
    const { executions, tokenOf } = await open();
    await executions.start('release', 'rel-1-1', input);
    const token = await tokenOf('release', 'rel-1-1');
    await executions.stop('release', 'rel-1-1', 'going back');
    expect(await executions.answer(token, {})).toBe('tooLate');
  });

  it('refuses a name that no execution can have, and a token that was never issued', async () => {
    const { executions } = await open();
    await expect(executions.start('release', 'x'.repeat(81), input)).rejects.toEqual(named('ExecutionsRefusedError'));
    await expect(executions.start('release', 'a b', input)).rejects.toEqual(named('ExecutionsRefusedError'));
    await expect(executions.answer('nobody-issued-this', {})).rejects.toEqual(named('ExecutionsRefusedError'));
  });

  it('throws ExecutionsUnreachableError when nothing answers, and may be called again', async () => {
    const { executions, unreachable } = await open();
    unreachable(true);
    const all = [
      executions.start('release', 'rel-1-1', input),
      executions.stop('release', 'rel-1-1', 'going back'),
      executions.describe('release', 'rel-1-1'),
      executions.answer('some-token', {}),
    ];
    for (const call of await Promise.allSettled(all)) {
      expect(call).toMatchObject({ status: 'rejected', reason: { name: 'ExecutionsUnreachableError' } });
    }
    unreachable(false);
    await executions.start('release', 'rel-1-1', input);
  });
};
