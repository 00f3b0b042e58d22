import { expect, it } from 'vitest';
import { type Mutant, mutantsOf, verdictOn } from '../../scripts/mutation/verdict.ts';

const killed: Mutant = { file: 'domain/a.ts', original: 'a < b', replacement: 'a <= b', line: 3, status: 'Killed' };
const survived: Mutant = { ...killed, original: 'c < d', replacement: 'c <= d', status: 'Survived' };
const explained = { file: 'domain/a.ts', original: 'c < d', replacement: 'c <= d', reason: 'c and d are never equal' };
const rules = { leastScore: 50, whole: true };

it('passes where every survivor has its reason and the score is reached', () => {
  expect(verdictOn([killed, survived], [explained], rules)).toEqual({
    ok: true,
    lines: ['mutation: 2 mutants, 1 survived (0 unexplained), score 50.0, wanted 50'],
  });
});

it('fails for a survivor without a reason, and names it', () => {
  const { ok, lines } = verdictOn([killed, survived], [], rules);
  expect(ok).toBe(false);
  expect(lines[0]).toBe('unexplained: domain/a.ts:3: c < d -> c <= d');
});

it('fails for a reason whose mutant is found by now, where all of domain/ was mutated', () => {
  expect(verdictOn([killed], [explained], rules).ok).toBe(false);
  expect(verdictOn([killed], [explained], { ...rules, whole: false }).ok).toBe(true);
});

it('fails below the score, and where nothing was mutated at all', () => {
  expect(verdictOn([killed, survived], [explained], { ...rules, leastScore: 51 }).ok).toBe(false);
  expect(verdictOn([], [], rules).ok).toBe(false);
});

it('refuses a survivor without a reason worth the name', () => {
  expect(() => verdictOn([survived], [{ ...explained, reason: 'ok' }], rules)).toThrow();
});

it('reads what a mutant replaces from the report, over several lines too', () => {
  const location = { start: { line: 1, column: 11 }, end: { line: 2, column: 4 } };
  const source = 'const a = b &&\n  c;\n';
  const mutants = [{ replacement: 'true', mutatorName: 'LogicalOperator', status: 'Survived', location }];
  const report = { files: { 'domain/a.ts': { source, mutants } } };
  expect(mutantsOf(report)).toEqual([
    { file: 'domain/a.ts', original: 'b &&\n  c', replacement: 'true', line: 1, status: 'Survived' },
  ]);
});
