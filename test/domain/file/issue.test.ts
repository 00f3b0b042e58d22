import { describe, expect, it } from 'vitest';
import { describeValue, oneOf, type Path, pathText, valueAt } from '../../../domain/file/issue.ts';

const file = { metrics: [{ judge: { kind: 'sequential' } }], none: null, text: 'abc' };

describe('where something is in a file', () => {
  it.each<[Path, string]>([
    [[], ''],
    [['workload'], 'workload'],
    [['metrics', 0, 'judge', 'kind'], 'metrics[0].judge.kind'],
    [[2, 'name'], '[2].name'],
  ])('%j is written %j', (path, text) => {
    expect(pathText(path)).toBe(text);
  });

  it.each<[Path, unknown]>([
    [[], file],
    [['metrics', 0, 'judge', 'kind'], 'sequential'],
    [['none'], null],
    [['none', 'more'], undefined],
    [['text', 'length'], undefined],
    [['metrics', 1], undefined],
    // what every object has is not in the file
    [['toString'], undefined],
    [['metrics', 'length', 'x'], undefined],
    [['metrics', 0, '__proto__'], undefined],
  ])('%j holds %j', (path, value) => {
    expect(valueAt(file, path)).toBe(value);
  });

  it('nothing is in a file that holds nothing', () => {
    expect(valueAt(undefined, ['a'])).toBeUndefined();
    expect(valueAt(null, ['a'])).toBeUndefined();
  });
});

describe('a value that is a mistake', () => {
  const long = 'a'.repeat(60);
  it.each<[unknown, string]>([
    [null, 'nothing'],
    [undefined, 'nothing'],
    ['', 'an empty text'],
    ['five', "'five'"],
    ['five\n  minutes\tand', "'five minutes and'"],
    [long, `'${long}'`],
    [`${long}a`, `'${long}…'`],
    [[], 'an empty list'],
    [[1], 'a list'],
    [{}, 'a map'],
    [0, '0'],
    [-1.5, '-1.5'],
    [false, 'false'],
    [Number.NaN, 'NaN'],
  ])('%j is named %s', (value, text) => {
    expect(describeValue(value)).toBe(text);
  });

  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a', 'b'], 'a or b'],
    [['a', 'b', 'c'], 'a, b or c'],
  ])('should have been one of %j: "%s"', (words, text) => {
    expect(oneOf(words)).toBe(text);
  });
});
