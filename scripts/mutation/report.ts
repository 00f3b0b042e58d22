import * as z from 'zod';
import { fixedText } from '../../domain/number-text.ts';

/** A mutant that was tried, as Stryker's report tells it. */
export interface Mutant {
  file: string;
  /** From 1. */
  line: number;
  /** What is replaced, and by what; of more lines than one the first. */
  original: string;
  replacement: string;
  /** Stryker's word: Killed, Survived, Timeout, NoCoverage, CompileError, ... */
  status: string;
}

const positionSchema = z.object({ line: z.number(), column: z.number() });
type Position = z.infer<typeof positionSchema>;
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
      line: start.line,
      original: firstLineOf(textBetween(lines, start, end)),
      replacement: firstLineOf(replacement ?? mutatorName),
      status,
    }));
  });
}

const firstLineOf = (text: string): string => (text.split('\n')[0] ?? '').trim();

function textBetween(lines: string[], start: Position, end: Position): string {
  const taken = lines.slice(start.line - 1, end.line);
  const last = taken.length - 1;
  return taken
    .map((line, index) => line.slice(index === 0 ? start.column - 1 : 0, index === last ? end.column - 1 : undefined))
    .join('\n');
}

/** What never ran says nothing about the tests. */
const NEVER_RAN: ReadonlySet<string> = new Set(['CompileError', 'RuntimeError', 'Ignored', 'Pending']);

/** What the tests of a part noticed. */
export interface MutationResult {
  /** Mutants that ran. */
  counted: number;
  /** Those that no test noticed, or that no test reaches. */
  survivors: Mutant[];
}

export function resultOf(mutants: readonly Mutant[]): MutationResult {
  const counted = mutants.filter(({ status }) => !NEVER_RAN.has(status));
  return {
    counted: counted.length,
    survivors: counted.filter(({ status }) => status === 'Survived' || status === 'NoCoverage'),
  };
}

/** Share of the mutants that a test noticed or that did not end, per cent; 0 where none ran. */
export const scoreOf = ({ counted, survivors }: MutationResult): number =>
  counted === 0 ? 0 : (100 * (counted - survivors.length)) / counted;

/** A line of what `npm run mutate` prints, and a row of docs/mutation.md. */
export const scoreLine = (name: string, result: MutationResult): string =>
  `${name}: ${result.counted} mutants, ${result.survivors.length} survived, score ${fixedText(scoreOf(result), 1)}`;
