import { describe, expect, it } from 'vitest';
import { keysAt, type Shape, shapesAt } from '../../../domain/file/shape.ts';

const text: Shape = { type: 'string' };
const count: Shape = { type: 'integer', title: 'count' };
const relative: Shape = { type: 'object', properties: { kind: { const: 'relative' }, max: text } };
const threshold: Shape = { type: 'object', title: 'threshold', properties: { kind: { const: 'threshold' }, count } };
const judge: Shape = { title: 'judge', oneOf: [relative, threshold] };
const bad: Shape = { anyOf: [text, { anyOf: [{ type: 'object', properties: { slowerThan: text } }] }] };
const root: Shape = {
  type: 'object',
  properties: { metrics: { type: 'array', items: { type: 'object', properties: { judge, bad } } }, name: text },
};
const judgedBy = (kind: unknown) => ({ metrics: [{ judge: { kind } }] });
const AT_JUDGE = ['metrics', 0, 'judge'];

describe('what may stand at a place of a file', () => {
  it('is the whole at its root, a property of a map, an item of a list', () => {
    expect(shapesAt(root, {}, [])).toEqual([root]);
    expect(shapesAt(root, {}, ['name'])).toEqual([text]);
    expect(shapesAt(root, { metrics: [1] }, ['metrics', 7])).toEqual([root.properties?.metrics?.items]);
  });

  it('is nothing where no shape knows the place', () => {
    expect(shapesAt(root, {}, ['nam'])).toEqual([]);
    expect(shapesAt(root, {}, ['name', 'first'])).toEqual([]);
    expect(shapesAt(root, {}, ['name', 0])).toEqual([]);
    expect(shapesAt(root, {}, ['nam', 'first', 0])).toEqual([]);
  });

  it("is of a union the branch of the value's kind, with a title of its own or the union's", () => {
    expect(shapesAt(root, judgedBy('relative'), AT_JUDGE)).toEqual([{ title: 'judge', ...relative }]);
    expect(shapesAt(root, judgedBy('threshold'), AT_JUDGE)).toEqual([threshold]);
    expect(shapesAt(root, judgedBy('threshold'), [...AT_JUDGE, 'count'])).toEqual([count]);
    expect(shapesAt(root, judgedBy('threshold'), [...AT_JUDGE, 'max'])).toEqual([]);
  });

  it.each([['nobody knows'], [undefined], [null]])('is every branch where the kind is %j', kind => {
    expect(shapesAt(root, judgedBy(kind), AT_JUDGE)).toEqual([{ title: 'judge', ...relative }, threshold]);
  });

  it.each([[{}], [{ metrics: [] }], [{ metrics: null }], [{ metrics: [{ judge: null }] }], [null], ['text']])(
    'is every branch where the file holds %j',
    value => {
      expect(shapesAt(root, value, AT_JUDGE)).toEqual([{ title: 'judge', ...relative }, threshold]);
    },
  );

  it('is every branch of a union within a union', () => {
    expect(shapesAt(root, {}, ['metrics', 0, 'bad'])).toStrictEqual([
      text,
      { type: 'object', properties: { slowerThan: text } },
    ]);
  });

  it('is every branch where a text stands for a map that has a kind', () => {
    expect(shapesAt({ anyOf: [text, relative] }, 'slow', [])).toStrictEqual([text, relative]);
  });

  it('are keys, each named once', () => {
    expect(keysAt(root, judgedBy('relative'), AT_JUDGE)).toEqual(['kind', 'max']);
    expect(keysAt(root, {}, AT_JUDGE)).toEqual(['kind', 'max', 'count']);
    expect(keysAt(root, {}, ['name'])).toEqual([]);
  });
});
