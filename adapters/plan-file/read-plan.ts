import type { Issue } from '../../domain/file/issue.ts';
import type { Where } from '../../domain/plan/check-plan.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import type { Workload } from '../../domain/workload.ts';
import { checkWorkload } from '../../domain/workload-file.ts';
import { withAcceptedGuesses } from './accepted-guess.ts';
import { checkPlanInput } from './check-plan-input.ts';
import type { Mistake } from './mistake.ts';
import { readText } from './read-text.ts';
import { readYaml, type YamlText } from './yaml-text.ts';

export type ParsedPlan = { kind: 'plan'; plan: Plan } | { kind: 'mistakes'; mistakes: Mistake[] };
export type ParsedWorkload = { kind: 'workload'; workload: Workload } | { kind: 'mistakes'; mistakes: Mistake[] };

/**
 * A plan from the text of its file, or every mistake in it with its place, in the order of the file.
 * @param file its name, for the mistakes only   @param workload when given, what its router cannot do is a mistake too
 * @param where `loopback`: for the lab
 */
export function parsePlan(text: string, file: string, workload?: Workload, where?: Where): ParsedPlan {
  return parse(text, file, value => checkPlanInput(value, workload, where));
}

/** A workload from the text of its file, or every mistake in it with its place. @param file for the mistakes only */
export const parseWorkload = (text: string, file: string, where?: Where): ParsedWorkload =>
  parse(text, file, value => checkWorkload(value, where));

type Checked<Good> = Good | { kind: 'issues'; issues: Issue[] };
type Parsed<Good> = Good | { kind: 'mistakes'; mistakes: Mistake[] };

function parse<Good extends { kind: 'plan' | 'workload' }>(
  text: string,
  file: string,
  check: (value: unknown) => Checked<Good>,
): Parsed<Good> {
  const read = readAll(text, file, check);
  if (read.kind !== 'mistakes') return read;
  const mistakesIn = (changed: string): Mistake[] => {
    const again = readAll(changed, file, check);
    return again.kind === 'mistakes' ? again.mistakes : [];
  };
  return { kind: 'mistakes', mistakes: withAcceptedGuesses(read.mistakes, text, mistakesIn) };
}

function readAll<Good extends { kind: 'plan' | 'workload' }>(
  text: string,
  file: string,
  check: (value: unknown) => Checked<Good>,
): Parsed<Good> {
  const read = readYaml(text, file);
  if (read.kind === 'mistakes') return read;
  const checked = check(read.yaml.value);
  if (checked.kind !== 'issues' && read.yaml.mistakes.length === 0) return checked as Good;
  return { kind: 'mistakes', mistakes: inOrder(read.yaml, checked.kind === 'issues' ? checked.issues : []) };
}

/** `parsePlan` of a file on disk; one that is missing, a directory, unreadable or not UTF-8 is one mistake. */
export async function readPlanFile(file: string, workload?: Workload, where?: Where): Promise<ParsedPlan> {
  const read = await readText(file);
  return read.kind === 'text' ? parsePlan(read.text, file, workload, where) : read;
}

/** `parseWorkload` of a file on disk. */
export async function readWorkloadFile(file: string, where?: Where): Promise<ParsedWorkload> {
  const read = await readText(file);
  return read.kind === 'text' ? parseWorkload(read.text, file, where) : read;
}

/** In the order of the file, and one mistake to a place: the first that was found there explains the others. */
function inOrder(yaml: YamlText, issues: readonly Issue[]): Mistake[] {
  const seen = new Set<string>();
  const all = [...yaml.mistakes, ...issues.map(yaml.toMistake)].filter(({ at, path, found }) => {
    const place = `${at?.line}:${at?.column}`;
    // Several keys may be missing from one map: those are different mistakes at one place.
    const key = found.startsWith('no ') ? `${place} ${path} ${found}` : place;
    return !seen.has(key) && seen.add(key);
  });
  return all.sort((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0));
}
