import { expect, it } from 'vitest';
import { forEachSettled, worstOf } from '../../../../adapters/router/alb/reading-rules.ts';
import { RouterRuleError, RouterUnreachableError } from '../../../../adapters/router/errors.ts';

it('one rule that is gone and one that is throttled: all were tried, and it is worth trying again', async () => {
  const tried: string[] = [];
  const done = forEachSettled(['gone', 'throttled', 'fine'], async rule => {
    tried.push(rule);
    if (rule === 'gone') throw new RouterRuleError(rule);
    if (rule === 'throttled') throw new RouterUnreachableError(rule);
  });
  await expect(done).rejects.toThrow(RouterUnreachableError);
  expect(tried).toEqual(['gone', 'throttled', 'fine']);
});

it('a workload without rules has no dial', () => {
  expect(() => worstOf([])).toThrow(RouterRuleError);
});
