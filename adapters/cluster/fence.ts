import * as z from 'zod';
import { POSITION_ANNOTATION, SIZE_POSITION_ANNOTATION } from '../../domain/slot/slot-objects.ts';
import { ClusterUnreachableError, FieldOwnedError, NewerWriteError } from './errors.ts';
import { WriteConflictError } from './kubernetes-api.ts';

const storedSchema = z.looseObject({
  metadata: z.looseObject({
    uid: z.string(),
    resourceVersion: z.string(),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
});

/** An object as the cluster has it. */
export type Stored = z.infer<typeof storedSchema>;

/**
 * How often an object is read again because somebody else wrote it in between: a Deployment that rolls out has its status
 * written several times a second.
 */
const CONFLICTS_MAX = 8;

/**
 * No object ever has it: etcd's revision is 1 while it is empty. The API server compares it where there is an object, and
 * where there is none it creates one: what is written on it is created or refused.
 */
const ABSENT_VERSION = '1';

/** Undefined: no Sluice that knows of positions has written it. */
export function positionOf(annotations: Record<string, string> | undefined): number | undefined {
  const positions = [POSITION_ANNOTATION, SIZE_POSITION_ANNOTATION]
    .map(name => annotations?.[name])
    .filter(text => text !== undefined && /^\d{1,15}$/.test(text))
    .map(Number);
  return positions.length === 0 ? undefined : Math.max(...positions);
}

/** What makes a write hold only for the object as it was read; undefined: that there is none. */
export const onlyOn = (seen: Stored | undefined): { resourceVersion: string; uid?: string } =>
  seen === undefined
    ? { resourceVersion: ABSENT_VERSION }
    : { resourceVersion: seen.metadata.resourceVersion, uid: seen.metadata.uid };

export const parseStored = (body: unknown): Stored => storedSchema.parse(body);

/**
 * Reads an object and writes it, on what was read alone: again where it changed in between, and not at all where it carries
 * a greater position than the writer's.
 * @param what for sentences: `Deployment checkout-green`
 * @param position undefined: the writer cannot know it, and writes whatever the object carries
 * @param write must throw what a write that is conditional (`onlyOn`) throws
 * @throws NewerWriteError @throws ClusterUnreachableError it changed each time
 */
export async function writeFenced<T>(
  what: string,
  position: number | undefined,
  read: () => Promise<unknown>,
  write: (seen: Stored | undefined) => Promise<T>,
): Promise<T> {
  const readStored = async () => {
    const body = await read();
    return body === undefined ? undefined : parseStored(body);
  };
  let seen = await readStored();
  for (let conflicts = 0; ; conflicts += 1) {
    const theirs = positionOf(seen?.metadata.annotations);
    if (theirs !== undefined && position !== undefined && theirs > position) throw newerWrite(what, theirs, position);
    try {
      return await write(seen);
    } catch (error) {
      const before = seen?.metadata.resourceVersion;
      if (!(error instanceof WriteConflictError || error instanceof FieldOwnedError)) throw error;
      seen = await readStored();
      // the API server names the owner of a field before it compares versions: it may be a newer write of our own
      if (error instanceof FieldOwnedError && seen?.metadata.resourceVersion === before) throw error;
      if (conflicts < CONFLICTS_MAX) continue;
      throw new ClusterUnreachableError(`${what} changed each of ${conflicts + 1} times that it was written`, {
        cause: error,
      });
    }
  }
}

export const newerWrite = (what: string, theirs: number, ours: number): NewerWriteError =>
  new NewerWriteError(`${what} was written at line ${theirs} of the ledger, and this write is of line ${ours}`);
