import { parseDurationSeconds } from './units.ts';

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

/** The option that `word` was probably meant to be, or undefined when none is near. */
export function guessWord(word: string, options: readonly string[]): string | undefined {
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

/** `300` is 300s, `5 min` is 5m, `2 Hours` is 2h, `1d` is 24h; undefined where nothing sensible comes out. */
export function guessDuration(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value > 0 ? `${value}s` : undefined;
  if (typeof value !== 'string') return undefined;
  if (/^\d+$/.test(value)) return `${value}s`;
  const text = value
    .toLowerCase()
    .replaceAll(/[\s,]/g, '')
    .replaceAll(/hours?|hrs?/g, 'h')
    .replaceAll(/minutes?|mins?/g, 'm')
    .replaceAll(/seconds?|secs?/g, 's')
    .replace(/(\d+)d(ays?)?/, (_, days: string) => `${Number(days) * 24}h`);
  return text !== value && parseDurationSeconds(text) !== undefined ? text : undefined;
}

/** `5` is 5%, where a share of 1 or less was expected. */
export function guessShare(value: unknown): string | undefined {
  const number = typeof value === 'string' ? Number(value.replaceAll(/[\s%]/g, '')) : value;
  if (typeof number !== 'number' || !(number > 0 && number < 100)) return undefined;
  return typeof value === 'string' && number < 1 ? String(number) : `${number}%`;
}

/** `'5%'` and `'5'` are 5. */
export function guessNumber(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const number = Number(value.replace(/^p/i, '').replaceAll(/[\s%x]/g, ''));
  return Number.isFinite(number) && /\d/.test(value) ? String(number) : undefined;
}
