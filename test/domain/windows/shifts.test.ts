import { describe, expect, it } from 'vitest';
import { analysisStart, expectedIn, steadyWeight, straddles } from '../../../domain/windows/shifts.ts';
import { MINUTE, NOON } from '../judges/records.ts';

const window = { startEpochMs: NOON, endEpochMs: NOON + MINUTE };
const shift = (intendedSeconds: number, confirmedSeconds?: number, weight = 5) => ({
  weight,
  intendedAtEpochMs: NOON + intendedSeconds * 1000,
  ...(confirmedSeconds === undefined ? {} : { confirmedAtEpochMs: NOON + confirmedSeconds * 1000 }),
});

describe('a window straddles', () => {
  it.each<[string, number, number | undefined, boolean]>([
    ['a shift inside it', 10, 12, true],
    ['a shift that was confirmed 20 s before it began, within the allowance of 30 s', -22, -20, true],
    ['no shift that was confirmed 30 s before it began', -32, -30, false],
    ['no shift that begins as it ends', 60, 62, false],
    ['a shift that begins 1 s before it ends', 59, 62, true],
    ['a shift that took longer than the window', -5, 70, true],
    ['every shift before it that nobody confirmed', -600, undefined, true],
    ['no unconfirmed shift that comes later', 60, undefined, false],
  ])('%s', (_, intended, confirmed, expected) => {
    expect(straddles(window, [shift(intended, confirmed)], 30)).toBe(expected);
  });

  it('nothing where there was no shift', () => {
    expect(straddles(window, [], 30)).toBe(false);
  });
});

describe('the versions that get traffic', () => {
  it('are known from the weights', () => {
    expect(expectedIn(window, [])).toEqual({ canary: false, stable: true });
    expect(expectedIn(window, [shift(-100, -99, 5)])).toEqual({ canary: true, stable: true });
    expect(expectedIn(window, [shift(-10, -9, 100), shift(-100, -99, 5)])).toEqual({ canary: true, stable: false });
  });

  it('are only those that get it during the whole window', () => {
    expect(expectedIn(window, [shift(50, 51, 5)])).toEqual({ canary: false, stable: true });
    expect(expectedIn(window, [shift(-100, -99, 5), shift(50, 51, 100)])).toEqual({ canary: true, stable: false });
  });

  it('are told by a shift that begins with the window, and not by one that begins at its end or long after', () => {
    expect(expectedIn(window, [shift(0, 1, 5)])).toEqual({ canary: true, stable: true });
    expect(expectedIn(window, [shift(60, 61, 100), shift(-100, -99, 5)])).toEqual({ canary: true, stable: true });
    expect(expectedIn(window, [shift(90, 91, 100), shift(-100, -99, 5)])).toEqual({ canary: true, stable: true });
    expect(expectedIn(window, [shift(-50, -49, 5), shift(-100, -99, 100)])).toEqual({ canary: true, stable: true });
  });

  it('begin to be judged with the first weight above 0', () => {
    expect(analysisStart([])).toBeUndefined();
    expect(analysisStart([shift(5, 6, 0)])).toBeUndefined();
    expect(analysisStart([shift(90, 91, 25), shift(5, 6, 0), shift(30, 31, 5)])).toBe(NOON + 30_000);
  });
});

describe('the weight of a window', () => {
  it.each<[string, ReturnType<typeof shift>[], number, number | undefined]>([
    ['is not known before any shift', [], 0, undefined],
    ['is that of the last shift before it', [shift(-20, -10, 25), shift(-200, -190, 5)], 0, 25],
    ['is that of a shift that was confirmed as it began', [shift(-10, 0, 25)], 0, 25],
    ['is not known where the shift was confirmed inside it', [shift(-10, 1, 25)], 0, undefined],
    ['is not known where a shift begins inside it', [shift(-200, -190, 5), shift(59, 70, 25)], 0, undefined],
    ['is not changed by a shift that begins as it ends', [shift(-200, -190, 5), shift(60, 62, 25)], 0, 5],
    ['is not known while nobody has confirmed the shift', [shift(-10, undefined, 25)], 0, undefined],
    ['is not known while sessions of an earlier weight may still decide', [shift(-40, -29, 25)], 30, undefined],
    ['is known once they are over', [shift(-40, -30, 25)], 30, 25],
  ])('%s', (_, shifts, clientsSeconds, weight) => {
    expect(steadyWeight(window, shifts, clientsSeconds)).toBe(weight);
  });
});
