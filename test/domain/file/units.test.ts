import { describe, expect, it } from 'vitest';
import {
  durationText,
  PERCENT_PATTERN,
  parseDurationSeconds,
  parseLatencySeconds,
  parseShare,
} from '../../../domain/file/units.ts';

describe('units', () => {
  it.each([
    ['0s', 0],
    ['90s', 90],
    ['5m', 300],
    ['1h30m', 5400],
    ['1h1m1s', 3661],
    ['8760h', 31_536_000], // a year to the second is still a duration
    ['8760h1s', undefined],
    ['', undefined],
    ['5', undefined],
    ['m', undefined],
    ['30m1h', undefined],
    ['1m1m', undefined],
    [' 5m', undefined],
    ['5m\n', undefined],
    ['5M', undefined],
  ])('duration %j is %s seconds', (text, seconds) => {
    expect(parseDurationSeconds(text)).toBe(seconds);
  });

  it.each([
    ['300ms', 0.3],
    ['1s', 1],
    ['1.5s', 1.5],
    ['10s', 10],
    ['0.125s', 0.125],
    ['1sx', undefined],
    ['x1s', undefined],
    ['1.5ms', undefined],
    ['5m', undefined],
  ])('latency %j is %s seconds', (text, seconds) => {
    expect(parseLatencySeconds(text)).toBe(seconds);
  });

  it.each([
    ['5%', 0.05],
    ['0.7%', 0.007],
    ['100%', 1],
    ['0.25%', 0.0025],
    ['x5%', undefined],
    [' 5%', undefined],
    ['5%x', undefined],
    ['101%', undefined],
    ['5', undefined],
    [0.05, 0.05],
    [0, 0],
    [1, 1],
    [1.01, undefined],
    [-0.1, undefined],
  ])('share %j is %s', (value, share) => {
    expect(parseShare(value)).toBe(share);
  });

  it('per cent end with their sign, also where only the pattern is asked', () => {
    expect(['5%', '5%x', 'x5%'].map(text => PERCENT_PATTERN.test(text))).toEqual([true, false, false]);
  });

  it.each([
    [0, '0s'],
    [90, '1m 30s'],
    [3600, '1h'],
    [93_784, '26h 3m 4s'],
  ])('%i seconds are said as %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});
