import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cluster } from '../../../../adapters/cluster/cluster.ts';
import { stepFunctionsExecutions } from '../../../../adapters/executions/step-functions-executions.ts';
import { openRouters } from '../../../../adapters/router/run-registry.ts';
import { makeHandlers } from '../../../../functions/lambda/handlers.ts';
import { functionsWithCluster } from '../../../../infra/functions/catalogue.ts';
import { functionArnOf } from '../../../../lab/asl/arns.ts';
import { openEmbedded } from '../../../conformance/interpreters.ts';
import { openFakes } from '../../../functions/fakes.ts';
import { planOf, shop, weight } from '../../../support/ledger-lines.ts';

/*
 * Whole releases of a workload with a selector: the shipped machines and handlers, and the routers as the product opens them.
 * Only the functions that the catalogue lets into the cluster are given one.
 */
const turned = { ...shop, router: { kind: 'selector' as const, service: 'shop-live' } };
const PLAN = { strategy: 'blueGreen' as const, steps: [weight(100)], soakSeconds: 300, metrics: [] };

let interpreter: Awaited<ReturnType<typeof openEmbedded>>;
beforeAll(async () => {
  interpreter = await openEmbedded();
});
afterAll(() => interpreter.close());

async function openStage(name: string) {
  const fakes = await openFakes(PLAN);
  await fakes.workloads.register({ workload: turned, plan: planOf(PLAN), registeredAtEpochMs: fakes.clock.now() });
  fakes.cluster.putService(turned, 'shop-live');
  await fakes.cluster.pointService({ ...turned, service: 'shop-live' }, 'blue', undefined);
  const calls: string[] = [];
  const nameOf = (handler: string) => `${name}--${handler}`;
  const pascal = (text: string) => text.replace(/(^|-)([a-z])/g, (_, __, first: string) => first.toUpperCase());
  const names = Object.keys(makeHandlers(fakes.deps));
  const run: { handlers: ReturnType<typeof makeHandlers>; before?: (handler: string) => void } = { handlers: {} };
  for (const handler of names) {
    interpreter.functions[nameOf(handler)] = async event => {
      run.before?.(handler);
      calls.push(handler);
      const answer = (await run.handlers[handler]?.(event)) as { seconds?: number };
      fakes.clock.epochMs += (answer.seconds ?? 0) * 1000;
      return { ...answer, seconds: 0 };
    };
  }
  const substitutions = {
    ...Object.fromEntries(names.map(handler => [`${pascal(handler)}Function`, functionArnOf(nameOf(handler))])),
    Partition: 'aws',
  };
  const machine = (file: string) =>
    interpreter.register({
      name: `${name}-${file}`,
      definition: JSON.parse(
        readFileSync(new URL(`../../../../state-machines/${file}.asl.json`, import.meta.url), 'utf8'),
      ),
      substitutions,
    });
  const arns = { release: await machine('release'), rollBack: await machine('roll-back') };
  const executions = stepFunctionsExecutions(interpreter.client, arns);
  const withCluster = (cluster?: Cluster) => makeHandlers({ ...fakes.deps, executions, ...openRouters({}, cluster) });
  const [inside, outside] = [withCluster(fakes.cluster), withCluster()];
  const reach: readonly string[] = functionsWithCluster();
  run.handlers = Object.fromEntries(
    names.map(handler => [handler, (reach.includes(handler) ? inside : outside)[handler]]),
  ) as typeof inside;
  const ended = async () => {
    await expect.poll(async () => (await fakes.ledger.read('shop')).ended[0], { timeout: 60_000 }).toBeDefined();
    return (await fakes.ledger.read('shop')).ended[0];
  };
  const start = () => run.handlers.start?.({ workload: 'shop', image: 'v2', by: 'ann' });
  return { fakes, calls, run, ended, start };
}

it('is promoted: the Service selects the new slot, by functions in the cluster alone', async () => {
  const { fakes, calls, ended, start } = await openStage('selector-promoted');
  await start();
  expect(await ended()).toMatchObject({ outcome: 'promoted' });
  expect(fakes.cluster.pointsAt(turned, 'shop-live')).toBe('green');
  expect(calls).toEqual(expect.arrayContaining(['look-in-cluster', 'shift-traffic-in-cluster', 'retire-stable']));
  expect(await fakes.kinds()).toEqual(expect.arrayContaining(['shiftConfirmed', 'stableRetired']));
}, 90_000);

it('goes back: an abort under traffic sends everything to the stable slot, through the cluster', async () => {
  const { fakes, calls, run, ended, start } = await openStage('selector-aborted');
  let isAborted = false;
  run.before = handler => {
    if (handler !== 'soak' || isAborted) return;
    isAborted = true;
    void run.handlers.abort?.({ releaseId: 'shop-1', by: 'ann', because: 'no' });
  };
  await start();
  expect(await ended()).toMatchObject({ outcome: 'rolledBack', reason: 'aborted' });
  expect(fakes.cluster.pointsAt(turned, 'shop-live')).toBe('blue');
  expect(calls).toEqual(expect.arrayContaining(['restore-traffic-in-cluster', 'verify-traffic-in-cluster']));
  expect((await fakes.cluster.readSlot(turned, 'green')).desired).toBe(0);
}, 90_000);

it('holds while the cluster does not answer a look: nobody knows who gets the requests, and it goes on when it does', async () => {
  const { fakes, run, ended, start } = await openStage('selector-away');
  let looks = 0;
  run.before = handler => {
    if (handler !== 'look-in-cluster') return;
    looks += 1;
    fakes.cluster.setReachable(looks !== 6);
  };
  await start();
  expect(await ended()).toMatchObject({ outcome: 'promoted' });
  const held = (await fakes.facts()).filter(fact => fact.kind === 'held');
  expect(held).toEqual([
    expect.objectContaining({ because: expect.stringMatching(/^the traffic weights are not known: /) }),
  ]);
}, 90_000);
