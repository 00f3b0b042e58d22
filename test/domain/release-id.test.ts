import { describe, expect, it } from 'vitest';
import {
  isReleaseId,
  releaseExecutionName,
  releaseExecutionOf,
  releaseIdOf,
  rollBackExecutionName,
  rollBackExecutionOf,
  workloadOf,
} from '../../domain/release-id.ts';

describe('a release id', () => {
  it('names the workload and the number of the release, and gives the workload back', () => {
    expect(releaseIdOf('shop', 12)).toBe('shop-12');
    expect(workloadOf('shop-12')).toBe('shop');
    // a workload may itself end in what looks like a number
    expect(workloadOf('shop-2-12')).toBe('shop-2');
  });

  it.each(['shop', 'shop-', '-1', 'shop-0', 'shop-01', 'shop-1x', 'shop-1-x', 'shop1', 'a\nshop-1', ''])(
    'is not %j',
    text => {
      expect(isReleaseId(text)).toBe(false);
      expect(() => workloadOf(text)).toThrow(
        new RangeError(`${JSON.stringify(text)} is not a release id (<workload>-<number>)`),
      );
    },
  );

  it.each(['shop-1', 'a-10', 'shop-2-1', 'a-b-907'])('is %s', text => {
    expect(isReleaseId(text)).toBe(true);
  });
});

describe('the name of an execution', () => {
  it('of a release says its release and its run', () => {
    const name = releaseExecutionName('shop-12', 3);
    expect(name).toBe('shop-12-3');
    expect(releaseExecutionOf(name)).toEqual({ releaseId: 'shop-12', number: 3 });
    expect(releaseExecutionOf('shop-12-10')).toEqual({ releaseId: 'shop-12', number: 10 });
  });

  it('of a roll back says its release and its attempt', () => {
    const name = rollBackExecutionName('shop-12', 2);
    expect(name).toBe('rb-shop-12-2');
    expect(rollBackExecutionOf(name)).toEqual({ releaseId: 'shop-12', number: 2 });
  });

  it.each(['shop-12', 'by-hand', 'shop-12-0', 'shop-0-1', 'shop-12-3x', '-1-1', 'a\nshop-12-3', 'shop', ''])(
    'that a person gave, %j, says neither',
    name => {
      expect(releaseExecutionOf(name)).toBeUndefined();
      expect(rollBackExecutionOf(`rb-${name}`)).toBeUndefined();
    },
  );

  it('of a release is not one of a roll back', () => {
    expect(rollBackExecutionOf('shop-12-3')).toBeUndefined();
  });
});
