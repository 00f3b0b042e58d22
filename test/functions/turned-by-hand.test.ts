import { describe, expect, it } from 'vitest';
import { LedgerUnreachableError } from '../../adapters/ledger/errors.ts';
import { parseWayBack } from '../../adapters/router/alb/way-back.ts';
import { dialFor } from '../../domain/dial.ts';
import { bake, type Line, readied, shifted, shop, weight } from '../support/ledger-lines.ts';
import { type Fakes, openFakes } from './fakes.ts';
import { admittedWith, backInput, goingBack, road } from './handler-cases.ts';

/*
 * What people do to a rule in the middle of a release: one group alone, a maintenance page, a rule that names the live group
 * only. "Not known" is never taken for "none".
 */

const RULE = 'arn:rule/shop';
const [BLUE, GREEN] = ['arn:tg/shop-blue', 'arn:tg/shop-green'];
const groups = (fakes: Fakes, arn = RULE) => fakes.router.rules.get(arn)?.groups;
const write = (fakes: Fakes, ...written: [arn: string, weight: number][]) => {
  const rule = fakes.router.rules.get(RULE);
  if (rule !== undefined) rule.groups = written.map(([arn, weight]) => ({ arn, weight }));
};
const blue = (fakes: Fakes, counts: object) => Object.assign(fakes.targets.counts.blue, { healthy: 0, ...counts });
const restore = async (fakes: Fakes) => fakes.run('restore-traffic', await backInput(fakes));

/** Somebody forwarded to green alone, and the release goes back: nobody checks blue's targets. */
async function canaryAlone(counts: object = { unused: 4 }) {
  const fakes = await goingBack();
  write(fakes, [GREEN, 1]);
  blue(fakes, counts);
  return fakes;
}

describe('the way back from a rule that forwards to the canary alone', () => {
  it("puts stable's group beside it, and moves the requests when a target of it is healthy", async () => {
    const fakes = await canaryAlone();
    expect(await restore(fakes)).toMatchObject({
      kind: 'lookAgain',
      seconds: 5,
      because: expect.stringMatching(/not checked yet/),
    });
    expect(groups(fakes)).toEqual([
      { arn: BLUE, weight: 0 },
      { arn: GREEN, weight: 1 },
    ]);
    blue(fakes, { initial: 4, unused: 0 });
    expect(await restore(fakes)).toMatchObject({ kind: 'lookAgain' });
    blue(fakes, { healthy: 4, initial: 0 });
    expect(await restore(fakes)).toMatchObject({ kind: 'advance', because: 'all requests go to blue' });
    expect(groups(fakes)).toEqual([{ arn: BLUE, weight: 1 }]);
  });

  it('moves them after a minute where nobody can say how its targets are', async () => {
    const fakes = await canaryAlone();
    await restore(fakes);
    fakes.wait(169);
    expect(await restore(fakes)).toMatchObject({ kind: 'lookAgain' });
    fakes.wait(170); // it began to go back at 110
    expect(await restore(fakes)).toMatchObject({ kind: 'advance' });
  });

  it('moves them at once where the canary answers nobody: what may be fine is better', async () => {
    const fakes = await canaryAlone();
    fakes.targets.counts.green.healthy = 0;
    expect(await restore(fakes)).toMatchObject({ kind: 'advance' });
  });

  it('moves them at once where the ledger cannot say since when it goes back', async () => {
    const fakes = await canaryAlone();
    const input = await backInput(fakes);
    fakes.ledger.read = async () => {
      throw new LedgerUnreachableError('the table did not answer');
    };
    expect(await fakes.run('restore-traffic', input)).toMatchObject({ kind: 'advance' });
  });

  it.each([
    ['are unhealthy', { unhealthy: 4 }],
    ['are unhealthy, and one is new', { unhealthy: 3, initial: 1 }],
    ['are leaving', { draining: 4 }],
    ['are none', {}],
  ])('leaves them where its targets %s', async (_, counts) => {
    const fakes = await canaryAlone(counts);
    expect(await restore(fakes)).toMatchObject({
      kind: 'lookAgain',
      seconds: 10,
      because: expect.stringMatching(/no target of blue/),
    });
    expect(groups(fakes)).toEqual([{ arn: GREEN, weight: 1 }]);
  });
});

describe('a maintenance page in place of the forward', () => {
  const baking: Line[] = [
    ...readied(0, 10),
    ...shifted(20, { from: 0, to: 10 }),
    [30, { kind: 'stepStarted', index: 1 }],
  ];
  async function paged(...more: Line[]) {
    const fakes = await openFakes({ metrics: [], steps: [weight(10), bake(9_000), weight(100)] });
    await fakes.admitted(...baking, ...more);
    await fakes.canary(1);
    write(fakes);
    return fakes;
  }
  const SAID = /changed outside Sluice: rule arn:rule\/shop/;

  it('holds the release and says so, and lets it go on when the forward is there again', async () => {
    const fakes = await paged();
    fakes.wait(100);
    expect(await fakes.run('look', road)).toMatchObject({ kind: 'lookAgain', because: expect.stringMatching(SAID) });
    expect((await fakes.facts()).at(-1)).toMatchObject({
      kind: 'held',
      fault: true,
      because: expect.stringMatching(SAID),
    });
    write(fakes, [BLUE, 90], [GREEN, 10]);
    await fakes.run('look', road);
    expect((await fakes.kinds()).at(-1)).toBe('resumed');
  });

  it('takes the release back when it stays for as long as the plan holds', async () => {
    const fakes = await paged();
    fakes.wait(100);
    await fakes.run('look', road);
    fakes.wait(700);
    expect(await fakes.run('look', road)).toMatchObject({
      kind: 'rollBack',
      reason: 'fault',
      because: expect.stringMatching(SAID),
    });
  });

  it('is not turned over by a shift, and its release is not retired behind it', async () => {
    const fakes = await openFakes();
    await fakes.admitted(...readied(0, 10));
    await fakes.canary(1);
    write(fakes);
    fakes.wait(20);
    expect(await fakes.run('shift-traffic', road)).toMatchObject({
      kind: 'lookAgain',
      because: expect.stringMatching(SAID),
    });
    expect(await fakes.run('retire-stable', road)).toMatchObject({
      kind: 'lookAgain',
      because: expect.stringMatching(/blue keeps its pods/),
    });
    expect(groups(fakes)).toEqual([]);
  });

  it('stays while a release goes back, which waits for it and goes on by itself', async () => {
    const fakes = await goingBack();
    const input = await backInput(fakes);
    write(fakes);
    expect(await fakes.run('restore-traffic', input)).toMatchObject({
      kind: 'lookAgain',
      seconds: 10,
      because: `rule ${RULE} answers by itself (fixed-response): goes back to blue when the rule forwards again`,
    });
    expect(groups(fakes)).toEqual([]);
    expect(groups(fakes, 'arn:rule/shop-preview')).toEqual([{ arn: BLUE, weight: 1 }]);
    expect(await fakes.kinds()).not.toContain('dialRestored');
    write(fakes, [BLUE, 90], [GREEN, 10]);
    expect(await restore(fakes)).toMatchObject({ kind: 'advance' });
    expect(groups(fakes)).toEqual([{ arn: BLUE, weight: 1 }]);
  });

  it('put there after the traffic went back keeps the pods of the canary until it is away', async () => {
    const fakes = await goingBack();
    const input = await backInput(fakes);
    await restore(fakes);
    write(fakes);
    expect(await fakes.run('verify-traffic', input)).toMatchObject({ kind: 'restoreAgain' });
    expect(await fakes.run('retire-canary', input)).toMatchObject({ kind: 'restoreAgain' });
    expect(await fakes.cluster.readSlot(shop, 'green')).toMatchObject({ desired: 4 });
  });

  it('is shown by the status, which shows all the rest as well', async () => {
    const fakes = await paged();
    expect(await fakes.run('status', { workload: 'shop' })).toMatchObject({
      dial: { unreadable: expect.stringContaining(RULE) },
      state: { active: { releaseId: 'shop-1' } },
    });
  });

  it('keeps a first release that goes back until it is away', async () => {
    const fakes = await goingBack();
    const input = await backInput(fakes);
    write(fakes);
    const back = { ...input.back, first: true };
    expect(await fakes.run('restore-traffic', { ...input, back })).toMatchObject({ kind: 'lookAgain' });
    expect(groups(fakes)).toEqual([]);
  });

  it('at one of several rules does not keep the others from going back', async () => {
    const fakes = await goingBack();
    const two = { ...shop, router: { ...shop.router, rules: [RULE, 'arn:rule/api'] } };
    fakes.router.rules.set('arn:rule/api', { groups: [], stickinessSeconds: 0, httpHeaders: [] });
    const input = await backInput(fakes);
    const rules = [
      ...parseWayBack(input.back.wayBack).rules,
      { arn: 'arn:rule/api', actions: parseWayBack(input.back.wayBack).rules[0]?.actions ?? [] },
    ];
    admittedWith(fakes, two, { ...input.back.wayBack, rules });
    expect(await fakes.run('restore-traffic', input)).toMatchObject({ kind: 'lookAgain' });
    expect(groups(fakes)).toEqual([{ arn: BLUE, weight: 1 }]);
    expect(groups(fakes, 'arn:rule/api')).toEqual([]);
  });

  it('that nobody can ask about keeps no release from going back', async () => {
    const fakes = await goingBack();
    const input = await backInput(fakes);
    fakes.router.failNext(1);
    expect(await fakes.run('restore-traffic', input)).toMatchObject({ kind: 'advance' });
  });
});

describe('a rule that names the live group only', () => {
  it('gets both before the canary is scaled up: in no rule it would never be checked', async () => {
    const fakes = await openFakes();
    await fakes.admitted();
    await fakes.canary(0);
    write(fakes, [BLUE, 1]);
    await fakes.run('size-canary', road);
    expect(groups(fakes)).toEqual([
      { arn: BLUE, weight: 1 },
      { arn: GREEN, weight: 0 },
    ]);
    expect(await fakes.router.readDial(shop)).toEqual(dialFor('green', 0));
  });

  it('is left to the person who wrote it once the canary had requests', async () => {
    const fakes = await openFakes({ steps: [weight(10), weight(50), weight(100)] });
    await fakes.admitted(...readied(0, 10), ...shifted(20, { from: 0, to: 10 }));
    await fakes.canary(1);
    write(fakes, [BLUE, 1]);
    fakes.wait(30);
    await fakes.run('size-canary', road);
    expect(groups(fakes)).toEqual([{ arn: BLUE, weight: 1 }]);
  });

  it('that is a maintenance page keeps no canary from being scaled up', async () => {
    const fakes = await openFakes();
    await fakes.admitted();
    await fakes.canary(0);
    write(fakes);
    expect(await fakes.run('size-canary', road)).toMatchObject({ kind: 'lookAgain' });
    expect(groups(fakes)).toEqual([]);
    expect(await fakes.cluster.readSlot(shop, 'green')).toMatchObject({ desired: 1 });
  });
});
