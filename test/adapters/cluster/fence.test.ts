import { describe, expect, it } from 'vitest';
import { onlyOn, positionOf, writeFenced } from '../../../adapters/cluster/fence.ts';
import { WriteConflictError } from '../../../adapters/cluster/kubernetes-api.ts';

/** A Deployment whose status somebody else writes before each of the first writes. */
function busy(conflicts: number, annotations: Record<string, string> = {}) {
  let version = 7;
  let writes = 0;
  return {
    read: async () => ({ metadata: { uid: 'u', resourceVersion: String(version), annotations } }),
    write: async (seen: Parameters<typeof onlyOn>[0]) => {
      writes += 1;
      if (writes <= conflicts) version += 1;
      if (onlyOn(seen).resourceVersion !== String(version)) throw new WriteConflictError('409');
      return version;
    },
    writes: () => writes,
  };
}

describe('the fence of a write', () => {
  it('reads again what a status update changed, and writes it', async () => {
    const object = busy(3);
    expect(await writeFenced('Deployment x', 5, object.read, object.write)).toBe(10);
    expect(object.writes()).toBe(4);
  });

  it('gives up an object that changes for ever, so that the caller can try again later', async () => {
    const object = busy(1_000);
    await expect(writeFenced('Deployment x', 5, object.read, object.write)).rejects.toMatchObject({
      name: 'ClusterUnreachableError',
      message: 'Deployment x changed each of 9 times that it was written',
    });
  });

  it.each([
    [{}, true],
    [{ 'sluice.dev/position': '5' }, true],
    [{ 'sluice.dev/position': '6' }, false],
    [{ 'sluice.dev/position': '2', 'sluice.dev/size-position': '6' }, false],
    [{ 'sluice.dev/position': 'by hand' }, true],
  ])('of line 5, on %j', async (annotations: Record<string, string>, isWritten) => {
    const object = busy(0, annotations);
    const done = writeFenced('Deployment x', 5, object.read, object.write);
    if (isWritten) expect(await done).toBe(7);
    else
      await expect(done).rejects.toMatchObject({
        name: 'NewerWriteError',
        message: expect.stringMatching(/line 6.*line 5/),
      });
    expect(object.writes()).toBe(isWritten ? 1 : 0);
  });

  it('says the greater of the two positions that a Deployment carries', () => {
    expect(positionOf({ 'sluice.dev/position': '12', 'sluice.dev/size-position': '9' })).toBe(12);
    expect(positionOf(undefined)).toBeUndefined();
  });
});
