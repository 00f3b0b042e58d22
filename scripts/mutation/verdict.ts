import * as z from 'zod';

/** A mutant that was tried, as Stryker's report tells it. */
export interface Mutant {
  file: string;
  /** What it replaces, and by what: stays the same when lines move. */
  original: string;
  replacement: string;
  line: number;
  status: string;
}

/** A mutant that no test notices, and why that is right. */
const survivorsSchema = z.array(
  z.strictObject({ file: z.string(), original: z.string(), replacement: z.string(), reason: z.string().min(10) }),
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
      original: textBetween(lines, start, end),
      replacement: replacement ?? mutatorName,
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
  ok: boolean;
  lines: string[];
}

/**
 * The score counts as found what a test noticed or what did not end; mutants that never ran because they do not compile are
 * left out. @param whole all of domain/ was mutated: only then can a reason be out of date
 */
export function verdictOn(
  mutants: readonly Mutant[],
  survivors: unknown,
  { leastScore, whole }: { leastScore: number; whole: boolean },
): MutationVerdict {
  const known = survivorsSchema.parse(survivors);
  const counted = mutants.filter(
    ({ status }) => !['CompileError', 'RuntimeError', 'Ignored', 'Pending'].includes(status),
  );
  const survived = counted.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  const isSame = (mutant: Mutant, reason: (typeof known)[number]) =>
    mutant.file === reason.file && mutant.original === reason.original && mutant.replacement === reason.replacement;
  const unexplained = survived.filter(mutant => !known.some(reason => isSame(mutant, reason)));
  const outdated = whole ? known.filter(reason => !survived.some(mutant => isSame(mutant, reason))) : [];
  const score = counted.length === 0 ? 0 : (100 * (counted.length - survived.length)) / counted.length;
  const lines = [
    ...unexplained.map(
      ({ file, line, original, replacement }) => `unexplained: ${file}:${line}: ${original} -> ${replacement}`,
    ),
    ...outdated.map(({ file, original, replacement }) => `no longer survives: ${file}: ${original} -> ${replacement}`),
    `mutation: ${counted.length} mutants, ${survived.length} survived (${unexplained.length} unexplained), score ${score.toFixed(1)}, wanted ${leastScore}`,
  ];
  return { ok: score >= leastScore && unexplained.length === 0 && outdated.length === 0, lines };
}
