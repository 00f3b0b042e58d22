import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { makeHandlers } from '../../functions/lambda/handlers.ts';
import { callsInCode } from '../support/calls-in-code.ts';
import { crashAfter, isEffect, ProcessDiedError } from './crash-after.ts';
import { type CrashCase, crashCases } from './crash-cases.ts';
import type { Fakes } from './fakes.ts';
import { inputOf } from './handler-cases.ts';

/*
 * A Lambda can die at any instant. For every handler and every effect it has: the process dies after the effect and before
 * anything else; it is run again, as its state machine or its caller would; the world and the ledger are as after one run.
 */

/** Runs a case's handler in a process that dies after its nth effect. Answers the effects that took place. */
async function runMortal(handlerCase: CrashCase, fakes: Fakes, diesAfter: number): Promise<string[]> {
  const { deps, effects } = crashAfter(fakes.deps, diesAfter);
  const handler = makeHandlers(deps)[handlerCase.name];
  if (handler === undefined) throw new Error(`there is no handler ${handlerCase.name}`);
  try {
    await handler(await inputOf(handlerCase, fakes));
  } catch (error) {
    if (!(error instanceof ProcessDiedError) && !Number.isFinite(diesAfter)) throw error;
  }
  return effects;
}

/** Notices and calls of hooks happen at least once, each with what makes a second one known as the same. */
async function outcome(fakes: Fakes, { maySayAgain }: CrashCase) {
  const { notices, calls, entries, ...rest } = await fakes.everything();
  const once = <T>(things: readonly T[]) => [...new Map(things.map(thing => [JSON.stringify(thing), thing])).values()];
  const facts = entries.filter(({ fact }) => fact.kind !== maySayAgain).map(({ fact, by }) => ({ fact, by }));
  return { ...rest, notices: once(notices), calls: once(calls), facts };
}

/** Effects of shared files that a handler imports for something else. */
const NOT_ITS_OWN: Record<string, string[]> = {
  'await-approval': ['ledger.append'], // behind the same fence as the others, and writes no line of its own
};

const effectsOf = async (handlerCase: CrashCase) =>
  runMortal(handlerCase, await handlerCase.open(), Number.POSITIVE_INFINITY);
const rows = await Promise.all(
  crashCases.map(async handlerCase => ({
    handlerCase,
    title: handlerCase.title,
    effects: await effectsOf(handlerCase),
  })),
);

describe.each(rows.filter(row => row.effects.length > 0))('$title', ({ handlerCase, effects }) => {
  const deaths = effects.map((effect, index) => ({ effect, after: index + 1 }));
  it.each(deaths)('dies after its effect $after, $effect: run again, all is as after one run', async ({ after }) => {
    // Prepare
    const once = await handlerCase.open();
    await runMortal(handlerCase, once, Number.POSITIVE_INFINITY);
    const crashed = await handlerCase.open();
    // Act
    const done = await runMortal(handlerCase, crashed, after);
    await runMortal(handlerCase, crashed, Number.POSITIVE_INFINITY);
    // Assess
    expect(done).toEqual(effects.slice(0, after));
    expect(await outcome(crashed, handlerCase)).toEqual(await outcome(once, handlerCase));
  });
});

/** Every effect that stands in the code of a handler, its own or that of a shared file it imports. */
const effectsInCode = (name: string): string[] => [
  ...new Set(
    callsInCode(`functions/${name}.ts`)
      .filter(({ port, method }) => isEffect(port, method))
      .map(({ port, method }) => `${port}.${method}`),
  ),
];

const names = await handlers();
describe('of the effects in the code', () => {
  it.each(names)('every one of %s is one after which its process has died here', name => {
    const died = rows
      .filter(row => row.handlerCase.name === name)
      .flatMap(row => row.effects.map(effect => effect.split(' ')[0]));
    const missing = effectsInCode(name).filter(
      effect => !died.includes(effect) && NOT_ITS_OWN[name]?.includes(effect) !== true,
    );
    expect(missing).toEqual([]);
  });
});

async function handlers(): Promise<string[]> {
  const files = await readdir(new URL('../../functions', import.meta.url), { withFileTypes: true });
  return files.filter(file => file.isFile()).map(file => file.name.replace(/\.ts$/, ''));
}
