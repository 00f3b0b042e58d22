import { expect, it } from 'vitest';
import { type Mutant, mutantsOf, scoreOf, verdictOn } from '../../scripts/mutation/verdict.ts';

const killed: Mutant = {
  file: 'domain/a.ts',
  code: 'if (a < b) stop();',
  original: 'a < b',
  replacement: 'a <= b',
  line: 3,
  status: 'Killed',
};
const survived: Mutant = {
  ...killed,
  code: 'return c < d;',
  original: 'c < d',
  replacement: 'c <= d',
  status: 'Survived',
};
const { line: _, status: __, file, ...change } = survived;
const explained = { file, reason: 'c and d are never equal, for they are of other kinds', mutants: [change] };

it('finds nothing to say where every survivor has its reason', () => {
  expect(verdictOn([killed, survived], [explained], true)).toEqual({
    counted: 2,
    survived: 1,
    unexplained: [],
    outdated: [],
  });
});

it('names a survivor without a reason', () => {
  expect(verdictOn([killed, survived], [], true).unexplained).toEqual([survived]);
});

it('does not take a reason for one place as a reason for another', () => {
  const elsewhere = { ...survived, code: 'while (c < d) wait();' };
  expect(verdictOn([survived, elsewhere], [explained], true).unexplained).toEqual([elsewhere]);
});

it('names a reason whose mutant is found by now, where all of the part was mutated', () => {
  expect(verdictOn([killed], [explained], true).outdated).toEqual([{ file, ...change }]);
  expect(verdictOn([killed], [explained], false).outdated).toEqual([]);
});

it('counts what a test noticed or what did not end, and leaves out what never ran', () => {
  const [late, uncovered, broken] = ['Timeout', 'NoCoverage', 'CompileError'].map(status => ({ ...killed, status }));
  const all = [killed, survived, late, uncovered, broken].filter(mutant => mutant !== undefined);
  expect(scoreOf(verdictOn(all, [], true))).toBe(50);
  expect(scoreOf(verdictOn([], [], true))).toBe(0);
});

it('refuses a survivor without a reason worth the name', () => {
  expect(() => verdictOn([survived], [{ ...explained, reason: 'ok' }], true)).toThrow();
});

it('reads what a mutant replaces from the report, over several lines too', () => {
  const location = { start: { line: 1, column: 11 }, end: { line: 2, column: 4 } };
  const source = 'const a = b &&\n  c;\n';
  const mutants = [{ replacement: 'true', mutatorName: 'LogicalOperator', status: 'Survived', location }];
  const report = { files: { 'domain/a.ts': { source, mutants } } };
  expect(mutantsOf(report)).toEqual([
    {
      file: 'domain/a.ts',
      code: 'const a = b &&',
      original: 'b &&',
      replacement: 'true',
      line: 1,
      status: 'Survived',
    },
  ]);
});
