import { describe, expect, it } from 'vitest';
import { statusText } from '../../cli/status-text.ts';
import { admissionOf, bake, type Line, requested, shifted, shop, weight } from '../support/ledger-lines.ts';
import { type Fakes, openFakes } from './fakes.ts';
import { road, scheduled } from './handler-cases.ts';

/*
 * From the first weight on stable's autoscaler keeps it at its full size. Who applies the autoscaler from Git puts its own
 * minimum back: with the requests that the canary has taken, stable would shrink, and all of them may have to go back to it.
 */

/** At 25 % in green, in a bake; blue's minimum was raised from 2 to its 4 replicas. */
async function baking() {
  const fakes = await openFakes({ steps: [weight(25), bake(7_200), weight(100)], metrics: [], soakSeconds: 3_600 });
  fakes.cluster.putAutoscaler(shop, 'blue', 2, 40);
  const wayBack = await fakes.router.planWayBack(shop, 'blue');
  await fakes.tell(
    [0, requested({ plan: (await fakes.workloads.read('shop')).plan })],
    [0, { kind: 'runClaimed', run: 1 }],
    [0, { kind: 'admitted', admission: admissionOf({ stableMinimum: 2, wayBack }) }],
    [1, { kind: 'canaryIntended', slot: 'green', revision: 'new' }],
    [1, { kind: 'canaryWritten', slot: 'green', revision: 'new' }],
  );
  await fakes.canary(2);
  fakes.wait(2);
  await fakes.run('size-canary', road);
  await fakes.tell([3, { kind: 'readied', weight: 25 }], ...shifted(20, { from: 0, to: 25 }), [
    30,
    { kind: 'stepStarted', index: 1 },
  ]);
  await fakes.router.setDial(shop, { blue: 75, green: 25 });
  return fakes;
}
const minimum = async (fakes: Fakes) => (await fakes.cluster.readSlot(shop, 'blue')).autoscalerMinimum;
const putBack = (fakes: Fakes, to = 2) => fakes.cluster.putAutoscaler(shop, 'blue', to, 40);
const raised = async (fakes: Fakes) => (await fakes.facts()).filter(({ kind }) => kind === 'stableMinimumRaised');
const pages = (fakes: Fakes) => fakes.notifier.notices.map(({ message }) => JSON.parse(message).because);

/** What the state machine does until it pauses again. */
async function loop(fakes: Fakes, seconds: number) {
  fakes.wait(seconds);
  await fakes.run('read-slot', road);
  const looked = (await fakes.run('look', road)) as { kind: string; because: string };
  if (looked.kind !== 'advance') return looked;
  const next = (await fakes.run('next-step', road)) as { kind: string };
  return next.kind === 'sizeCanary' ? await fakes.run('size-canary', road) : next;
}

describe("a minimum of stable's autoscaler that somebody puts back during a bake", () => {
  it('is raised again, and says so; the bake goes on where it was, and the canary keeps its size', async () => {
    const fakes = await baking();
    expect(await minimum(fakes)).toBe(4);
    putBack(fakes);
    expect(await loop(fakes, 60)).toMatchObject({
      because: 'the minimum of the autoscaler of blue was put back to 2: it is raised to 4 again',
    });
    expect(await minimum(fakes)).toBe(4);
    expect(await raised(fakes)).toEqual([{ kind: 'stableMinimumRaised', slot: 'blue', from: 2, to: 4 }]);
    expect(await loop(fakes, 70)).toMatchObject({ kind: 'lookAgain' });
    const { active } = await fakes.ledger.read('shop');
    expect(active).toMatchObject({ stepsDone: 1, readiedForWeight: 25, size: { replicas: 2, weight: 25 } });
    expect(active?.stepStartedAtEpochMs).toBeDefined();
  });

  it('is raised once a minute at most, three times, and then a person is called: at once, and each hour', async () => {
    const fakes = await baking();
    for (let seconds = 60; seconds <= 60 + 4_200; seconds += 30) {
      putBack(fakes);
      await loop(fakes, seconds);
      await fakes.run('reconcile', scheduled);
    }
    const at = (await fakes.ledger.entries('shop')).filter(({ fact }) => fact.kind === 'stableMinimumRaised');
    const [first = 0, second = 0, third = 0] = at.map(({ atEpochMs }) => atEpochMs);
    expect(at).toHaveLength(3);
    expect([second - first, third - second]).toEqual([60_000, 60_000]);
    const because = expect.stringMatching(
      /^the minimum of the autoscaler of blue was put back to 2 once more, after Sluice had raised it to 4 3 times/,
    );
    expect(pages(fakes)).toEqual([because, because]);
    const answer = (await fakes.run('status', { workload: 'shop' })) as Parameters<typeof statusText>[1];
    expect(statusText('shop', answer, { paste: String })).toMatch(/found {6}since .*: the minimum of the autoscaler/);
    // and where it is as it should be again, nothing is found any more
    putBack(fakes, 4);
    await loop(fakes, 5_000);
    expect((await fakes.ledger.read('shop')).active?.findings).toBeUndefined();
  });

  it('is set all the same where the canary is sized for its next weight', async () => {
    const fakes = await baking();
    await fakes.tell(
      ...[100, 200, 300].map(
        (seconds): Line => [seconds, { kind: 'stableMinimumRaised', slot: 'blue', from: 2, to: 4 }],
      ),
      [400, { kind: 'stepDone', index: 1, because: '' }],
    );
    putBack(fakes);
    fakes.wait(401);
    await fakes.run('size-canary', road);
    expect(await minimum(fakes)).toBe(4);
  });

  it('is found again where whoever was to set it died after the line', async () => {
    const fakes = await baking();
    putBack(fakes);
    const { setAutoscalerMinimum } = fakes.cluster;
    fakes.cluster.setAutoscalerMinimum = async () => {
      throw new Error('the handler dies');
    };
    await expect(loop(fakes, 60)).rejects.toThrow('the handler dies');
    fakes.cluster.setAutoscalerMinimum = setAutoscalerMinimum;
    await loop(fakes, 121);
    expect(await minimum(fakes)).toBe(4);
  });

  it('is raised in the soak too, and no more once the soak is over', async () => {
    const fakes = await baking();
    await fakes.tell(
      [400, { kind: 'stepDone', index: 1, because: '' }],
      [410, { kind: 'sizeIntended', slot: 'green', replicas: 4, weight: 100, stableReplicas: 4 }],
      [411, { kind: 'readied', weight: 100 }],
      ...shifted(420, { from: 25, to: 100 }),
      [430, { kind: 'soakStarted' }],
    );
    await fakes.router.setDial(shop, { blue: 0, green: 100 });
    await fakes.canary(4);
    putBack(fakes);
    await loop(fakes, 460);
    expect(await minimum(fakes)).toBe(4);
    await fakes.tell([500, { kind: 'soakDone', because: 'good' }]);
    putBack(fakes);
    await loop(fakes, 600);
    expect(await minimum(fakes)).toBe(2);
  });

  it('ends no hold by that: what it held for it holds for still, for as long as it may', async () => {
    const fakes = await baking();
    await fakes.tell([50, { kind: 'held', because: 'too little data', fault: false }]);
    putBack(fakes);
    await loop(fakes, 60);
    expect(await raised(fakes)).toHaveLength(1);
    expect(await fakes.kinds()).not.toContain('resumed');
  });
});

it('leaves an autoscaler alone of which nothing was raised, and a minimum that is as high as its maximum allows', async () => {
  const fakes = await baking();
  fakes.cluster.putAutoscaler(shop, 'blue', 3, 3);
  await loop(fakes, 60);
  fakes.cluster.putAutoscaler(shop, 'blue', 7, 40);
  await loop(fakes, 150);
  expect(await raised(fakes)).toEqual([]);
  expect(await minimum(fakes)).toBe(7);
});
