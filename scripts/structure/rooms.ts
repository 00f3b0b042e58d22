/** A file, and the files that it imports, types included. Paths from the project's root. */
export interface Module {
  source: string;
  dependencies: readonly string[];
}

/** An import from one room into another. */
export interface Import {
  from: string;
  to: string;
}

/** Rooms that import each other, in a ring, and the imports that make it; the first room closes it. */
export interface Circle {
  rooms: string[];
  imports: Import[];
}

export interface RoomsReport {
  /** How many rooms and how many imports between them were looked at: nothing looked at is nothing checked. */
  rooms: number;
  imports: number;
  circles: Circle[];
}

/** `domain/plan` of `domain/plan/plan.ts`; a file that stands beside the rooms of `parent` is a room of its own. */
export const roomIn =
  (parent: string) =>
  (file: string): string | undefined =>
    file.startsWith(`${parent}/`)
      ? file
          .split('/')
          .slice(0, parent.split('/').length + 1)
          .join('/')
      : undefined;

/** `domain` of `domain/plan/plan.ts`, where it is one of these folders. */
export const topFolder =
  (folders: readonly string[]) =>
  (file: string): string | undefined =>
    folders.find(folder => file.startsWith(`${folder}/`));

/**
 * The circles between rooms: one for each group of rooms that reach each other, the shortest of that group, so that mending
 * what is shown mends something.
 * @param roomOf undefined: the file is in none of the rooms that are looked at
 */
export function checkRooms(modules: readonly Module[], roomOf: (file: string) => string | undefined): RoomsReport {
  const rooms = new Set<string>();
  const edges = new Map<string, Map<string, Import[]>>();
  let imports = 0;
  for (const { source, dependencies } of modules) {
    const from = roomOf(source);
    if (from === undefined) continue;
    rooms.add(from);
    for (const target of dependencies) {
      const to = roomOf(target);
      if (to === undefined || to === from) continue;
      imports += 1;
      const out = edges.get(from) ?? new Map<string, Import[]>();
      edges.set(from, out.set(to, [...(out.get(to) ?? []), { from: source, to: target }]));
    }
  }
  const circles: Circle[] = [];
  const told = new Set<string>();
  for (const room of [...rooms].sort()) {
    if (told.has(room)) continue;
    const ring = shortestRing(room, edges);
    if (ring === undefined) continue;
    for (const one of ring) told.add(one);
    const found = ring.flatMap((one, index) => edges.get(one)?.get(ring[(index + 1) % ring.length] ?? '') ?? []);
    circles.push({ rooms: ring, imports: found });
  }
  return { rooms: rooms.size, imports, circles };
}

/** The shortest way from a room back to itself. */
function shortestRing(room: string, edges: ReadonlyMap<string, ReadonlyMap<string, Import[]>>): string[] | undefined {
  const ways: string[][] = [[room]];
  const seen = new Set<string>();
  for (const way of ways) {
    for (const next of edges.get(way.at(-1) ?? '')?.keys() ?? []) {
      if (next === room) return way;
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}

/** `domain/a -> domain/b -> domain/a`, then each import. */
export const circleText = ({ rooms, imports }: Circle): string =>
  [
    `rooms in a circle: ${[...rooms, rooms[0]].join(' -> ')}`,
    ...imports.map(({ from, to }) => `  ${from} imports ${to}`),
  ].join('\n');
