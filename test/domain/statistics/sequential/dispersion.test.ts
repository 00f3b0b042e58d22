import { describe, expect, it } from 'vitest';
import { dispersionOf, inflationOf } from '../../../../domain/statistics/sequential/dispersion.ts';
import { PROFILES } from '../../../../domain/statistics/sequential/profile.ts';

const windows = (count: number, ...bad: number[]) =>
  Array.from({ length: count }, (_, i) => ({ requests: 1000, bad: bad[i % bad.length] ?? 0 }));
const of = (list: readonly { requests: number; bad: number }[]) => dispersionOf(list, PROFILES.specification);

describe('how much the counts vary', () => {
  it('is what neighbouring windows differ by over what chance makes of them, whatever their sizes', () => {
    // 100 requests with 3 bad ones beside 300 with 1: a = 1/4 of t = 4, so (3 - 1)^2 over 4 x 3/16
    const uneven = Array.from({ length: 60 }, (_, i) =>
      i % 2 === 0 ? { requests: 100, bad: 3 } : { requests: 300, bad: 1 },
    );
    expect(of(uneven)).toEqual({ phi: expect.closeTo(4 / 0.75, 12), assumed: false });
  });

  it('does not take a rate that drifts for noise, and is never below 1', () => {
    const drifting = Array.from({ length: 90 }, (_, i) => ({ requests: 1000, bad: 100 + i }));
    expect(of(drifting)).toEqual({ phi: 1, assumed: false });
  });

  it.each([
    ['fewer than 60 windows with requests', windows(59, 0, 4)],
    ['no window', []],
    ['no failure', windows(90, 0)],
    ['windows without requests', Array.from({ length: 90 }, () => ({ requests: 0, bad: 0 }))],
  ])('is assumed to be 3 times chance where there are %s', (_, list) => {
    expect(of(list)).toEqual({ phi: 3, assumed: true });
  });

  it('is not changed by windows without requests, several in a row included', () => {
    const quiet = Array.from({ length: 30 }, () => ({ requests: 0, bad: 0 }));
    const loud = windows(60, 0, 4);
    expect(of([...quiet, ...loud.slice(0, 30), ...quiet, ...loud.slice(30), ...quiet])).toEqual(of(loud));
    expect(of([...loud.slice(0, 59), ...quiet])).toMatchObject({ assumed: true });
  });

  it('grows with the counts, as equal versions differ a little in each window', () => {
    // 3 + 0.1^2 x 400 x 1/4 x 3/4
    expect(inflationOf(3, 0.1, 400, 0.25)).toBeCloseTo(3.75, 12);
  });
});
