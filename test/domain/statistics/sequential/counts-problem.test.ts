import { describe, expect, it } from 'vitest';
import {
  BadCountsError,
  type CountedWindow,
  countsProblem,
  spanText,
} from '../../../../domain/statistics/sequential/counts-problem.ts';

const NOON = Date.UTC(2026, 10, 21, 12);
const windowOf = (more: Partial<CountedWindow> = {}): CountedWindow => ({
  metric: 'errors',
  startEpochMs: NOON,
  endEpochMs: NOON + 60_000,
  canary: { requests: 10, bad: [10] },
  stable: { requests: 90, bad: [0] },
  ...more,
});
const WINDOW = 'errors, window 2026-11-21T12:00:00Z to 2026-11-21T12:01:00Z';
// 2^43 - 1: a thousand of them add up to less than 2^53
const MOST = 8_796_093_022_207;
const RANGE = 'expected a whole number from 0 to 8796093022207';

describe('counts that can be', () => {
  it.each([
    ['all of them bad, or none', {}],
    ['no request', { canary: { requests: 0, bad: [0] } }],
    ['unknown ones', { canary: null, stable: null }],
    ['as many as can be told apart in a sum', { stable: { requests: MOST, bad: [MOST] } }],
  ])('are let through: %s', (_, more: Partial<CountedWindow>) => {
    expect(countsProblem(windowOf(more), 1)).toBeUndefined();
  });

  it('have one number of bad requests for each threshold', () => {
    const two = { canary: { requests: 10, bad: [4, 1] }, stable: { requests: 10, bad: [4, 1] } };
    expect(countsProblem(windowOf(two), 2)).toBeUndefined();
  });
});

describe('counts that cannot be', () => {
  it.each([
    ['canary requests are -1', { canary: { requests: -1, bad: [0] } }],
    ['canary requests are 8796093022208', { canary: { requests: MOST + 1, bad: [0] } }],
    ['stable requests are NaN', { stable: { requests: Number.NaN, bad: [0] } }],
    ['stable bad requests are -1', { stable: { requests: 3, bad: [-1] } }],
    ['canary bad requests are 0.5', { canary: { requests: 3, bad: [0.5] } }],
  ])('are told with metric, window, value and what is expected: %s', (problem, more: Partial<CountedWindow>) => {
    expect(countsProblem(windowOf(more), 1)).toBe(`${WINDOW}: ${problem}, ${RANGE}`);
  });

  it.each([
    ['canary bad requests are 11, more than its 10 requests', { canary: { requests: 10, bad: [11] } }],
    ['stable has 2 counts of bad requests, expected 1', { stable: { requests: 10, bad: [1, 1] } }],
    ['its end is not after its start', { endEpochMs: NOON }],
  ])('%s', (problem, more: Partial<CountedWindow>) => {
    const span = problem.startsWith('its end') ? WINDOW.replace('12:01', '12:00') : WINDOW;
    expect(countsProblem(windowOf(more), 1)).toBe(`${span}: ${problem}`);
  });

  it.each([
    ['NaN to 2026-11-21T12:01:00Z', { startEpochMs: Number.NaN }],
    ['2026-11-21T12:00:00Z to Infinity', { endEpochMs: Number.POSITIVE_INFINITY }],
    ['-Infinity to 2026-11-21T12:01:00Z', { startEpochMs: Number.NEGATIVE_INFINITY }],
  ])('are those of no time at all, which is said as it came: %s', (span, more: Partial<CountedWindow>) => {
    expect(countsProblem(windowOf(more), 1)).toBe(`errors, window ${span}: its end is not after its start`);
  });

  it('are told with both ends of their window, beyond the last date as a number, and with thousandths where there are', () => {
    // ECMA-262: a date is at most 8.64e15 ms from 1970
    expect(spanText({ startEpochMs: -8.64e15, endEpochMs: 8.64e15 })).toBe(
      '-271821-04-20T00:00:00Z to +275760-09-13T00:00:00Z',
    );
    expect(spanText({ startEpochMs: 8.64e15 + 1, endEpochMs: -8.64e15 - 1 })).toBe(
      '8640000000000001 to -8640000000000001',
    );
    expect(spanText({ startEpochMs: NOON + 1, endEpochMs: NOON + 1500 })).toBe(
      '2026-11-21T12:00:00.001Z to 2026-11-21T12:00:01.500Z',
    );
  });

  it('are an error that says which metric it was', () => {
    const error = new BadCountsError('errors', 'why');
    expect(error).toMatchObject({ name: 'BadCountsError', metric: 'errors', message: 'why' });
  });
});
