import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import ts from 'typescript';
import { PROJECT_ROOT } from './bundles.ts';
import { interfaceText, type JsonSchema } from './props-from-schema.ts';

const ENTRY = 'infra/cdk';
const FILE_PROPS = 'infra/progressive-workload/file-props';

/**
 * Writes the declarations of `sluice/cdk`, those of its entry and of what that mentions; once as an ES module and once for
 * `require`, since a compiler that has one kind of module does not take the other's declarations.
 * @throws Error the sources do not compile, or what is written out of the schemas is not what the constructs check
 */
export function writeTypes(folder: string): void {
  const fileProps = filePropsText();
  const declarations = emitted(fileProps).set(FILE_PROPS, fileProps);
  for (const kind of ['esm', 'cjs']) {
    for (const module of mentionedFrom(ENTRY, declarations)) {
      const path = join(folder, kind, `${module}.d.ts`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, textOf(module, declarations).replaceAll(RELATIVE_IMPORT, "from '$1.js'"));
    }
  }
  writeFileSync(join(folder, 'cjs/package.json'), '{ "type": "commonjs" }\n');
}

function filePropsText(): string {
  const schemaOf = (name: string): JsonSchema =>
    JSON.parse(readFileSync(join(PROJECT_ROOT, `docs/schema/${name}.schema.json`), 'utf8'));
  const source = readFileSync(join(PROJECT_ROOT, `${FILE_PROPS}.ts`), 'utf8');
  const commentOf = (name: string): string =>
    source.match(new RegExp(`/\\*\\*\n(?: \\*.*\n)+?(?=export type ${name} )`))?.[0] ?? '';
  return [
    interfaceText('WorkloadProps', commentOf('WorkloadProps'), schemaOf('workload'), ['apiVersion', 'kind', 'router']),
    interfaceText('PlanProps', commentOf('PlanProps'), schemaOf('plan'), ['apiVersion', 'kind', 'workload']),
  ].join('\n');
}

/** Both ways: what is written out takes all that is checked, and nothing else. */
const SAME_TYPES = `import type * as checked from './file-props.ts';
import type * as written from './file-props.written.ts';
export const plans = (one: checked.PlanProps, other: written.PlanProps): [written.PlanProps, checked.PlanProps] => [one, other];
export const workloads = (one: checked.WorkloadProps, other: written.WorkloadProps): [written.WorkloadProps, checked.WorkloadProps] => [one, other];
`;

/** @returns the declarations of each module, by its path without an ending */
function emitted(fileProps: string): Map<string, string> {
  const config = join(PROJECT_ROOT, 'tsconfig.json');
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(config, ts.sys.readFile).config,
    ts.sys,
    PROJECT_ROOT,
  );
  const inMemory = new Map([
    [join(PROJECT_ROOT, `${FILE_PROPS}.written.ts`), fileProps],
    [join(PROJECT_ROOT, `${FILE_PROPS}.same.ts`), SAME_TYPES],
  ]);
  const compilerOptions = {
    ...options,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: PROJECT_ROOT,
  };
  const host = ts.createCompilerHost(compilerOptions);
  const { fileExists, readFile } = host;
  host.fileExists = path => inMemory.has(path) || fileExists(path);
  host.readFile = path => inMemory.get(path) ?? readFile(path);
  const program = ts.createProgram([join(PROJECT_ROOT, `${ENTRY}.ts`), ...inMemory.keys()], compilerOptions, host);
  const declarations = new Map<string, string>();
  const { diagnostics } = program.emit(undefined, (path, text) => {
    declarations.set(relative(PROJECT_ROOT, path).replace(/\.d\.ts$/, ''), text);
  });
  const mistakes = [...ts.getPreEmitDiagnostics(program), ...diagnostics];
  if (mistakes.length > 0) throw new Error(ts.formatDiagnostics(mistakes, host));
  return declarations;
}

const RELATIVE_IMPORT = /from '(\.{1,2}\/[^']+)\.ts'/g;

/** The module, and every one that its declarations mention, and theirs. */
function mentionedFrom(entry: string, declarations: ReadonlyMap<string, string>): Set<string> {
  const found = new Set([entry]);
  for (const module of found) {
    for (const [, path = ''] of textOf(module, declarations).matchAll(RELATIVE_IMPORT)) {
      found.add(posix.join(posix.dirname(module), path));
    }
  }
  return found;
}

function textOf(module: string, declarations: ReadonlyMap<string, string>): string {
  const text = declarations.get(module);
  if (text === undefined) throw new Error(`${module} is mentioned in the declarations of sluice/cdk and has none`);
  return text;
}
