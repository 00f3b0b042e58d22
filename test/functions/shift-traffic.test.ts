import { describe, expect, it } from 'vitest';
import { dialFor } from '../../domain/dial.ts';
import { type Line, readied, shifted, shop } from '../support/ledger-lines.ts';
import { type Fakes, named, openFakes } from './fakes.ts';
import { road } from './handler-cases.ts';

const shift = (fakes: Fakes) => fakes.run('shift-traffic', road);
const dialOf = (fakes: Fakes) => fakes.router.readDial(shop);
/** Ready for 10 %, at a good time to shift. */
async function ready(...ledgerLines: Line[]) {
  const fakes = await openFakes();
  await fakes.admitted(...readied(0, 10), ...ledgerLines);
  await fakes.canary(1);
  fakes.wait(20);
  return fakes;
}
const intended = shifted(19, { from: 0, to: 10 }).slice(0, 1);

describe('a shift', () => {
  it('is intent, act, what was read back, confirmation', async () => {
    const fakes = await ready();
    expect(await shift(fakes)).toMatchObject({ kind: 'advance', because: '10 % to green' });
    expect(await dialOf(fakes)).toEqual({ blue: 90, green: 10 });
    expect((await fakes.facts()).slice(-2)).toEqual([
      { kind: 'shiftIntended', from: { blue: 100, green: 0 }, to: { blue: 90, green: 10 }, weight: 10 },
      { kind: 'shiftConfirmed', dial: { blue: 90, green: 10 }, weight: 10 },
    ]);
  });

  it('goes on after a crash before the act, and after one behind it, with one intent', async () => {
    for (const turned of [false, true]) {
      const fakes = await ready(...intended);
      if (turned) await fakes.router.setDial(shop, dialFor('green', 10));
      expect(await shift(fakes)).toMatchObject({ kind: 'advance' });
      expect(await dialOf(fakes)).toEqual({ blue: 90, green: 10 });
      const kinds = await fakes.kinds();
      expect(kinds.filter(kind => kind === 'shiftIntended')).toHaveLength(1);
      expect(kinds.at(-1)).toBe('shiftConfirmed');
    }
  });

  it('takes place although the handler was slow: the look has chosen the instant', async () => {
    for (const ledgerLines of [[], intended]) {
      const fakes = await ready(...ledgerLines);
      fakes.wait(45);
      expect(await shift(fakes)).toMatchObject({ kind: 'advance', because: '10 % to green' });
      expect(await dialOf(fakes)).toEqual({ blue: 90, green: 10 });
    }
  });

  it('is none where the canary is not ready for it, or the step is no weight', async () => {
    const early = await openFakes();
    await early.admitted();
    expect(await shift(early)).toMatchObject({ kind: 'advance' });
    expect(await early.kinds()).not.toContain('shiftIntended');
    const baking = await ready(...shifted(10, { from: 0, to: 10 }));
    expect(await shift(baking)).toMatchObject({ kind: 'advance', because: 'the weight is what this step wants' });
    expect((await baking.kinds()).filter(kind => kind === 'shiftIntended')).toHaveLength(1);
  });

  it('fails, to be tried again, where the load balancer does not answer, and has then left its intent', async () => {
    const fakes = await ready();
    fakes.router.failNext(1);
    await expect(shift(fakes)).rejects.toMatchObject(named('RouterUnreachableError'));
    expect(await fakes.kinds()).not.toContain('shiftIntended');
    const { setDial } = fakes.router;
    fakes.router.setDial = async () => fakes.router.failNext(1);
    await expect(shift(fakes)).rejects.toMatchObject(named('RouterUnreachableError'));
    fakes.router.setDial = setDial;
    expect((await fakes.kinds()).at(-1)).toBe('shiftIntended');
    expect(await shift(fakes)).toMatchObject({ kind: 'advance' });
  });

  it('that the router accepts and does not do is a fault', async () => {
    const fakes = await ready();
    fakes.router.setDial = async () => {};
    await expect(shift(fakes)).rejects.toMatchObject(
      named(
        'DialNotTakenError',
        /^the traffic weights were set to blue 90 %, green 10 % and read back as blue 100 %, green 0 %$/,
      ),
    );
    expect(await fakes.kinds()).not.toContain('shiftConfirmed');
  });
});

describe('the dial stays where it is', () => {
  it('where somebody else has moved it', async () => {
    const fakes = await ready();
    await fakes.router.setDial(shop, dialFor('green', 30));
    expect(await shift(fakes)).toMatchObject({
      kind: 'lookAgain',
      because: 'the traffic weights were changed outside Sluice: blue 70 %, green 30 %',
    });
    expect(await dialOf(fakes)).toEqual({ blue: 70, green: 30 });
    expect(await fakes.kinds()).not.toContain('shiftIntended');
  });

  it('while no target of the canary is healthy, in the middle of a shift too', async () => {
    for (const ledgerLines of [[], intended]) {
      const fakes = await ready(...ledgerLines);
      fakes.targets.counts.green.healthy = 0;
      expect(await shift(fakes)).toMatchObject({ kind: 'lookAgain', because: 'green has no healthy targets' });
      expect(await dialOf(fakes)).toEqual({ blue: 100, green: 0 });
    }
  });
});
