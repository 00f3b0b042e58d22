/** What people who come from other tools write, and our word for it. Used only where our word fits the place. */
const OTHER_TOOLS_WORDS: Record<string, string> = {
  pause: 'bake',
  wait: 'bake',
  sleep: 'bake',
  canaryweight: 'setWeight',
  webhook: 'hook',
  gate: 'approval',
  manualapproval: 'approval',
  provider: 'source',
  provideroptions: 'source',
  analyses: 'metrics',
  errors: 'failedRequests',
  abort: 'rollBack',
  continue: 'proceed',
};

/** No option is half as long; and the time that it takes grows with the length. */
const WORD_AT_MOST_CHARACTERS = 100;

/** The option that `word` was probably meant to be, or undefined when none is near. */
export function guessWord(word: string, options: readonly string[]): string | undefined {
  if (word.length > WORD_AT_MOST_CHARACTERS) return undefined;
  const lower = word.toLowerCase();
  const sameLetters = options.find(option => letters(option) === letters(word));
  if (sameLetters !== undefined) return sameLetters;
  const translated = options.find(option => option === OTHER_TOOLS_WORDS[letters(word)]);
  if (translated !== undefined) return translated;
  const nearest = options
    .map(option => ({ option, distance: editDistance(lower, option.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0];
  if (nearest === undefined) return undefined;
  // A third of the letters may be wrong: 'p9' is p99, 'bke' is bake, and 'foo' is nothing we know.
  return nearest.distance <= Math.max(1, Math.floor(nearest.option.length / 3)) ? nearest.option : undefined;
}

const letters = (word: string): string => word.toLowerCase().replaceAll(/[-_ ]/g, '');

/** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  let beforeLast = last;
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1));
      if (a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, at(beforeLast, j - 2) + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return at(last, b.length);
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY;
