import { readFileSync } from 'node:fs';

/** A port's method that the code of functions/ calls. */
export interface CallInCode {
  /** The file that calls, below functions/. */
  file: string;
  port: string;
  method: string;
}

const CALL = 'shared/release-call.ts';
const APPEND = { port: 'ledger', method: 'append' };

/** Calls of ports in a file of functions/ and in the shared files whose functions it imports. @param file below functions/ */
export function callsInCode(file: string, seen = new Set<string>()): CallInCode[] {
  if (seen.has(file)) return [];
  seen.add(file);
  const code = readFileSync(new URL(`../../functions/${file}`, import.meta.url), 'utf8');
  const own = [...code.matchAll(/deps\.(\w+)\.(\w+)\(/g)].map(([, port = '', method = '']) => ({ file, port, method }));
  // who has a call of a release in hand may append by it, and need not
  const appends = file === CALL ? [] : [...code.matchAll(/\b\w+\.append\(/g)].map(() => ({ file, ...APPEND }));
  const imports = code.matchAll(/import \{([^}]+)\} from '\.\/(?:shared\/)?([\w-]+)\.ts'/g);
  const imported = [...imports].flatMap(([, names = '', from = '']) => {
    const values = names.split(',').filter(name => !/^\s*(type .*|\w+Schema|)\s*$/.test(name)); // these call nothing
    return values.length === 0 ? [] : callsInCode(`shared/${from}.ts`, seen);
  });
  const calls = own.filter(({ method }) => file !== CALL || method !== APPEND.method);
  return [...calls, ...appends, ...imported];
}
