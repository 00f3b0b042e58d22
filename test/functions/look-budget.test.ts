import { expect, it, vi } from 'vitest';
import { HookUnreachableError } from '../../adapters/hooks/hooks.ts';
import type { WorkloadOf } from '../../domain/workload.ts';
import { makeHandlers } from '../../functions/lambda/handlers.ts';
import { at, hook, type Line, readied, shifted, weight } from '../support/ledger-lines.ts';
import { type Fakes, openFakes } from './fakes.ts';
import { road } from './handler-cases.ts';

/** Lambda ends a look after 20 s; some of it is the cold start's. */
const MOST_MS = 18_000;

/** Timers and clocks of its own, so that seconds take no time. */
async function inFakeTime<T>(act: () => Promise<T>): Promise<T> {
  vi.useFakeTimers({ now: at(300) });
  try {
    const running = act();
    running.catch(() => {}); // it is awaited below; until then its failure is nobody's
    await vi.runAllTimersAsync();
    return await running;
  } finally {
    vi.useRealTimers();
  }
}
const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));

/** A hook of 10 s, and metrics that answer after so long, at 10 %. */
async function slow(metricsMs: number, ...ledgerLines: Line[]) {
  const fakes = await openFakes({ steps: [weight(10), hook({ timeoutSeconds: 3_600, retries: 5 }), weight(100)] });
  await fakes.admitted(
    ...readied(0, 10),
    ...shifted(20, { from: 0, to: 10 }),
    [22, { kind: 'stepStarted', index: 1 }],
    [22, { kind: 'hookCalled', name: 'smoke', attempt: 1 }],
    ...ledgerLines,
  );
  await fakes.router.setDial((await fakes.workloads.read('shop')).workload as WorkloadOf<'alb'>, {
    blue: 90,
    green: 10,
  });
  await fakes.canary(4);
  const look = (ports: object = {}) =>
    inFakeTime(async () => {
      const { metrics, hooks } = fakes.deps;
      const deps = {
        ...fakes.deps,
        clock: { now: () => Date.now() },
        metrics: { read: async (request: never) => sleep(metricsMs).then(() => metrics.read(request)) },
        hooks: {
          ...hooks,
          call: async () => {
            await sleep(10_000);
            throw new HookUnreachableError('no answer within 10 s');
          },
        },
        ...ports,
      };
      const started = Date.now();
      const answer = (await makeHandlers(deps).look?.(road)) as { kind: string };
      return { answer, ms: Date.now() - started };
    });
  return { fakes, look };
}

const windowsOf = (fakes: Fakes) => fakes.ledger.windows('shop-1');

it('a look whose hook and metrics are both slow ends in its time, with both answers', async () => {
  const { fakes, look } = await slow(9_000);
  const { answer, ms } = await look();
  expect(answer.kind).toBe('lookAgain');
  expect(ms).toBeLessThan(MOST_MS);
  expect((await windowsOf(fakes)).length).toBeGreaterThan(0);
  expect((await fakes.facts()).filter(({ kind }) => kind === 'hookCalled')).toHaveLength(2);
});

it('metrics that do not answer in time are not known: nothing is good for it, and the next look asks again', async () => {
  const { fakes, look } = await slow(60_000);
  const { answer, ms } = await look();
  expect(answer).toMatchObject({ kind: 'lookAgain' });
  expect(ms).toBeLessThan(MOST_MS);
  const judged = (await fakes.facts()).findLast(({ kind }) => kind === 'judged');
  expect(judged).toMatchObject({
    verdict: { kind: 'inconclusive', fault: true, because: expect.stringMatching(/no answer within the 12 s/) },
  });
  expect(await windowsOf(fakes)).toEqual([]);
  const later = await look({ metrics: fakes.deps.metrics });
  expect(later.answer.kind).toBe('lookAgain');
  expect((await windowsOf(fakes)).length).toBeGreaterThan(0);
});

it('targets that do not answer are no answer: the look fails in its time, after its hook is written down', async () => {
  const { fakes, look } = await slow(0);
  const targets = { ...fakes.targets, read: () => new Promise<never>(() => {}) };
  await expect(look({ targets })).rejects.toMatchObject({ name: 'TargetsUnreachableError' });
  expect((await fakes.facts()).at(-1)).toMatchObject({ kind: 'hookCalled', attempt: 2 });
});
