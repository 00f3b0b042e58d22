import * as z from 'zod';

/** What was changed in a mutant, told so that it stays the same when lines move. */
interface Change {
  /** The line of the source in which it begins, without the space around it. */
  code: string;
  /** What is replaced, and by what; of more lines than one the first. */
  original: string;
  replacement: string;
}

/** A mutant that was tried, as Stryker's report tells it. */
export interface Mutant extends Change {
  file: string;
  line: number;
  status: string;
}

const changeSchema = z.strictObject({ code: z.string(), original: z.string(), replacement: z.string() });
/** Mutants that no test notices, and why that is right. */
const survivorsSchema = z.array(
  z.strictObject({ file: z.string(), reason: z.string().min(20), mutants: z.array(changeSchema).min(1) }),
);
const positionSchema = z.object({ line: z.number(), column: z.number() });
const reportSchema = z.looseObject({
  files: z.record(
    z.string(),
    z.looseObject({
      source: z.string(),
      mutants: z.array(
        z.looseObject({
          replacement: z.string().optional(),
          mutatorName: z.string(),
          status: z.string(),
          location: z.object({ start: positionSchema, end: positionSchema }),
        }),
      ),
    }),
  ),
});

/** @throws ZodError not a report of Stryker's JSON reporter */
export function mutantsOf(report: unknown): Mutant[] {
  return Object.entries(reportSchema.parse(report).files).flatMap(([file, { source, mutants }]) => {
    const lines = source.split('\n');
    return mutants.map(({ location: { start, end }, replacement, mutatorName, status }) => ({
      file,
      code: (lines[start.line - 1] ?? '').trim(),
      original: (textBetween(lines, start, end).split('\n')[0] ?? '').trim(),
      replacement: ((replacement ?? mutatorName).split('\n')[0] ?? '').trim(),
      line: start.line,
      status,
    }));
  });
}

function textBetween(
  lines: string[],
  start: { line: number; column: number },
  end: { line: number; column: number },
): string {
  const taken = lines.slice(start.line - 1, end.line);
  const last = taken.length - 1;
  return taken
    .map((line, index) => line.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined))
    .join('\n');
}

export interface MutationVerdict {
  /** Mutants that ran; those that do not compile are left out. */
  counted: number;
  survived: number;
  unexplained: Mutant[];
  /** Reasons whose mutant is found by now. */
  outdated: (Change & { file: string })[];
}

/** @param whole all of a part was mutated: only then can a reason be out of date. @throws ZodError a list not in its form */
export function verdictOn(mutants: readonly Mutant[], survivors: unknown, whole: boolean): MutationVerdict {
  const known = survivorsSchema
    .parse(survivors)
    .flatMap(({ file, mutants: changes }) => changes.map(change => ({ file, ...change })));
  const counted = mutants.filter(
    ({ status }) => !['CompileError', 'RuntimeError', 'Ignored', 'Pending'].includes(status),
  );
  const survived = counted.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  const unexplained = survived.filter(mutant => !known.some(reason => isSame(mutant, reason)));
  const outdated = whole ? known.filter(reason => !survived.some(mutant => isSame(mutant, reason))) : [];
  return { counted: counted.length, survived: survived.length, unexplained, outdated };
}

const isSame = (a: Change & { file: string }, b: Change & { file: string }): boolean =>
  a.file === b.file && a.code === b.code && a.original === b.original && a.replacement === b.replacement;

/** Share of the mutants that a test noticed or that did not end, per cent; 0 where none ran. */
export const scoreOf = ({ counted, survived }: Pick<MutationVerdict, 'counted' | 'survived'>): number =>
  counted === 0 ? 0 : (100 * (counted - survived)) / counted;

export const scoreLine = (name: string, verdict: MutationVerdict): string =>
  `${name}: ${verdict.counted} mutants, ${verdict.survived} survived (${verdict.unexplained.length} unexplained), score ${scoreOf(verdict).toFixed(1)}`;
