import { describe, expect, it } from 'vitest';
import { dialFor } from '../../domain/dial.ts';
import { approval, type Line, readied, requested, shifted, shop, weight } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes } from './fakes.ts';
import { scheduled } from './handler-cases.ts';

const HOUR = 3_600;
const at10 = [
  [1, { kind: 'canaryIntended', slot: 'green', revision: 'new' }],
  [2, { kind: 'canaryWritten', slot: 'green', revision: 'new' }],
  ...readied(0, 10),
  ...shifted(20, { from: 0, to: 10 }),
] as Line[];
const reasons = (fakes: Fakes) => fakes.notifier.notices.map(({ message }) => JSON.parse(message).because);
const claim: Line = [100, { kind: 'rollBackClaimed', attempt: 1, reason: 'degraded', because: 'errors' }];

/** The reconciler's passes of so many hours, each five minutes. */
async function passes(fakes: Fakes, { from, hours }: { from: number; hours: number }) {
  for (let seconds = from; seconds <= from + hours * HOUR; seconds += 300) {
    fakes.wait(seconds);
    await fakes.run('reconcile', scheduled);
  }
}

/** At 10 %, on its way back, with the execution's input. */
async function goingBack() {
  const fakes = await openFakes();
  await fakes.admitted(...at10, claim);
  await fakes.canary(4);
  await fakes.router.setDial(shop, dialFor('green', 10));
  const back = {
    ...{ workload: shop, stable: 'blue', deadlineEpochMs: fakes.clock.epochMs + 7_200_000 },
    wayBack: await fakes.router.planWayBack(shop, 'blue'),
  };
  const input = { releaseId: 'shop-1', attempt: 1, back };
  await fakes.executions.start('rollBack', 'rb-shop-1-1', input);
  return { fakes, input };
}

describe('a person is called once, and then again', () => {
  it('where both slots are unhealthy at 10 % and the way back loops', async () => {
    const { fakes, input } = await goingBack();
    fakes.targets.counts.blue.healthy = 0;
    fakes.targets.counts.blue.unhealthy = 4;
    for (let loop = 0; loop < 100; loop += 1) {
      fakes.wait(100 + loop * 10);
      expect(await fakes.run('restore-traffic', input)).toMatchObject({ kind: 'lookAgain' });
      await fakes.run('reconcile', scheduled);
    }
    const page =
      'waiting for the requests to go back to blue: no target of blue is healthy: the traffic stays where it is until one is';
    expect(reasons(fakes)).toEqual([page]);
    expect((await fakes.kinds()).filter(kind => kind === 'held')).toHaveLength(1);
    await passes(fakes, { from: 1_200, hours: 2 });
    expect(reasons(fakes)).toEqual([page, page, page]);
    const { active } = await fakes.ledger.read('shop');
    expect(active?.paged).toMatchObject({ what: 'restoring', times: 3 });
  });

  it('where a maintenance page stands in the way back', async () => {
    const { fakes, input } = await goingBack();
    const rule = fakes.router.rules.get('arn:rule/shop');
    if (rule !== undefined) fakes.router.rules.set('arn:rule/shop', { ...rule, groups: [] });
    await fakes.run('restore-traffic', input);
    await passes(fakes, { from: 100, hours: 1.5 });
    expect(reasons(fakes)).toEqual(Array(2).fill(expect.stringMatching(/go back to blue: rule arn:rule.shop answers/)));
  });

  it('where the cluster never answers in RetireCanary', async () => {
    const fakes = await openFakes();
    const back: Line[] = [
      [101, { kind: 'goingBack', attempt: 1 }],
      [102, { kind: 'dialRestored', dial: { blue: 100, green: 0 } }],
      [103, { kind: 'dialVerified', dial: { blue: 100, green: 0 } }],
    ];
    await fakes.admitted(...at10, claim, ...back);
    await fakes.executions.start('rollBack', 'rb-shop-1-1', {});
    await passes(fakes, { from: 300, hours: 3 });
    expect(reasons(fakes)).toEqual(Array(3).fill(expect.stringMatching(/connections of green to end, and its pods/)));
  });

  it.each<[string, Line[], RegExp]>([
    ['that never drains', [], /connections of blue to end/],
    [
      'whose live slot cannot carry the requests',
      [[500, { kind: 'held', because: '0 of 4 targets healthy in green', fault: true }]],
      /0 of 4 targets healthy in green/,
    ],
  ])('about a release behind the point of no return for 72 hours, %s', async (_, ledgerLines, reason) => {
    const fakes = await openFakes({ steps: [weight(100)] });
    const soaked: Line[] = [
      [30, { kind: 'soakStarted' }],
      [40, { kind: 'soakDone', because: 'good' }],
      [50, { kind: 'retiring' }],
    ];
    await fakes.admitted(...at10, ...soaked, ...ledgerLines);
    await passes(fakes, { from: 300, hours: 72 });
    expect(reasons(fakes)).toEqual(Array(72).fill(expect.stringMatching(reason)));
  });

  it('about an approval, and about the release in the queue behind it, once a day', async () => {
    const steps = [weight(10), approval({ withinSeconds: 3 * 24 * HOUR }), weight(100)];
    const fakes = await openFakes({ steps });
    await fakes.admitted(
      ...at10,
      [25, { kind: 'approvalOpened', name: 'go-live' }],
      [30, requested(), { releaseId: 'shop-2' }],
    );
    await passes(fakes, { from: 300, hours: 49 });
    const days = (text: string) => reasons(fakes).filter(reason => reason.includes(text));
    expect(days('approval go-live')).toHaveLength(2);
    expect(days('shop-1 to end')).toHaveLength(2);
  });

  it('as soon as somebody can be reached again, and not before it is known that they were', async () => {
    const { fakes } = await goingBack();
    fakes.wait(100 + HOUR);
    fakes.notifier.breakWith('throttled');
    await fakes.run('reconcile', scheduled);
    expect(await fakes.kinds()).not.toContain('paged');
    fakes.notifier.breakWith(undefined);
    await fakes.run('reconcile', scheduled);
    await fakes.run('reconcile', scheduled);
    expect(reasons(fakes)).toEqual([expect.stringMatching(/an execution that takes it back/)]);
  });
});

describe('a workload for which the reconciler can do nothing', () => {
  it('is told by its name once an hour, and the others are seen to', async () => {
    const fakes = await openFakes();
    await fakes.workloads.register({
      workload: { ...shop, name: 'api' },
      plan: (await fakes.workloads.read('shop')).plan,
    });
    const { read } = fakes.ledger;
    fakes.ledger.read = async name => {
      if (name === 'api') throw Object.assign(new Error('update its functions'), { name: 'UnknownEntryError' });
      return read.call(fakes.ledger, name);
    };
    for (let minute = 0; minute < 120; minute += 1) {
      fakes.wait(minute * 60);
      await expect(fakes.run('reconcile', scheduled)).rejects.toMatchObject(named('PartlyFailedError', /api/));
    }
    expect(fakes.notifier.notices.map(({ subject }) => subject)).toEqual(Array(2).fill('api: needs a person'));
    expect(reasons(fakes)[0]).toMatch(/UnknownEntryError: update its functions/);
  });
});
