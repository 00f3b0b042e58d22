import { guessWord } from '../file/guess.ts';

/** What other tools call ours: Argo's arguments, Flagger's and Grafana's variables. */
const OURS: Record<string, string> = {
  interval: 'window',
  __interval: 'window',
  __rate_interval: 'window',
  __range: 'window',
  target: 'workload',
  name: 'workload',
  service: 'workload',
  servicename: 'workload',
  app: 'workload',
  deployment: 'workload',
  ns: 'namespace',
  color: 'slot',
  colour: 'slot',
  version: 'revision',
  hash: 'revision',
  canaryhash: 'revision',
  stablehash: 'revision',
  latesthash: 'revision',
  podtemplatehash: 'revision',
};

/** `args.service-name`, `.slot`, `variables.x`: the variable of ours that is meant; undefined where none is near. */
export function variableMeant(word: string, known: readonly string[]): string | undefined {
  const plain = word.trim().replace(/^\.?(?:(?:args|variables|inputs|env|vars)\.)?/i, '');
  const ours = OURS[plain.toLowerCase().replaceAll(/[-.]|(?<!^_*)_/g, '')] ?? OURS[plain.toLowerCase()];
  return known.find(one => one === ours) ?? guessWord(plain, known);
}

/** A variable that is written as another tool does, with its 1-based column. */
export interface OtherVariable {
  written: string;
  column: number;
  meant: string | undefined;
}

/** `$slot`, `$(slot)`, `"{slot}"`: not those of a regular expression, `"a$"` and `"$1"`. */
export function otherVariables(text: string, known: readonly string[]): OtherVariable[] {
  return [...text.matchAll(/\$\(\s*(\w+)\s*\)|\$([A-Za-z_]\w*)|(?<=["'/])\{(\w+)\}(?=["'/])/g)].flatMap(match => {
    const word = match[1] ?? match[2] ?? match[3] ?? '';
    const meant = variableMeant(word, known);
    // in braces only what is a variable of ours: anything else may be meant as it stands
    if (match[3] !== undefined && !known.includes(word)) return [];
    return [{ written: match[0], column: match.index + 1, meant }];
  });
}
