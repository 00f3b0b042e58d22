import { describe, expect, it } from 'vitest';
import { decimalText, figureText, fixedText, groupedText, percentText, roundedText } from '../../domain/number-text.ts';

describe('a number as text', () => {
  it.each([
    [0, '0'],
    [999, '999'],
    [1234567, '1,234,567'],
    [-1204, '-1,204'],
  ])('has its thousands apart: %s is %s', (value, text) => {
    expect(groupedText(value)).toBe(text);
  });

  it.each([
    [1.5, 2, '1.50'],
    [1234.5, 0, '1235'],
    [0.04, 1, '0.0'],
    [-0.04, 1, '0.0'],
    [6.35, 1, '6.3'], // the number is a little less than what it is written as
  ])('has as many digits after the point as it is told: %s with %s is %s', (value, digits, text) => {
    expect(fixedText(value, digits)).toBe(text);
  });

  it.each([
    [0.12345, 3, '0.123'],
    [20123, 2, '20000'],
    [2, 3, '2'],
    [-0, 3, '0'],
    [0.00000012345, 3, '0.000000123'],
    [1e21, 3, '1000000000000000000000'],
  ])('is rounded to the digits that count: %s to %s is %s', (value, digits, text) => {
    expect(roundedText(value, digits)).toBe(text);
  });

  it.each([
    [1234.4, '1234'],
    [100, '100'],
    [99.96, '100.0'],
    [12.34, '12.3'],
    [10.31, '10.3'],
    [5, '5'],
    [1.234, '1.23'],
    [0.0119, '0.012'],
  ])('has three digits that count, and all of them before the point: %s is %s', (value, text) => {
    expect(figureText(value)).toBe(text);
  });

  it.each([
    [0.025, '2.5 %'],
    [0.00012345, '0.0123 %'],
    [1, '100 %'],
  ])('is a share in per cent: %s is %s', (share, text) => {
    expect(percentText(share)).toBe(text);
  });

  it.each([
    [1.5, 2, '1.5'],
    [0.1 + 0.2, 9, '0.3'],
    [12, 1, '12'],
    [0.04, 1, '0'],
  ])('has at most so many digits after the point: %s with %s is %s', (value, digits, text) => {
    expect(decimalText(value, digits)).toBe(text);
  });

  it('is said in words where it is none', () => {
    expect([Number.POSITIVE_INFINITY, Number.NaN].map(value => roundedText(value, 3))).toEqual(['Infinity', 'NaN']);
    expect(groupedText(Number.NEGATIVE_INFINITY)).toBe('-Infinity');
  });
});
