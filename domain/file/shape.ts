import type { Path } from './issue.ts';

/** The part of a JSON Schema that our schemas generate and that mistakes and the reference read. */
export interface Shape {
  type?: string;
  title?: string;
  description?: string;
  properties?: Record<string, Shape>;
  required?: string[];
  items?: Shape;
  anyOf?: Shape[];
  oneOf?: Shape[];
  const?: unknown;
  enum?: unknown[];
  default?: unknown;
  examples?: unknown[];
}

/** The alternatives that may stand at `path`. A branch of a union whose `kind` is another one than the value's is left out. */
export function shapesAt(root: Shape, value: unknown, path: Path): Shape[] {
  let shapes = alternatives(root, value);
  let here = value;
  for (const key of path) {
    here = typeof here === 'object' && here !== null ? (here as Record<string | number, unknown>)[key] : undefined;
    shapes = shapes
      .map(shape => (typeof key === 'number' ? shape.items : shape.properties?.[key]))
      .filter(shape => shape !== undefined)
      .flatMap(shape => alternatives(shape, here));
  }
  return shapes;
}

/** The keys that may stand in the map at `path`. */
export const keysAt = (root: Shape, value: unknown, path: Path): string[] => [
  ...new Set(shapesAt(root, value, path).flatMap(shape => Object.keys(shape.properties ?? {}))),
];

/** The maps that have such a key, by their paths; maps in lists are left out, since which of them is meant is not known. */
export const homesOf = (key: string, shape: Shape, path: readonly string[] = []): string[] =>
  Object.entries(shape.properties ?? {}).flatMap(([name, child]) => [
    ...(name === key && path.length > 0 ? [path.join('.')] : []),
    ...homesOf(key, child, [...path, name]),
  ]);

function alternatives(shape: Shape, value: unknown): Shape[] {
  const branches = shape.anyOf ?? shape.oneOf;
  if (branches === undefined) return [shape];
  const kind = typeof value === 'object' && value !== null ? (value as { kind?: unknown }).kind : undefined;
  const fitting = branches.filter(branch => branch.properties?.kind?.const === kind);
  return (kind !== undefined && fitting.length > 0 ? fitting : branches)
    .flatMap(branch => alternatives(branch, value))
    .map(branch => (shape.title === undefined ? branch : { title: shape.title, ...branch }));
}
