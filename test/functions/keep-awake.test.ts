import { describe, expect, it } from 'vitest';
import { type Sleepers, SleeperUnreachableError } from '../../adapters/sleepers/sleepers.ts';
import { lazily } from '../../functions/lambda/open.ts';
import { makeHandler } from '../../functions/reconcile.ts';
import { named, openFakes } from './fakes.ts';
import { scheduled } from './handler-cases.ts';

const HOUR = 3_600;

/** Passes of one process, a minute apart. */
async function passes(count: number, wake: (name: string) => Promise<void> = async () => {}) {
  const fakes = await openFakes();
  const woken: [name: string, atSeconds: number][] = [];
  const beganMs = fakes.clock.now();
  const sleepers: Sleepers = {
    functions: ['arn:read-slot:7', 'arn:record-live'],
    async wake(name) {
      woken.push([name, (fakes.clock.now() - beganMs) / 1000]);
      await wake(name);
    },
  };
  const reconcile = makeHandler({ ...fakes.deps, sleepers });
  const outcomes: unknown[] = [];
  for (let pass = 0; pass < count; pass += 1) {
    outcomes.push(await reconcile(scheduled).catch((error: unknown) => error));
    fakes.wait((pass + 1) * 60);
  }
  return { woken, outcomes, fakes };
}

describe('the reconciler', () => {
  it('calls each function in the VPC once an hour, for as long as nothing else does', async () => {
    const { woken, outcomes } = await passes(180);

    for (const name of ['arn:read-slot:7', 'arn:record-live']) {
      const at = woken.filter(([one]) => one === name).map(([, seconds]) => seconds);
      expect(at[0]).toBe(0); // a new process knows nothing of the one before
      expect(at.length).toBeGreaterThanOrEqual(3);
      expect(at.length).toBeLessThanOrEqual(4);
      for (const [index, seconds] of at.slice(1).entries())
        expect(seconds - (at[index] ?? 0)).toBeLessThanOrEqual(HOUR);
    }
    expect(outcomes.every(outcome => Array.isArray(outcome))).toBe(true);
  });

  it('says which one it could not call, tries it again in the next pass, and does everything else meanwhile', async () => {
    let isAway = true;
    const { woken, outcomes } = await passes(2, async name => {
      if (name !== 'arn:read-slot:7' || !isAway) return;
      isAway = false;
      throw new SleeperUnreachableError('Lambda did not call arn:read-slot:7: denied');
    });

    expect(outcomes[0]).toMatchObject(named('PartlyFailedError', /Lambda did not call arn:read-slot:7: denied/));
    expect(outcomes[1]).toEqual([]);
    expect(woken.map(([name]) => name)).toEqual(['arn:read-slot:7', 'arn:record-live', 'arn:read-slot:7']);
  });
});

describe('a function that is called to stay awake', () => {
  it('opens nothing, and does nothing', async () => {
    let opened = 0;
    const handler = lazily(() => {
      opened += 1;
      return async () => 'did its work';
    });

    expect(await handler({ sluice: 'stayAwake' })).toBeUndefined();
    expect(opened).toBe(0);
    for (const event of [{ sluice: 'go' }, { releaseId: 'shop-1', run: 1 }, null, 'stayAwake']) {
      expect(await handler(event)).toBe('did its work');
    }
  });
});
