import type { Mistake } from './mistake.ts';

/**
 * The mistakes, with only those guesses that are accepted where they are written in place of what the caret shows: as they
 * are, or in quotes where YAML needs them. What is suggested works.
 * @param mistakesIn of another text of the same file
 */
export function withAcceptedGuesses(
  mistakes: readonly Mistake[],
  text: string,
  mistakesIn: (text: string) => readonly Mistake[],
): Mistake[] {
  const before = new Set(mistakes.map(({ found }) => found));
  // a text that is no YAML any more: half of what was meant is left behind it
  const isNewOfYaml = ({ path, found }: Mistake) =>
    path === '' && !found.startsWith('the unknown key') && !found.startsWith('no ') && !before.has(found);
  return mistakes.map(({ guess, ...mistake }) => {
    const { at } = mistake;
    if (guess === undefined || at === undefined) return mistake;
    const isAccepted = (written: string): boolean => {
      const after = mistakesIn(pasted(text, at, written));
      return !after.some(one => isInside(one, at, written) || excludesIt(one, mistake.path) || isNewOfYaml(one));
    };
    const accepted = [guess, `'${guess.replaceAll("'", "''")}'`].find(isAccepted);
    return accepted === undefined ? mistake : { ...mistake, guess: accepted };
  });
}

type Place = NonNullable<Mistake['at']>;

function pasted(text: string, { line, column, length }: Place, written: string): string {
  const lines = text.split('\n');
  const old = lines[line - 1] ?? '';
  lines[line - 1] = `${old.slice(0, column - 1)}${written}${old.slice(column - 1 + length)}`;
  return lines.join('\n');
}

/** "both max and min" is told of the one that was there before. */
const excludesIt = ({ path, found }: Mistake, map: string): boolean => path === map && found.startsWith('both ');

function isInside({ at }: Mistake, { line, column }: Place, written: string): boolean {
  if (at === undefined) return true;
  return at.line === line && at.column < column + written.length && at.column + at.length > column;
}
