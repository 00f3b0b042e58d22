import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a definition refers to outside of itself. */
export interface RepositoryFacts {
  /** The literal names of the exported error classes. */
  errorNames: ReadonlySet<string>;
  /** `shift-traffic` for functions/shift-traffic.ts; empty where there are no functions yet. */
  functionFiles: ReadonlySet<string>;
}

const errorClass = /export class \w+ extends \w+ \{[^}]*?override readonly name(?:: string)? = '(\w+)'/g;

/** @param root of the repository */
export function readFacts(root: string): RepositoryFacts {
  const sources = ['adapters', 'application', 'functions', 'domain']
    .map(folder => join(root, folder))
    .filter(existsSync)
    .flatMap(folder => readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(file => join(folder, file)))
    .filter(file => file.endsWith('.ts'));
  const names = sources.flatMap(file =>
    [...readFileSync(file, 'utf8').matchAll(errorClass)].map(match => match[1] ?? ''),
  );
  const functions = join(root, 'functions');
  const files = existsSync(functions) ? readdirSync(functions).filter(file => file.endsWith('.ts')) : [];
  return { errorNames: new Set(names), functionFiles: new Set(files.map(file => file.slice(0, -'.ts'.length))) };
}
