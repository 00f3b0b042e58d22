import { expect, it } from 'vitest';
import { type Mutant, mutantsOf, resultOf, scoreLine, scoreOf } from '../../scripts/mutation/report.ts';

const killed: Mutant = { file: 'domain/a.ts', line: 3, original: 'a < b', replacement: 'a <= b', status: 'Killed' };
const survived: Mutant = { ...killed, line: 9, status: 'Survived' };
const of = (status: string): Mutant => ({ ...killed, status });

it('names a mutant that no test notices and one that no test reaches', () => {
  expect(resultOf([killed, survived, of('NoCoverage')])).toEqual({
    counted: 3,
    survivors: [survived, of('NoCoverage')],
  });
});

it('counts what a test noticed or what did not end, and leaves out what never ran', () => {
  const never = ['CompileError', 'RuntimeError', 'Ignored', 'Pending'].map(of);
  expect(scoreOf(resultOf([killed, survived, of('Timeout'), of('NoCoverage'), ...never]))).toBe(50);
  expect(scoreOf(resultOf([]))).toBe(0);
});

it('tells the score of a part in a line', () => {
  expect(scoreLine('file', resultOf([killed, killed, survived]))).toBe('file: 3 mutants, 1 survived, score 66.7');
});

it('reads what a mutant replaces from the report, over several lines too', () => {
  const location = { start: { line: 1, column: 11 }, end: { line: 2, column: 4 } };
  const source = 'const a = b &&\n  c;\n';
  const mutants = [{ replacement: 'true', mutatorName: 'LogicalOperator', status: 'Survived', location }];
  const report = { files: { 'domain/a.ts': { source, mutants } } };
  expect(mutantsOf(report)).toEqual([
    { file: 'domain/a.ts', line: 1, original: 'b &&', replacement: 'true', status: 'Survived' },
  ]);
});

it('refuses what is no report', () => {
  expect(() => mutantsOf({ files: { 'domain/a.ts': {} } })).toThrow();
});
