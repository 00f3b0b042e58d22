import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exactText, fromExactText } from '../../domain/exact-json.ts';

const plain = fc.letrec(tie => ({
  value: fc.oneof(
    fc.double(),
    fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 5e-324),
    fc.constantFrom('#', '##-0', '#Infinity', 'né🚀', ''),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value')),
    fc.dictionary(fc.constantFrom('a', 'b', '#c', 'é'), tie('value'), { noNullPrototype: true }),
  ),
})).value;

it('every value comes back bit for bit', () => {
  fc.assert(
    fc.property(plain, value => {
      expect(fromExactText(exactText(value))).toStrictEqual(value);
    }),
  );
});

it('a text has ASCII characters only, and is the same whatever order a value was built in', () => {
  expect(exactText({ b: 'é', a: [-0, 1] })).toBe('{"a":["#-0",1],"b":"\\u00e9"}');
  expect(exactText({ a: [-0, 1], b: 'é' })).toBe(exactText({ b: 'é', a: [-0, 1] }));
  fc.assert(
    fc.property(plain, value => {
      expect(exactText(value)).toMatch(/^[\x20-\x7e]*$/);
    }),
  );
});

it('a typed array is a list of its numbers', () => {
  expect(fromExactText(exactText(Float64Array.of(0.1, Number.NEGATIVE_INFINITY)))).toStrictEqual([
    0.1,
    Number.NEGATIVE_INFINITY,
  ]);
});
