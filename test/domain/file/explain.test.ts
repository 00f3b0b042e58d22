import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { expectedText, explain, type NotYet } from '../../../domain/file/explain.ts';
import type { Issue } from '../../../domain/file/issue.ts';
import type { Shape } from '../../../domain/file/shape.ts';

const duration = z
  .string({ error: 'a duration' })
  .regex(/^\d+m$/, { error: 'a duration' })
  .meta({ title: 'duration' });
const share = z
  .union([z.number().max(1, { error: 'at most 1' }), z.string().regex(/^\d+%$/)], { error: 'a share' })
  .meta({ title: 'share' });
const judge = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('relative'), max: z.number() }),
  z.strictObject({ kind: z.literal('threshold'), count: z.int().min(1, { error: '1 or more' }) }),
]);
const schema = z.strictObject({
  name: z.string(),
  then: z.enum(['rollBack', 'ask', 'proceed']).optional(),
  bake: duration.optional(),
  share: share.optional(),
  quiet: z.boolean().optional(),
  groups: z
    .array(z.string())
    .min(1, { error: 'at least one group' })
    .max(2, { error: 'at most two groups' })
    .optional(),
  metrics: z.array(z.strictObject({ judge })).optional(),
  bad: z
    .union(
      [
        z.enum(['failed']),
        z.array(z.string()).min(20),
        z.strictObject({ slowerThan: z.array(z.string()).max(3), of: z.string() }),
      ],
      {
        error: 'failed or slowerThan',
      },
    )
    .optional(),
  from: z.enum(['name', 'digest']).optional(),
  ceiling: z.union([z.enum(['auto']), z.enum(['none'])], { error: 'auto or none' }).optional(),
  either: z.union([z.boolean(), z.array(z.string())], { error: 'true, false or a list' }).optional(),
  labels: z.record(z.string(), z.record(z.string().regex(/^[a-z]+$/, { error: 'small letters' }), z.int())).optional(),
  when: z.date().optional(),
  odd: z.number().multipleOf(2).optional(),
});
const notYet: NotYet = {
  keys: { '': ['control'], 'metrics[].judge': ['groups'] },
  values: { 'metrics[].judge.kind': ['kayenta'], then: ['page'], bake: ['forever'] },
};
const shape = z.toJSONSchema(schema, { io: 'input', target: 'draft-7', unrepresentable: 'any' }) as Shape;
const issuesOf = (input: unknown): Issue[] => {
  const { error } = schema.safeParse(input, { error: expectedText });
  return error === undefined ? [] : explain(error, { input, shape, notYet });
};
const issuesIn = (more: object) => issuesOf({ name: 'a', ...more });
const withJudge = (one: unknown) => ({ metrics: [{ judge: { kind: 'relative', max: 1 } }, { judge: one }] });
const AT = ['metrics', 1, 'judge'];

describe('a mistake by itself', () => {
  it.each<[string, Issue, object]>([
    ['text', { path: ['name'], at: 'value', found: '7', expected: 'text' }, { name: 7 }],
    ['a list', { path: ['metrics'], at: 'value', found: 'a map', expected: 'a list' }, { metrics: {} }],
    [
      'a map',
      { path: ['metrics', 0], at: 'value', found: '7', expected: 'a map of keys and values' },
      { metrics: [7] },
    ],
    ['yes or no', { path: ['quiet'], at: 'value', found: "'maybe'", expected: 'true or false' }, { quiet: 'maybe' }],
    ['a number', { path: ['odd'], at: 'value', found: 'an empty list', expected: 'a number' }, { odd: [] }],
    ['a date', { path: ['when'], at: 'value', found: "'today'", expected: 'a date' }, { when: 'today' }],
    [
      'what has no words of its own',
      { path: ['odd'], at: 'value', found: '3', expected: 'something else' },
      { odd: 3 },
    ],
    ['nothing', { path: ['name'], at: 'value', found: 'nothing', expected: 'text' }, { name: null }],
    [
      'one word of some',
      { path: ['then'], at: 'value', found: 'a map', expected: 'rollBack, ask or proceed' },
      { then: {} },
    ],
    [
      'a kind',
      { path: [...AT, 'kind'], at: 'value', found: "'mean'", expected: 'relative or threshold' },
      withJudge({ kind: 'mean' }),
    ],
  ])('of %s', (_, issue, more) => {
    expect(issuesIn(more)).toStrictEqual([issue]);
  });

  it('is the file where that is no map', () => {
    expect(issuesOf(7)).toStrictEqual([{ path: [], at: 'value', found: '7', expected: 'a map of keys and values' }]);
    expect(issuesOf(undefined)).toStrictEqual([
      { path: [], at: 'value', found: 'nothing', expected: 'a map of keys and values' },
    ]);
  });

  it('is told once where the value is of another type than a list, whatever its length', () => {
    expect(issuesIn({ groups: 'leads' })).toStrictEqual([
      { path: ['groups'], at: 'value', found: "'leads'", expected: 'a list', guess: '[leads]' },
    ]);
    expect(issuesIn({ groups: '' })).toHaveLength(1);
    expect(issuesIn({ groups: [] })).toMatchObject([{ expected: 'at least one group' }]);
    expect(issuesIn({ groups: ['a', 'b', 'c'] })).toMatchObject([{ expected: 'at most two groups' }]);
    // beside the mistakes of other places
    expect(issuesIn({ groups: 'leads', odd: 3 }).map(({ path }) => path)).toEqual([['groups'], ['odd']]);
  });
});

describe('what is missing', () => {
  it.each<[string, Issue, object]>([
    [
      'a value',
      { path: [...AT, 'max'], at: 'missing', found: 'no max', expected: 'a number' },
      withJudge({ kind: 'relative' }),
    ],
    [
      'a kind',
      { path: [...AT, 'kind'], at: 'missing', found: 'no kind', expected: 'relative or threshold' },
      withJudge({}),
    ],
  ])('is told as that: %s', (_, issue, more) => {
    expect(issuesIn(more)).toStrictEqual([issue]);
  });

  it('is told of the map that lacks it', () => {
    expect(issuesOf({})).toStrictEqual([{ path: ['name'], at: 'missing', found: 'no name', expected: 'text' }]);
  });

  it('is not told where its key is misspelt: that is one mistake', () => {
    expect(issuesOf({ nam: 'a' })).toMatchObject([{ path: ['nam'], at: 'key', guess: 'name' }]);
    expect(issuesIn(withJudge({ kind: 'relative', mx: 1 }))).toMatchObject([{ path: [...AT, 'mx'], guess: 'max' }]);
  });

  it('is told beside a word that was probably meant to be its name, and a wrong value beside a key that was', () => {
    expect(issuesOf({ from: 'nam' }).map(({ path, guess }) => [path, guess])).toEqual([
      [['name'], undefined],
      [['from'], 'name'],
    ]);
    expect(issuesIn({ bad: 7, bed: 'failed' }).map(({ path }) => path)).toEqual([['bad'], ['bed']]);
  });

  it('is told where another key is misspelt, or the same one elsewhere', () => {
    expect(issuesOf({ grups: ['a'] }).map(({ path, at }) => [path, at])).toEqual([
      [['name'], 'missing'],
      [['grups'], 'key'],
    ]);
    expect(
      issuesIn({ metrics: [{ judge: { kind: 'relative' } }, { judge: { kind: 'relative', mx: 1 } }] }).map(
        ({ path }) => path,
      ),
    ).toEqual([
      ['metrics', 0, 'judge', 'max'],
      ['metrics', 1, 'judge', 'mx'],
    ]);
  });
});

describe('a key that is not known', () => {
  it('is told with those that are, and the one that was probably meant', () => {
    expect(issuesIn(withJudge({ kind: 'relative', max: 1, xyz: 1 }))).toStrictEqual([
      { path: [...AT, 'xyz'], at: 'key', found: "the unknown key 'xyz'", expected: 'kind or max' },
    ]);
    expect(issuesIn(withJudge({ kind: 'threshold', cuont: 1 }))).toStrictEqual([
      {
        path: [...AT, 'cuont'],
        at: 'key',
        found: "the unknown key 'cuont'",
        expected: 'kind or count',
        guess: 'count',
      },
    ]);
  });

  it('is rather one that is not used yet, else one that is', () => {
    expect(issuesIn({ names: 'b' })).toMatchObject([{ guess: 'name' }]);
    expect(issuesIn({ bed: 'failed' })).toMatchObject([{ guess: 'bad' }]);
    expect(issuesIn({ bad: 'failed', bed: 'failed' })).toMatchObject([{ guess: 'bad' }]);
  });

  it('is told as not available yet where the design has it', () => {
    expect(issuesIn({ control: 5 })).toStrictEqual([
      {
        path: ['control'],
        at: 'key',
        found: "'control', which is not available yet",
        expected: 'name, then, bake, share, quiet, groups, metrics, bad, from, ceiling, either, labels, when or odd',
      },
    ]);
    expect(issuesIn(withJudge({ kind: 'relative', max: 1, groups: [] }))).toMatchObject([
      { found: "'groups', which is not available yet", expected: 'kind or max' },
    ]);
    expect(issuesIn(withJudge({ kind: 'relative', max: 1, control: 1 }))).toMatchObject([
      { found: "the unknown key 'control'" },
    ]);
  });

  it('that belong inside another map say into which', () => {
    const hold = z.strictObject({
      name: z.string(),
      hold: z.strictObject({ atMost: z.string(), end: z.string() }).optional(),
    });
    const read = hold.safeParse({ name: 'a', atMost: '5m' });
    if (read.success) throw new Error('it is unknown there');
    const shape = z.toJSONSchema(hold, { io: 'input' }) as Shape;
    const notYet: NotYet = { keys: {}, values: {} };
    expect(explain(read.error, { input: { name: 'a', atMost: '5m' }, shape, notYet })).toMatchObject([
      { path: ['atMost'], found: "the key 'atMost', which is one of hold", expected: 'it inside hold: { … }' },
    ]);
  });

  it('are as many mistakes as there are keys', () => {
    expect(issuesIn({ x1: 1, y2: 2 }).map(({ path }) => path)).toEqual([['x1'], ['y2']]);
  });
});

describe('a value of a union', () => {
  it('is explained by the branch of its own type', () => {
    expect(issuesIn({ bad: 'faild' })).toStrictEqual([
      { path: ['bad'], at: 'value', found: "'faild'", expected: 'failed', guess: 'failed' },
    ]);
    expect(issuesIn({ bad: { slowerThan: [1], of: 'x' } })).toStrictEqual([
      { path: ['bad', 'slowerThan', 0], at: 'value', found: '1', expected: 'text' },
    ]);
    expect(issuesIn({ bad: { slowerThan: '100ms', of: 7 } })).toStrictEqual([
      { path: ['bad', 'slowerThan'], at: 'value', found: "'100ms'", expected: 'a list', guess: '[100ms]' },
      { path: ['bad', 'of'], at: 'value', found: '7', expected: 'text' },
    ]);
    expect(issuesIn({ bad: { slowerThan: [], of: 'x', off: 1 } })).toMatchObject([{ path: ['bad', 'off'], at: 'key' }]);
    expect(issuesIn({ bad: {} }).map(({ path, at }) => [path, at])).toEqual([
      [['bad', 'slowerThan'], 'missing'],
      [['bad', 'of'], 'missing'],
    ]);
  });

  it('of no such type is told what may stand there', () => {
    for (const [value, found] of [
      [7, '7'],
      [null, 'nothing'],
    ] as const) {
      expect(issuesIn({ bad: value })).toStrictEqual([
        { path: ['bad'], at: 'value', found, expected: 'failed or slowerThan' },
      ]);
    }
  });
});

describe('one branch of a union that has the type of the value', () => {
  it('tells what is wrong with it; of none or of more than one the union tells it, with a guess at any', () => {
    expect(issuesIn({ share: 5 })).toStrictEqual([
      { path: ['share'], at: 'value', found: '5', expected: 'at most 1', guess: '5%' },
    ]);
    expect(issuesIn({ ceiling: 'lots' })).toStrictEqual([
      { path: ['ceiling'], at: 'value', found: "'lots'", expected: 'auto or none' },
    ]);
    expect(issuesIn({ either: 'yes' })).toStrictEqual([
      { path: ['either'], at: 'value', found: "'yes'", expected: 'true, false or a list', guess: 'true' },
    ]);
  });
});

it('a name of the team that cannot be one is told as a key', () => {
  expect(issuesIn({ labels: { of: { a: 1, B2: 2 } } })).toStrictEqual([
    { path: ['labels', 'of', 'B2'], at: 'key', found: "'B2'", expected: 'small letters' },
  ]);
});

describe('what was probably meant', () => {
  it.each<[object, string | undefined]>([
    [{ then: 'rollback' }, 'rollBack'],
    [{ then: 'explode' }, undefined],
    [{ bake: 5 }, '5m'],
    [{ bake: '5 min' }, '5m'],
    [{ bake: [] }, undefined],
    [{ share: 'lots' }, undefined],
    [{ share: '5 %' }, '5%'],
    [{ quiet: 'yes' }, 'true'],
    [{ quiet: 'On' }, 'true'],
    [{ quiet: 'TRUE' }, 'true'],
    [{ quiet: 1 }, 'true'],
    [{ quiet: 'no' }, 'false'],
    [{ quiet: 'off' }, 'false'],
    [{ quiet: 'False' }, 'false'],
    [{ quiet: 0 }, 'false'],
    [{ quiet: 'never' }, undefined],
    [{ odd: '4x' }, '4'],
    [{ odd: 'p4' }, '4'],
    [withJudge({ kind: 'threshold', count: '3 x' }), '3'],
    // without its quotes it is one
    [{ quiet: 'true' }, 'true'],
    [withJudge({ kind: 'threshold', count: '3' }), '3'],
    // the guess would read as what was found
    [withJudge({ kind: 'threshold', count: 0 }), undefined],
    [{ groups: 7 }, undefined],
    [{ name: 7 }, undefined],
  ])('with %j is %s', (more, guess) => {
    const issues = issuesIn(more);
    expect(issues).toHaveLength(1);
    expect(issues[0]?.guess).toBe(guess);
    if (guess === undefined) expect(issues[0]).not.toHaveProperty('guess');
  });

  it('is nothing of what the design has and this version does not', () => {
    for (const more of [withJudge({ kind: 'kayenta' }), { then: 'page' }, { bake: 'forever' }]) {
      const [issue] = issuesIn(more);
      expect(issue?.at).toBe('value');
      expect(issue?.found).toMatch(/^'(kayenta|page|forever)', which is not available yet$/);
      expect(issue).not.toHaveProperty('guess');
    }
  });
});
