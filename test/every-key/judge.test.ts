import { expect, it } from 'vitest';
import { verdictsOf } from './judge-probe.ts';
import { JUDGE_ROWS } from './judge-rows.ts';

it.each(Object.entries(JUDGE_ROWS))('%s changes a verdict', (_, [a, b]) => {
  expect(verdictsOf(b)).not.toEqual(verdictsOf(a));
});
