import { describe, expect, it } from 'vitest';
import { lazy } from '../../domain/lazy.ts';

describe('what is made lazily', () => {
  it('is made at the first call, and once, also where nothing came of it', () => {
    // Prepare
    const made: number[] = [];
    const get = lazy(() => {
      made.push(made.length);
    });
    expect(made).toEqual([]);
    // Act
    get();
    get();
    // Assess
    expect(made).toEqual([0]);
  });

  it('is the same for everyone, a rejected promise as well', async () => {
    const get = lazy(() => Promise.reject(new Error('no answer')));
    expect(get()).toBe(get());
    await expect(get()).rejects.toThrow('no answer');
  });

  it('is tried again where it could not be made', () => {
    let calls = 0;
    const get = lazy(() => {
      calls += 1;
      if (calls === 1) throw new Error('not yet');
      return calls;
    });
    expect(get).toThrow('not yet');
    expect([get(), get()]).toEqual([2, 2]);
  });
});
