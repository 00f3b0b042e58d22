import { describe, expect, it } from 'vitest';
import { editDistance, guessDuration, guessNumber, guessShare, guessWord } from '../../../domain/file/guess.ts';

describe('a guess at a word', () => {
  it.each([
    // counted by hand: insertion, deletion, substitution, swap of neighbours
    ['bake', 'bake', 0],
    ['bke', 'bake', 1],
    ['baake', 'bake', 1],
    ['bale', 'bake', 1],
    ['abke', 'bake', 1],
    ['kabe', 'bake', 2],
    ['', 'bake', 4],
    ['bake', '', 4],
    ['ab', 'ba', 1],
    ['setWieghts', 'setWeight', 2],
    // half a swap is none
    ['ab', 'xa', 2],
    ['ab', 'bx', 2],
  ])('%s is %s with %i mistakes', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
  });

  it.each([
    ['setWeigth', ['bake', 'setWeight'], 'setWeight'],
    ['SET_WEIGHT', ['bake', 'setWeight'], 'setWeight'],
    ['pause', ['bake', 'setWeight'], 'bake'],
    ['pause', ['deadline', 'window'], undefined], // our word for it has no place here
    ['abcWeight', ['setWeight'], 'setWeight'], // a third of the letters may be wrong
    ['abcdeight', ['setWeight'], undefined],
    ['p9', ['p99'], 'p99'],
    ['p-9-9', ['p99'], 'p99'],
    ['weight', ['bake', 'setWeight'], 'setWeight'],
    ['anything', [], undefined],
  ])('%s among %j is %s', (word, options, guess) => {
    expect(guessWord(word, options)).toBe(guess);
  });
});

describe('a word of another tool', () => {
  it.each([
    ['pause', 'bake'],
    ['wait', 'bake'],
    ['sleep', 'bake'],
    ['canaryWeight', 'setWeight'],
    ['webhook', 'hook'],
    ['gate', 'approval'],
    ['manual-approval', 'approval'],
    ['provider', 'source'],
    ['providerOptions', 'source'],
    ['analyses', 'metrics'],
    ['errors', 'failedRequests'],
    ['abort', 'rollBack'],
    ['continue', 'proceed'],
  ])('%s is our %s', (word, ours) => {
    expect(guessWord(word, ['quux', ours])).toBe(ours);
  });

  it.each(['blue-green', 'BlueGreen', 'blue_green', 'blue green', 'bluegreen'])('%s is ours as it stands', word => {
    expect(guessWord(word, ['canary', 'blueGreen'])).toBe('blueGreen');
  });
});

describe('a guess at a value', () => {
  it.each([
    [300, '300s'],
    [1.5, undefined],
    [0, undefined],
    [-5, undefined],
    ['90', '90s'],
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
  ])('a duration written %j is %s', (value, guess) => {
    expect(guessDuration(value)).toBe(guess);
  });

  it.each([
    [5, '5%'],
    [1.5, '1.5%'],
    ['5', '5%'],
    ['5 %', '5%'],
    ['0.05', '0.05'],
    [0.5, '0.5%'],
    ['1', '1%'],
    [[5], undefined],
    [true, undefined],
    [0, undefined],
    [100, undefined],
    ['many', undefined],
  ])('a share written %j is %s', (value, guess) => {
    expect(guessShare(value)).toBe(guess);
  });

  it.each([
    ['5%', '5'],
    ['p99', '99'],
    ['1.2x', '1.2'],
    ['5', '5'],
    ['P50', '50'],
    ['xp9', undefined],
    ['%', undefined],
    ['', undefined],
    ['five', undefined],
    ['1e999', undefined],
    [true, undefined],
  ])('a number written %j is %s', (value, guess) => {
    expect(guessNumber(value)).toBe(guess);
  });
});
