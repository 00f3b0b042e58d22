import { describe, expect, it } from 'vitest';
import { editDistance, guessWord } from '../../../domain/file/guess.ts';

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
