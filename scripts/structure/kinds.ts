import ts from 'typescript';

/**
 * A family of kinds (judges, sources, steps, routers): each kind has a folder, and nothing else may know which kinds there
 * are. A new kind is then its folder and a line in each registry.
 */
export interface Family {
  /** As people call one of them: "judge". */
  name: string;
  /** As plans write them: `mannWhitney`. */
  kinds: readonly string[];
  /** The folders that hold a folder for each kind, in kebab-case: `domain/judges`. */
  rooms: readonly string[];
  /** The files with a line for each kind. */
  registries: readonly string[];
  /**
   * What a value of this family is called in code, so that `judge.kind === 'alarm'` is told from `reading.kind === 'alarm'`:
   * the last name before `.kind`, the property or variable that `{ kind: 'alarm' }` is for, the type that is narrowed.
   */
  called: RegExp;
  /** Kinds whose word is used for other things as well: they count only where `called`, a list or a table shows what is meant. */
  everyday: readonly string[];
}

/** Files that may name kinds, and why: what they do does not grow with the family. */
export interface Exemption {
  /** A file, or a folder with a slash at its end. */
  path: string;
  because: string;
}

export interface KindLiteral {
  family: string;
  kind: string;
  file: string;
  /** 1-based. */
  line: number;
  /** What it stands in: "a comparison", "a list of kinds". */
  what: string;
}

export interface KindsReport {
  /** How many files and literals were looked at: nothing looked at is nothing checked. */
  files: number;
  literals: number;
  /** Kinds that were seen nowhere, not even at home: the table of families is wrong. */
  unseen: { family: string; kind: string }[];
  strays: KindLiteral[];
}

/** @param files text by path, tests and generated files left out */
export function checkKinds(
  files: ReadonlyMap<string, string>,
  families: readonly Family[],
  exemptions: readonly Exemption[] = [],
): KindsReport {
  const strays: KindLiteral[] = [];
  const seen = new Set<string>();
  let literals = 0;
  for (const [file, text] of files) {
    const own = families.filter(({ kinds }) => kinds.some(kind => text.includes(kind)));
    if (own.length === 0) continue;
    const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
    const visit = (node: ts.Node): void => {
      for (const family of own) {
        const kind = kindOf(node, family);
        if (kind === undefined) continue;
        literals += 1;
        if (isAtHome(file, kind, family)) seen.add(`${family.name} ${kind}`);
        const what = meaning(node, kind, family);
        if (what === undefined || isAtHome(file, kind, family) || family.registries.includes(file)) continue;
        if (exemptions.some(({ path }) => (path.endsWith('/') ? file.startsWith(path) : file === path))) continue;
        const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
        strays.push({ family: family.name, kind, file, line, what });
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  const unseen = families.flatMap(({ name, kinds }) =>
    kinds.filter(kind => !seen.has(`${name} ${kind}`)).map(kind => ({ family: name, kind })),
  );
  return { files: files.size, literals, unseen, strays };
}

export const kindText = ({ family, kind, file, line, what }: KindLiteral): string =>
  `no-stray-kinds: ${file}:${line} names the ${family} '${kind}' in ${what}: it belongs into its folder, or is asked of the registry`;

const kebab = (kind: string): string => kind.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);

const isAtHome = (file: string, kind: string, { rooms }: Family): boolean =>
  rooms.some(room => file.startsWith(`${room}/${kebab(kind)}/`));

/** The kind that a text or a key is, as a value or as a type. */
function kindOf(node: ts.Node, { kinds }: Family): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) {
    return kinds.includes(node.text) && !isImport(node) ? node.text : undefined;
  }
  const isKey = ts.isIdentifier(node) && node.parent !== undefined && isNameOfMember(node);
  return isKey && kinds.includes(node.text) ? node.text : undefined;
}

const isImport = (node: ts.Node): boolean => ts.isImportDeclaration(node.parent) || ts.isExportDeclaration(node.parent);

const isNameOfMember = (node: ts.Identifier): boolean =>
  (ts.isPropertyAssignment(node.parent) ||
    ts.isPropertySignature(node.parent) ||
    ts.isMethodDeclaration(node.parent)) &&
  node.parent.name === node;

/** What the literal stands in, where it means the kind; undefined: it is another thing of the same name. */
function meaning(node: ts.Node, kind: string, family: Family): string | undefined {
  const { parent } = node;
  const isEveryday = family.everyday.includes(kind);
  if (isMember(parent) && parent.name === node) {
    const keys = siblings(parent);
    const isTable = keys.length > 1 && keys.every(key => key !== undefined && family.kinds.includes(key));
    return isTable ? 'a table by kind' : isEveryday ? undefined : 'a key';
  }
  if (ts.isArrayLiteralExpression(parent)) {
    const isList = parent.elements.length > 1 && parent.elements.every(one => kindOf(one, family) !== undefined);
    return isList ? 'a list of kinds' : isEveryday ? undefined : 'a list';
  }
  if (ts.isBinaryExpression(parent)) {
    const other = parent.left === node ? parent.right : parent.left;
    return isKindOf(other, family) || !isEveryday ? 'a comparison' : undefined;
  }
  if (ts.isCaseClause(parent)) {
    return isKindOf(parent.parent.parent.expression, family) || !isEveryday ? 'a switch' : undefined;
  }
  const type = ts.isLiteralTypeNode(parent) ? parent : node;
  if (isMember(type.parent) && type.parent.name.getText() === 'kind') {
    return isFor(type.parent.parent, family) || !isEveryday ? 'a kind that is written out' : undefined;
  }
  if (ts.isUnionTypeNode(type.parent)) {
    const isUnion = type.parent.types.every(
      one => ts.isLiteralTypeNode(one) && kindOf(one.literal, family) !== undefined,
    );
    return isUnion ? 'a type by kind' : isEveryday ? undefined : 'a type';
  }
  return isEveryday ? undefined : 'a text';
}

type Member = ts.PropertyAssignment | ts.PropertySignature | ts.MethodDeclaration;
const isMember = (node: ts.Node): node is Member =>
  ts.isPropertyAssignment(node) || ts.isPropertySignature(node) || ts.isMethodDeclaration(node);

const siblings = ({ parent }: Member): (string | undefined)[] => {
  const members: readonly ts.Node[] = ts.isObjectLiteralExpression(parent) ? parent.properties : parent.members;
  return members.map(member => (isMember(member) ? member.name.getText().replaceAll(/['"]/g, '') : undefined));
};

/** `judge.kind`, `metric.judge?.kind`, or a bare `kind` that was taken out of one: `const { kind } = judge`. */
function isKindOf(expression: ts.Expression, { called }: Family): boolean {
  if (!ts.isPropertyAccessExpression(expression)) return called.test(expression.getText());
  if (expression.name.text !== 'kind') return called.test(expression.name.text);
  const of = expression.expression;
  return called.test(ts.isPropertyAccessExpression(of) ? of.name.text : of.getText());
}

/** What `{ kind: 'alarm' }` is for: the property or the variable it is given to, or the type it narrows. */
function isFor(node: ts.Node, family: Family): boolean {
  const { called } = family;
  const { parent } = node;
  if (ts.isInterfaceDeclaration(node)) return called.test(node.name.text);
  if (ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent)) return called.test(parent.name.getText());
  if (ts.isVariableDeclaration(parent)) {
    return called.test(parent.name.getText()) || called.test(parent.type?.getText() ?? '');
  }
  if (ts.isAsExpression(parent) || ts.isSatisfiesExpression(parent)) {
    return called.test(parent.type.getText()) || isFor(parent, family);
  }
  if (ts.isTypeReferenceNode(parent)) return parent.typeArguments?.some(one => called.test(one.getText())) ?? false;
  return ts.isTypeAliasDeclaration(parent) && called.test(parent.name.text);
}
