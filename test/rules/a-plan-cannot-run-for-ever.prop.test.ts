import fc from 'fast-check';
import functionTimeout from 'function-timeout';
import { describe, expect, it } from 'vitest';
import { jsonPathMistake, jsonPathValue } from '../../adapters/metrics/json/json-path.ts';
import { checkPlanInput } from '../../adapters/plan-file/check-plan-input.ts';
import { parsePlan, parseWorkload } from '../../adapters/plan-file/read-plan.ts';
import { evaluateCondition, parseCondition } from '../../domain/conditions/condition.ts';
import { matchesTag } from '../../domain/release/push.ts';
import { fillTemplate } from '../../domain/sources/template.ts';
import { checkWorkload } from '../../domain/workload-file.ts';

/**
 * What a plan brings is read in everybody's Lambdas. What runs for ever ends here as a failure, and not as a test that never
 * ends; the bound says nothing about speed, it is far beyond what a busy computer needs.
 */
const within = <T>(work: () => T): T => functionTimeout(work, { timeout: 5_000 })() as T;

/** Texts that are cheap to write and dear to read: one piece again and again, and an end that does not fit. */
const pumped = (pieces: readonly string[], mostCharacters: number): fc.Arbitrary<string> =>
  fc
    .tuple(
      fc.string({ maxLength: 5 }),
      fc.array(fc.constantFrom(...pieces), { minLength: 1, maxLength: 3 }),
      fc.nat(mostCharacters),
      fc.constantFrom('', 'X', '!', '\n', ')', '"'),
    )
    .map(([start, parts, length, end]) => `${start}${parts.join('').repeat(length)}`.slice(0, length) + end);

const PIECES = [' ', 'a', '1', '"', "'", '`', '\\', '${', '{', '}', '[', ']', '(', ')', '*', '.', '..', ',', ':', '- ', '\n', '\t', '#']; // biome-ignore format: one row
const PATTERNS = ['(a+)+$', '(a|a)*b', '(a*)*b', '(.*a){20}', '([a-z]+)*1', '(a?){30}a{30}', '(a|aa)+$'];

describe('a tag pattern', () => {
  const part = fc.array(fc.constantFrom('a', 'b', '.', '-', 'v1'), { maxLength: 3 }).map(parts => parts.join(''));

  it('with many stars is read at once, whatever the tag', () => {
    const pattern = fc.array(part, { minLength: 2, maxLength: 60 }).map(parts => parts.join('*').slice(0, 128));
    const tag = fc.array(fc.constantFrom('a', 'aa', 'b', '.'), { maxLength: 128 }).map(parts => parts.join(''));
    within(() => matchesTag('*a*a*a*a*a*a*a*a*a*a*b', 'a'.repeat(300)));
    fc.assert(fc.property(pattern, tag, (patterns, of) => typeof within(() => matchesTag(patterns, of)) === 'boolean'));
  });

  it('matches what the regular expression that it stands for matches', () => {
    const few = fc.array(part, { minLength: 1, maxLength: 4 }).map(parts => parts.join('*'));
    const filled = fc.tuple(few, fc.array(part, { minLength: 4, maxLength: 4 }));
    const asRegExp = (pattern: string) => new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
    fc.assert(
      fc.property(filled, fc.boolean(), ([pattern, fills], fits) => {
        let index = 0;
        const tag = fits ? pattern.replaceAll('*', () => fills[index++] ?? '') : fills.join('');
        expect(matchesTag(pattern, tag)).toBe(asRegExp(pattern).test(tag));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a JSONPath', () => {
  const value = fc.letrec<{ value: unknown }>(tie => ({
    value: fc.oneof(
      { maxDepth: 6 },
      fc.constantFrom('a'.repeat(50), 'a'.repeat(3000), 1, null, true),
      fc.array(tie('value'), { maxLength: 6 }),
      fc.dictionary(fc.constantFrom('a', 'b'), tie('value')),
    ),
  })).value;
  const path = fc.oneof(
    fc.constantFrom(...PATTERNS).map(pattern => `$..[?match(@, '${pattern}')]`),
    fc.constantFrom(...PATTERNS).map(pattern => `$[?search(@.a, '${pattern}')]`),
    fc.integer({ min: 1, max: 8 }).map(times => `$${'..*'.repeat(times)}`),
    fc.integer({ min: 1, max: 8 }).map(times => `$${'[?count(@..*) > 0]'.repeat(times)}`),
    fc.integer({ min: 1, max: 60 }).map(times => `$${'[?@'.repeat(times)}${']'.repeat(times)}`),
  );

  it('is followed, or given up with a sentence, within its bound', () => {
    fc.assert(
      fc.property(path, value, (text, of) => {
        try {
          within(() => jsonPathValue(text, of as never));
        } catch (error) {
          expect(error).toMatchObject({ name: 'JsonPathError' });
        }
      }),
      { numRuns: 30 },
    );
  });

  it('of any text is read, or is a mistake with its column', () => {
    fc.assert(
      fc.property(pumped([...PIECES, '$', '@', '?', '!', '&&', "['a']"], 800), text => {
        const mistake = within(() => jsonPathMistake(text));
        if (mistake !== undefined) expect(mistake.column).toBeGreaterThan(0);
      }),
    );
  });
});

describe('a condition', () => {
  const judged = (condition: string, result: never) =>
    within(() => {
      const parsed = parseCondition(condition, 'any');
      return parsed.kind === 'ok' ? evaluateCondition(parsed.expression, result).kind : parsed.kind;
    });

  it.each([
    'all(1..9999, all(1..9999, # > 0))',
    'any(result, max(result) < #)',
    'len(filter(result, sum(result) == #)) == 1',
    `${'['.repeat(400)}result${']'.repeat(400)} == 1`,
    `${'-'.repeat(900)}result[0] == 1`,
  ])('that costs much is ended: %s', condition => {
    expect(judged(condition, Array.from({ length: 10_000 }, (_, index) => index) as never)).not.toBe('value');
  });

  it('of any text is read, or is a mistake', () => {
    const pieces = [...PIECES, 'result', '[0]', 'all(', 'filter(', '# > 0', ' and ', ' ?? ', 'not ', '1..9999', ' + '];
    fc.assert(fc.property(pumped(pieces, 1200), condition => void judged(condition, [1, 2, 3] as never)));
  });
});

it('a template of any text is filled within its bound', () => {
  fc.assert(
    fc.property(pumped([...PIECES, '${workload}', '${window'], 4000), text => {
      within(() => {
        try {
          fillTemplate(text, { workload: 'shop' } as never);
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      });
    }),
  );
});

describe('a plan with any text in any place', () => {
  const plan = {
    apiVersion: 'sluice/v1',
    kind: 'Plan',
    workload: 'shop',
    strategy: 'canary',
    deadline: '2h',
    metrics: [
      {
        name: 'errors',
        source: { kind: 'cloudwatch', bad: 'failedRequests' },
        judge: { kind: 'sequential', ceiling: '5%' },
      },
      {
        name: 'depth',
        source: { kind: 'prometheus', query: 'max(depth)' },
        judge: { kind: 'threshold', failureCondition: 'result[0] > 0.5' },
      },
      {
        name: 'check',
        source: { kind: 'json', url: 'https://example.com/check', jsonPath: '$.ok' },
        judge: { kind: 'threshold', successCondition: 'result == true' },
      },
    ],
    steps: [
      { setWeight: 10 },
      { bake: '10m' },
      { hook: { name: 'smoke', url: 'https://example.com/smoke', timeout: '5m' } },
      { setWeight: 100 },
    ],
    soak: '5m',
  };
  const places = leavesOf(plan);
  const anyText = pumped([...PIECES, 'a=', '1s', '%', ' %', '/', '_seconds', 'histogram_quantile '], 5000);

  it('is refused or accepted within its bound, by the operation that takes JSON', () => {
    expect(checkPlanInput(plan)).toMatchObject({ kind: 'plan' });
    fc.assert(
      fc.property(fc.constantFrom(...places), anyText, (place, text) => {
        const { kind } = within(() => checkPlanInput(replaced(plan, place, text)));
        expect(['plan', 'issues']).toContain(kind);
      }),
      { numRuns: 300 },
    );
  });

  it('nested beyond any stack is one mistake, and so is one of megabytes', () => {
    let deep: unknown = 'x';
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    const nested = { kind: 'issues', issues: [{ found: expect.stringMatching(/more than 100 levels/) }] };
    expect(within(() => checkPlanInput({ ...plan, steps: deep }))).toMatchObject(nested);
    expect(within(() => checkWorkload({ kind: 'Workload', alarms: deep }))).toMatchObject(nested);
    const many = within(() =>
      checkPlanInput({ ...plan, steps: Array.from({ length: 500_000 }, () => ({ setWeight: 1 })) }),
    );
    expect(many).toMatchObject({ kind: 'issues', issues: [{ expected: 'at most 16 kB' }] });
  });

  it('a file of any text is read or refused with a place, within its bound', () => {
    const file = pumped([...PIECES, '&a ', '*a', '? ', '<<: ', '- - ', 'a: ', 'a: b\n', '{{', '| ', '---\n'], 20_000);
    fc.assert(
      fc.property(file, text => {
        expect(within(() => parsePlan(text, 'plan.yaml')).kind).toBe('mistakes');
        expect(within(() => parseWorkload(text, 'workload.yaml')).kind).toBe('mistakes');
      }),
      { numRuns: 20 },
    );
  });
});

type Place = (string | number)[];

function leavesOf(value: unknown, place: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [place];
  return Object.entries(value).flatMap(([key, one]) => leavesOf(one, [...place, key]));
}

function replaced(value: unknown, [key, ...rest]: Place, by: string): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((one, index) => (String(index) === String(key) ? replaced(one, rest, by) : one));
  const map = value as Record<string, unknown>;
  return { ...map, [key]: replaced(map[key], rest, by) };
}
