import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { openAlbRouter } from '../../../../adapters/router/alb/router.ts';
import { SLOTS, type Slot } from '../../../../domain/dial.ts';
import { openElbv2Endpoint } from '../../../../lab/aws/elbv2-endpoint.ts';
import { openWireServer } from '../../../../lab/aws/wire-server.ts';
import { openLabClock } from '../../../../lab/clock.ts';
import { openLoadBalancer } from '../../../../lab/load-balancer/load-balancer.ts';
import { openMemoryLoadBalancer } from '../../../lab/aws/memory-load-balancer.ts';
import { checkout } from './rules.contract.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** A program that answers with its slot's name. */
async function openProgram(slot: Slot): Promise<number> {
  const server = createServer((_, response) => response.end(slot));
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  return (server.address() as AddressInfo).port;
}

it('the dial turns under requests, the preview header reaches the idle slot, and the way back takes both with it', async () => {
  // Prepare: the rules of the memory load balancer on the real one, a program behind each slot
  const clock = openLabClock({ startEpochMs: Date.now(), compress: 50 });
  const draws = [0.1, 0.3, 0.6, 0.9];
  let drawn = 0;
  const random = () => draws[drawn++ % draws.length] ?? 0;
  const loadBalancer = await openLoadBalancer({ clock, random });
  closers.push(() => loadBalancer.close());
  const model = openMemoryLoadBalancer();
  for (const group of model.targetGroups()) loadBalancer.putTargetGroup(group);
  for (const rule of model.rules()) loadBalancer.putRule({ ...rule, listenerArn: loadBalancer.listenerArn });
  for (const slot of SLOTS) {
    loadBalancer.register(checkout.router.targetGroups[slot], { host: '127.0.0.1', port: await openProgram(slot) });
  }
  const server = await openWireServer({ endpoints: [openElbv2Endpoint({ loadBalancer })] });
  closers.push(() => server.close());
  const router = openAlbRouter({
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'lab',
    AWS_SECRET_ACCESS_KEY: 'lab',
    AWS_ENDPOINT_URL: server.url,
  });
  const ask = async (headers: Record<string, string> = {}) => (await fetch(loadBalancer.url, { headers })).text();
  const askFour = async () => [await ask(), await ask(), await ask(), await ask()].toSorted();
  const preview = { 'x-sluice-preview': 'canary' };
  const allHealthy = () =>
    SLOTS.every(slot =>
      loadBalancer.health(checkout.router.targetGroups[slot]).every(({ state }) => state === 'healthy'),
    );
  await expect.poll(allHealthy).toBe(true);

  // Act and assess
  const wayBack = await router.planWayBack(checkout, 'blue');
  await router.setPreview(checkout, 'green', { name: 'x-sluice-preview', value: 'canary' });
  expect(await askFour()).toEqual(['blue', 'blue', 'blue', 'blue']);
  expect(await ask(preview)).toBe('green');

  await router.setDial(checkout, { blue: 75, green: 25 });
  expect(await askFour()).toEqual(['blue', 'blue', 'blue', 'green']);

  await router.setDial(checkout, { blue: 0, green: 100 });
  expect(await askFour()).toEqual(['green', 'green', 'green', 'green']);

  await router.goBack(checkout, wayBack);
  expect(await askFour()).toEqual(['blue', 'blue', 'blue', 'blue']);
  expect(await ask(preview)).toBe('blue');
  expect(await router.readDial(checkout)).toEqual({ blue: 100, green: 0 });
});
