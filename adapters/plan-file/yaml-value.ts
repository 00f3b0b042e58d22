import { type Document, isAlias, isMap, isScalar, isSeq, type Node } from 'yaml';

interface ValueMistake {
  node: Node;
  found: string;
  expected: string;
}

/** Aliases may write a short text that is a huge value ("billion laughs"): this many values are enough for any plan. */
const MOST_VALUES = 10_000;

/** A plan is 5 maps and lists deep. The library reads some thousands, which is more than our own stack wants to. */
const DEEPEST = 50;

/**
 * The plain data of a document. Not the library's own toJS: that makes words of keys that are maps, and says of aliases
 * only that they are too many.
 */
export function toValue(document: Document): { value: unknown; mistakes: ValueMistake[]; readable: boolean } {
  const mistakes: ValueMistake[] = [];
  let values = 0;
  let full = false;

  function read(node: unknown, inside: readonly Node[]): unknown {
    values += 1;
    if (values > MOST_VALUES) {
      full = true;
      return null;
    }
    if (inside.length > DEEPEST)
      return refuse(inside[0] as Node, 'lists or maps nested too deep', 'the shape of the reference');
    if (isAlias(node)) {
      const target = node.resolve(document);
      if (target === undefined) return refuse(node, `the alias *${node.source}`, 'an anchor of that name before it');
      if (inside.includes(target))
        return refuse(node, `the alias *${node.source} inside its own anchor`, 'a value that ends');
      return read(target, inside);
    }
    if (isSeq(node)) return node.items.map(item => read(item, [...inside, node]));
    if (isMap(node)) {
      // fromEntries makes own properties: a key __proto__ is an unknown key like any other.
      return Object.fromEntries(node.items.flatMap(({ key, value }) => readPair(key, value, [...inside, node])));
    }
    return isScalar(node) ? node.value : null;
  }

  function readPair(key: unknown, value: unknown, inside: readonly Node[]): [string, unknown][] {
    const word = isAlias(key) ? key.resolve(document) : key;
    if (isScalar(word) && typeof word.value === 'string') return [[word.value, read(value, inside)]];
    const node = (isScalar(key) || isAlias(key) || isMap(key) || isSeq(key) ? key : inside.at(-1)) as Node;
    refuse(
      node,
      isScalar(word) ? `the key ${word.value === null ? 'nothing' : String(word.value)}` : 'a map or list as a key',
      'a word as a key',
    );
    return [];
  }

  function refuse(node: Node, found: string, expected: string): null {
    mistakes.push({ node, found, expected });
    return null;
  }

  const value = read(document.contents, []);
  if (full && document.contents !== null) {
    const expected = 'a plan that is written out';
    return {
      value: null,
      mistakes: [{ node: document.contents, found: `aliases that make more than ${MOST_VALUES} values`, expected }],
      readable: false,
    };
  }
  for (const warning of document.warnings) {
    mistakes.push({
      node: { range: [...warning.pos, warning.pos[1]] } as unknown as Node,
      found: warning.message.toLowerCase(),
      expected: 'a plain value',
    });
  }
  return { value, mistakes, readable: true };
}
