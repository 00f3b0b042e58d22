import { expect, it } from 'vitest';
import { parseWayBack, wayBackOf } from '../../../../adapters/router/alb/way-back.ts';
import { RouterRuleError } from '../../../../adapters/router/errors.ts';

const rules = [{ arn: 'arn:rule', actions: [{ Type: 'forward' }] }];

it('reads what it has planned, as the JSON that it travels as', () => {
  expect(parseWayBack(JSON.parse(JSON.stringify(wayBackOf('blue', rules))))).toEqual({
    kind: 'alb',
    stable: 'blue',
    rules,
  });
});

it.each([
  ['of another kind', { kind: 'other', rules }],
  ['without rules', { kind: 'alb', stable: 'blue' }],
  ['null, as that of a release that is over', { kind: 'alb', rules: null }],
])('refuses one that it cannot read, and goes nowhere: %s', (_, wayBack) => {
  expect(() => parseWayBack(wayBack)).toThrow(RouterRuleError);
});
