import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { normalQuantile, normalUpperTail } from '../../../../domain/statistics/kayenta/normal.ts';
import { percentileOf } from '../../../../domain/statistics/kayenta/percentile.ts';
import { normalShift, uStatistic } from '../../../../domain/statistics/kayenta/wilcoxon.ts';
import { type ShiftCase, shiftCases } from './cases.ts';

const DIRECTORY = 'test/domain/statistics/kayenta';

interface Reference {
  u: number;
  quantile: number;
  low: number;
  high: number;
  estimate: number;
  p01: number;
  p75: number;
}

const readReference = (text: string): Reference[] => JSON.parse(text).expected;

const FIXTURE = readReference(readFileSync(`${DIRECTORY}/scipy-reference.json`, 'utf8'));

/** Relative, and absolute near 0. */
const near = (found: number, wanted: number): boolean => Math.abs(found - wanted) <= 1e-12 + 1e-9 * Math.abs(wanted);

function differing({ x, y, confidence }: ShiftCase, wanted: Reference): string[] {
  const shift = normalShift(x, y, confidence);
  const found: [string, number, number][] = [
    ['u', uStatistic(x, y), wanted.u],
    ['quantile', normalQuantile(1 - (1 - confidence) / 2), wanted.quantile],
    ['low', shift.low, wanted.low],
    ['high', shift.high, wanted.high],
    ['estimate', shift.estimate, wanted.estimate],
    ['p01', percentileOf(x, 1), wanted.p01],
    ['p75', percentileOf(x, 75), wanted.p75],
  ];
  return found.flatMap(([name, ours, theirs]) =>
    near(ours, theirs) ? [] : [`${name}: ${ours}, scipy says ${theirs}`],
  );
}

const python = (): string | undefined =>
  [process.env.SLUICE_PYTHON ?? '', 'python3'].find(
    command => command !== '' && spawnSync(command, ['-c', 'import numpy, scipy'], { stdio: 'ignore' }).status === 0,
  );

describe('the Mann-Whitney test', () => {
  const cases = shiftCases();

  it('has a reference of scipy for every case', () => expect(FIXTURE).toHaveLength(cases.length));

  it.each(cases.map((each, index) => [index, each] as const))('gives what scipy gives, case %i', (index, each) => {
    const wanted = FIXTURE[index];
    if (wanted === undefined) throw new Error('no reference');
    expect(differing(each, wanted)).toEqual([]);
  });

  it('gives what scipy gives here and now', context => {
    const command = python();
    if (command === undefined) return context.skip('no python3 with scipy here: the checked-in reference was compared');
    const text = execFileSync(command, [`${DIRECTORY}/scipy-reference.py`], {
      input: JSON.stringify(cases),
      encoding: 'utf8',
    });
    const live = readReference(text);
    expect(cases.flatMap((each, index) => differing(each, live[index] as Reference))).toEqual([]);
  });

  it("gives R's figures for the permeability of membranes (Hollander and Wolfe 1973, p. 69)", () => {
    // wilcox.test(x, y, conf.int = TRUE): W = 35, 95 % interval -0.15 to 0.76, difference 0.305
    const [{ x, y }] = cases as [ShiftCase];
    expect(uStatistic(x, y)).toBe(35);
    const shift = normalShift(x, y, 0.95);
    expect([shift.low, shift.high, shift.estimate].map(value => Number(value.toFixed(3)))).toEqual([
      -0.15, 0.76, 0.305,
    ]);
  });

  it('says nothing of a sample that is empty', () => {
    const nothing = new RangeError('a shift between samples of which one is empty');
    expect(() => normalShift([], [1], 0.98)).toThrow(nothing);
    expect(() => normalShift([1], [], 0.98)).toThrow(nothing);
  });

  it('takes two constant samples for shifted by their difference, as Kayenta does but for its noise', () => {
    expect(normalShift([3, 3, 3], [1, 1], 0.98)).toEqual({ low: 2, high: 2, estimate: 2 });
  });

  it('knows the normal distribution from table to far tail', () => {
    expect(normalUpperTail(0)).toBe(0.5);
    expect(normalUpperTail(1.959963984540054)).toBeCloseTo(0.025, 15);
    expect(normalUpperTail(-1)).toBeCloseTo(0.8413447460685429, 15);
    expect(normalUpperTail(8) / 6.220960574271785e-16).toBeCloseTo(1, 12);
    expect(normalQuantile(0.99)).toBeCloseTo(2.3263478740408408, 12);
    expect(normalQuantile(0.01)).toBeCloseTo(-2.3263478740408408, 12);
    expect(() => normalQuantile(1)).toThrow(RangeError);
  });
});
