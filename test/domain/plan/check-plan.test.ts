import { describe, expect, it } from 'vitest';
import { normalisePlan } from '../../../domain/plan/normalise.ts';
import { planSchema } from '../../../domain/plan/plan-schema.ts';
import { issuesIn, issuesOf } from './issue-text.ts';

const PLAN = { apiVersion: 'sluice/v1', kind: 'Plan', workload: 'a', strategy: 'canary', steps: [{ setWeight: 100 }] };

describe('what is no plan at all', () => {
  it.each([
    [5, '5'],
    ['a plan', "'a plan'"],
    [null, 'nothing'],
    [undefined, 'nothing'],
    [[PLAN], 'a list'],
  ])('%o is one mistake', (input, found) => {
    expect(issuesIn(input)).toEqual([
      `value : ${found}; expected a map that starts with apiVersion: sluice/v1 and kind: Plan`,
    ]);
  });

  it('an empty map lacks what every plan has', () => {
    expect(issuesIn({})).toEqual([
      'missing apiVersion: no apiVersion; expected sluice/v1',
      'missing kind: no kind; expected Plan',
      'missing workload: no workload; expected a name of lower-case letters, digits and dashes that starts with a letter, at most 57 characters',
      'missing strategy: no strategy; expected canary or blueGreen',
      'missing steps: no steps; expected a list of steps',
    ]);
  });

  it('the smallest plan is one', () => {
    expect(issuesIn(PLAN)).toEqual([]);
  });
});

describe('what the design has and this version does not', () => {
  it.each(['rolling', 'recreate'])('the strategy %s is not available yet', strategy => {
    expect(issuesIn({ ...PLAN, strategy })).toEqual([
      `value strategy: '${strategy}', which is not available yet; expected canary or blueGreen`,
    ]);
  });
});

describe('all mistakes of a plan are told at once', () => {
  it('those of single values and those between them', () => {
    const text =
      'apiVersion: sluice/v1\nkind: Plan\nworkload: A\nstrategy: canary\nsteps: [{ setWeight: 90 }, { bake: 3h }]\n';
    expect(issuesOf(text)).toEqual([
      "value workload: 'A'; expected a name of lower-case letters, digits and dashes that starts with a letter, at most 57 characters",
      'value steps[0].setWeight: 90 as the last weight; expected 100: a release ends with all requests',
      'missing deadline: no deadline, which is 2h; expected more than 3h, which bakes and soak take without any waiting',
    ]);
  });

  it('a step without a key that gets past them is a fault', () => {
    const plan = planSchema.parse(PLAN);
    expect(() => normalisePlan({ ...plan, steps: [{}] })).toThrow(new Error('a step without a key passed the checks'));
  });
});
