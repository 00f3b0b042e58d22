import { describe, expect, it } from 'vitest';
import { valueOr, viewOf } from '../../../domain/file/draft-view.ts';

const input = { window: 'soon', metrics: [{ name: 'errors' }], soak: 0, hold: null };

describe('what a file has at a place', () => {
  it.each([
    ['a value that is right', 'errors', ['metrics', 0, 'name'], { kind: 'value', value: 'errors' }],
    ['a value that is 0', 0, ['soak'], { kind: 'value', value: 0 }],
    ['what was written and is a mistake', undefined, ['window'], { kind: 'mistaken' }],
    ['null, which was written too', undefined, ['hold'], { kind: 'mistaken' }],
    ['what was not written', undefined, ['deadline'], { kind: 'absent' }],
    ['what was not written in a metric', undefined, ['metrics', 0, 'judge'], { kind: 'absent' }],
  ])('is told of %s', (_, drafted, path, expected) => {
    expect(viewOf(drafted, input, path)).toEqual(expected);
  });

  it.each([
    ['the value', { kind: 'value', value: 0 } as const, 0],
    ['the default of what is absent', { kind: 'absent' } as const, 5],
    ['nothing of what is mistaken: its default is not meant', { kind: 'mistaken' } as const, undefined],
  ])('is read as %s', (_, view, expected) => {
    expect(valueOr(view, 5)).toBe(expected);
  });
});
