import ts from 'typescript';
import type { Exemption } from './kinds.ts';

/*
 * One way to make an adapter (docs/design.md, "The house"): `xyz(client or deps)` is a function that returns the port's
 * interface, `openXyz(env)` reads the environment, `fakeXyz()` stands in for it in tests. No class of one is exported, so that
 * nobody extends it, and asks with `instanceof` which one it has.
 */

export interface AdaptersReport {
  /** What was looked at: nothing looked at is nothing checked. */
  files: number;
  openers: number;
  fakes: number;
  errorClasses: number;
  /** `adapters/x.ts:12: class X is exported: ...` */
  strays: string[];
}

/** Of Lambda, and of Node: what an opener takes first. */
const ENVIRONMENTS = ['Env', 'NodeJS.ProcessEnv'];

/** @param files text by path, of adapters/ alone */
export function checkAdapters(
  files: ReadonlyMap<string, string>,
  exemptions: readonly Exemption[] = [],
): AdaptersReport {
  const report: AdaptersReport = { files: 0, openers: 0, fakes: 0, errorClasses: 0, strays: [] };
  for (const [file, text] of files) {
    report.files += 1;
    if (exemptions.some(({ path }) => path === file)) continue;
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const stray = (node: ts.Node, what: string) => {
      const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
      report.strays.push(`${file}:${line + 1}: ${what}`);
    };
    const functions = exportedFunctions(source);
    for (const node of source.statements.filter(ts.isClassDeclaration)) {
      if (!isExported(node)) continue;
      if (extendsError(node)) report.errorClasses += 1;
      else stray(node, `class ${node.name?.text} is exported: export a function that returns the port's interface`);
    }
    for (const { name, parameters, node } of functions) {
      if (!/^open[A-Z]/.test(name)) continue;
      report.openers += 1;
      const takes = parameters[0]?.type?.getText(source) ?? '';
      if (!ENVIRONMENTS.includes(takes)) {
        stray(node, `${name} opens from ${takes || 'nothing'}: what reads no environment is named after what it makes`);
      }
    }
    if (/(?:^|\/)fake-[^/]+\.ts$/.test(file)) {
      const fakes = functions.filter(({ name }) => /^fake[A-Z]/.test(name));
      report.fakes += fakes.length;
      if (fakes.length === 0) stray(source, 'a fake has a function fakeXyz() that makes it');
    }
    readsOfProcess(source).forEach(node => void stray(node, 'process.env is read: an environment is handed in'));
  }
  return report;
}

/** Nothing looked at, or something that is made in another way. */
export const adaptersFail = ({ files, openers, fakes, errorClasses, strays }: AdaptersReport): boolean =>
  strays.length > 0 || [files, openers, fakes, errorClasses].includes(0);

interface Exported {
  name: string;
  parameters: readonly ts.ParameterDeclaration[];
  node: ts.Node;
}

function exportedFunctions(source: ts.SourceFile): Exported[] {
  return source.statements.flatMap((node): Exported[] => {
    if (ts.isFunctionDeclaration(node) && isExported(node) && node.name !== undefined) {
      return [{ name: node.name.text, parameters: node.parameters, node }];
    }
    if (!ts.isVariableStatement(node) || !isExported(node)) return [];
    return node.declarationList.declarations.flatMap(({ name, initializer }) =>
      ts.isIdentifier(name) && initializer !== undefined && ts.isArrowFunction(initializer)
        ? [{ name: name.text, parameters: initializer.parameters, node }]
        : [],
    );
  });
}

const isExported = (node: ts.HasModifiers): boolean =>
  ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;

const extendsError = ({ heritageClauses = ts.factory.createNodeArray() }: ts.ClassDeclaration): boolean =>
  heritageClauses.some(clause => clause.types.some(({ expression }) => /Error$/.test(expression.getText())));

function readsOfProcess(source: ts.SourceFile): ts.Node[] {
  const found: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && node.getText(source) === 'process.env') found.push(node);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}
