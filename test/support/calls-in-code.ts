import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A port's method that the code of functions/ or application/ calls. */
export interface CallInCode {
  /** The file that calls, from the project's root. */
  file: string;
  port: string;
  method: string;
}

const CALL = 'application/release-call.ts';
const APPEND = { port: 'ledger', method: 'append' };

/** Calls of ports in a file, and in the files of functions/ and application/ whose functions it imports. @param file from the project's root */
export function callsInCode(file: string, seen = new Set<string>()): CallInCode[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const code = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
  const own = [...code.matchAll(/deps\.(\w+)\.(\w+)\(/g)].map(([, port = '', method = '']) => ({ file, port, method }));
  // who has a call of a release in hand may append by it, and need not
  const appends = file === CALL ? [] : [...code.matchAll(/\b\w+\.append\(/g)].map(() => ({ file, ...APPEND }));
  const imports = code.matchAll(/import \{([^}]+)\} from '(\.[^']+)'/g);
  const imported = [...imports].flatMap(([, names = '', from = '']) => {
    const path = join(dirname(file), from);
    if (!/^(functions|application)\//.test(path)) return [];
    const values = names.split(',').filter(name => !/^\s*(type .*|\w+Schema|)\s*$/.test(name)); // these call nothing
    return values.length === 0 ? [] : callsInCode(path, seen);
  });
  const calls = own.filter(({ method }) => file !== CALL || method !== APPEND.method);
  return [...calls, ...appends, ...imported];
}
