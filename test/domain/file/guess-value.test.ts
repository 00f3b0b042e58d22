import { describe, expect, it } from 'vitest';
import * as guesses from '../../../domain/file/guess-value.ts';

describe('a guess at a duration', () => {
  it.each([
    [300, '300s'],
    [1.5, '1m30s'],
    [0, undefined],
    [-5, undefined],
    ['90', '90m'],
    ['300', '300s'],
    ['5 minutes', '5m'],
    ['1 hour 30 min', '1h30m'],
    ['2 days', '48h'],
    ['12d', '288h'],
    ['1 day', '24h'],
    ['1 hour', '1h'],
    ['2 hours', '2h'],
    ['1 hr', '1h'],
    ['2 hrs', '2h'],
    ['1 minute', '1m'],
    ['1 min', '1m'],
    ['5 mins', '5m'],
    ['1 second', '1s'],
    ['9 seconds', '9s'],
    ['1 sec', '1s'],
    ['9 secs', '9s'],
    ['1h, 5m', '1h5m'],
    ['5M', '5m'],
    ['Soon', undefined],
    ['x90', undefined],
    ['5m', undefined], // it is one already: something else is wrong with it
    ['soon', undefined],
    [null, undefined],
    ['1.5h', '1h30m'],
    ['1,5 h', '1h30m'],
    ['1.5 hours', '1h30m'],
    ['0.5h', '30m'],
    ['2.5d', '60h'],
    ['1w', '168h'],
    ['PT5M', '5m'],
    ['1 hour and 5 minutes', '1h5m'],
    ['60000ms', '1m'],
    ['30m1h', '1h30m'],
    ['300ms', undefined],
    ['1.5s', undefined],
    ['5m or so', undefined],
  ])('written %j is %s', (value, guess) => {
    expect(guesses.guessDuration(value, 'bake')).toBe(guess);
  });

  it.each([
    ['bake', 10, '10m'],
    ['soak', 90, '90m'],
    ['bake', 300, '300s'],
    ['atMost', 30, '30m'],
    ['deadline', 2, '2h'],
    ['deadline', 90, '90m'],
    ['within', 4, '4h'],
    ['window', 60, '60s'],
    ['window', 5, '5s'],
    ['timeout', 10, '10s'],
    ['initialDelay', 30, '30s'],
    ['for', 60, '60s'],
    ['interval', 5, '5m'],
    ['interval', 60, '60s'],
  ])('%s: %i is %s: people think of it in that unit', (key, value, guess) => {
    expect(guesses.guessDuration(value, key)).toBe(guess);
  });
});

describe('a guess at a value', () => {
  const rows: [string, (value: unknown) => string | undefined, [unknown, string | undefined][]][] = [
    [
      'latency',
      guesses.guessLatency,
      [
        [300, '300ms'],
        ['300', '300ms'],
        [0.3, '300ms'],
        [2, '2s'],
        ['1.5 sec', '1.5s'],
        ['300 millis', '300ms'],
        ['0,5s', '500ms'],
        ['5m', '300s'],
        ['500us', undefined],
        ['fast', undefined],
        [0, undefined],
      ],
    ],
    [
      'share',
      guesses.guessShare,
      [
        [5, '5%'],
        [1.5, '1.5%'],
        ['5', '5%'],
        ['5 %', '5%'],
        ['5 percent', '5%'],
        ['5,5%', '5.5%'],
        ['0.05', '0.05'],
        ['0,05', '0.05'],
        [0.5, '0.5%'],
        ['1', '1%'],
        [[5], undefined],
        [true, undefined],
        [0, undefined],
        [100, undefined],
        ['many', undefined],
      ],
    ],
    [
      'percent',
      guesses.guessPercent,
      [
        ['5%', '5'],
        ['5 %', '5'],
        ['5', '5'],
        ['2,5%', '2.5'],
        [0.05, '5'],
        [101, undefined],
        [5.25, undefined],
        ['all', undefined],
      ],
    ],
    [
      'ratio',
      guesses.guessRatio,
      [
        ['130%', '1.3'],
        ['+30%', '1.3'],
        ['1.3x', '1.3'],
        ['x1.3', '1.3'],
        ['1,3', '1.3'],
        ['2 times', '2'],
        [130, '1.3'],
        ['110 percent', '1.1'],
        ['30%', undefined], // 0.3 or 1.3
        ['twice', undefined],
      ],
    ],
    [
      'fraction',
      guesses.guessFraction,
      [
        ['99%', '0.99'],
        [99, '0.99'],
        ['0.99', '0.99'],
        ['150%', '1.5'],
        [2, '2'],
        ['most', undefined],
      ],
    ],
    [
      'percentile',
      guesses.guessPercentile,
      [
        ['p99', '99'],
        ['P99.9', '99.9'],
        ['99%', '99'],
        ['99th', '99'],
        [0.99, '99'],
        ['0.95', '95'],
        [100, undefined],
        ['max', undefined],
      ],
    ],
    [
      'range end',
      guesses.guessRangeEnd,
      [
        ['99%', '99'],
        ['500ms', '500'],
        ['0.5s', '500'],
        ['500', '500'],
        ['fast', undefined],
      ],
    ],
    [
      'number',
      guesses.guessNumber,
      [
        ['p99', '99'],
        ['1.2x', '1.2'],
        ['5', '5'],
        ['P50', '50'],
        ['3 times', '3'],
        ['50 requests', '50'],
        ['5%', undefined],
        ['xp9', undefined],
        ['%', undefined],
        ['', undefined],
        ['five', undefined],
        ['1e999', undefined],
        ['1,000', undefined], // a thousand, or one
        [true, undefined],
      ],
    ],
  ];
  it.each(
    rows.flatMap(([name, guess, values]) => values.map(([value, meant]) => [name, value, meant, guess] as const)),
  )('%s written %j is %s', (_, value, meant, guess) => {
    expect(guess(value)).toBe(meant);
  });
});
