import { readdir } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { makeHandlers } from '../../functions/lambda/handlers.ts';
import { callsInCode } from '../support/calls-in-code.ts';
import { crashAfter, isEffect, ProcessDiedError } from './crash-after.ts';
import { type CrashScene, crashScenes } from './crash-scenes.ts';
import { inputOf } from './scenes.ts';
import type { World } from './world.ts';

/*
 * A Lambda can die at any instant. For every handler and every effect it has: the process dies after the effect and before
 * anything else; it is run again, as its state machine or its caller would; the world and the ledger are as after one run.
 */

/** Runs a scene's handler in a process that dies after its nth effect. Answers the effects that took place. */
async function runMortal(scene: CrashScene, world: World, diesAfter: number): Promise<string[]> {
  const { deps, effects } = crashAfter(world.deps, diesAfter);
  const handler = makeHandlers(deps)[scene.name];
  if (handler === undefined) throw new Error(`there is no handler ${scene.name}`);
  try {
    await handler(await inputOf(scene, world));
  } catch (error) {
    if (!(error instanceof ProcessDiedError) && !Number.isFinite(diesAfter)) throw error;
  }
  return effects;
}

/** Notices and calls of hooks happen at least once, each with what makes a second one known as the same. */
async function outcome(world: World, { maySayAgain }: CrashScene) {
  const { notices, calls, entries, ...rest } = await world.everything();
  const once = <T>(things: readonly T[]) => [...new Map(things.map(thing => [JSON.stringify(thing), thing])).values()];
  const facts = entries.filter(({ fact }) => fact.kind !== maySayAgain).map(({ fact, by }) => ({ fact, by }));
  return { ...rest, notices: once(notices), calls: once(calls), facts };
}

/** Effects of shared files that a handler imports for something else. */
const NOT_ITS_OWN: Record<string, string[]> = {
  'await-approval': ['ledger.append'], // behind the same fence as the others, and writes no line of its own
};

const effectsOf = async (scene: CrashScene) => runMortal(scene, await scene.open(), Number.POSITIVE_INFINITY);
const rows = await Promise.all(
  crashScenes.map(async scene => ({ scene, title: scene.title, effects: await effectsOf(scene) })),
);

describe.each(rows.filter(row => row.effects.length > 0))('$title', ({ scene, effects }) => {
  const deaths = effects.map((effect, index) => ({ effect, after: index + 1 }));
  it.each(deaths)('dies after its effect $after, $effect: run again, all is as after one run', async ({ after }) => {
    // Prepare
    const once = await scene.open();
    await runMortal(scene, once, Number.POSITIVE_INFINITY);
    const crashed = await scene.open();
    // Act
    const done = await runMortal(scene, crashed, after);
    await runMortal(scene, crashed, Number.POSITIVE_INFINITY);
    // Assess
    expect(done).toEqual(effects.slice(0, after));
    expect(await outcome(crashed, scene)).toEqual(await outcome(once, scene));
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
      .filter(row => row.scene.name === name)
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
