import { setTimeout as pause } from 'node:timers/promises';
import * as z from 'zod';
import type { KubernetesObject } from '../../domain/kubernetes-object.ts';
import type { RouteObject } from '../../domain/routers/router-kind.ts';
import { ClusterRefusedError, ClusterUnreachableError } from './errors.ts';
import type { Stored } from './fence.ts';
import { parseStored } from './fence.ts';
import type { KubernetesApi } from './kubernetes-api.ts';

const foundSchema = z.looseObject({
  metadata: z.looseObject({ deletionTimestamp: z.string().optional() }),
  spec: z.record(z.string(), z.unknown()),
});

/** What a webhook says that refuses to change a fixed field, where it is one that we do not know of. */
const IMMUTABLE = /immutable fields/;
/** Wall milliseconds between two looks whether a deleted binding is gone, and how many there are: more is the next try's. */
const LOOK_EVERY_MS = 500;
const LOOKS = 4;

export interface RouteObjectWrite {
  api: KubernetesApi;
  path: string;
  route: RouteObject;
  /** Replicas that the slot's Deployment asks for; 0 where there is none. */
  replicas(): Promise<number>;
  /** @param seen the object as it is now; undefined: there is none */
  apply(seen: Stored | undefined): Promise<Stored>;
}

/**
 * Writes an object that the router needs of a slot, on what was read; one in which a field that nobody can change is another
 * is deleted and written anew. Only where the slot asks for no pods: then no target is registered that could lose
 * requests. @throws ClusterRefusedError it has pods, or may not be deleted: with the command
 * @throws ClusterUnreachableError it is not gone yet
 */
export async function writeRouteObject(write: RouteObjectWrite, seen: Stored | undefined): Promise<Stored> {
  const { api, path, apply } = write;
  const { object, fixed, goneAfter } = write.route;
  const { name, namespace } = object.metadata;
  const command = `kubectl delete -n ${namespace} ${object.kind.toLowerCase()} ${name}`;
  const what = `${object.kind} ${name}`;
  const wanted = specOf(object);
  if (seen === undefined) return apply(undefined);
  const found = foundSchema.parse(seen);
  const other = fixed.find(key => found.spec[key] !== undefined && found.spec[key] !== wanted[key]);
  if (found.metadata.deletionTimestamp === undefined && other === undefined) {
    try {
      return await apply(seen);
    } catch (error) {
      if (!(error instanceof ClusterRefusedError && IMMUTABLE.test(error.message))) throw error;
      throw new ClusterRefusedError(`${error.message}; while nothing is sent to ${name}: ${command}`, { cause: error });
    }
  }
  if (found.metadata.deletionTimestamp === undefined && other !== undefined) {
    const because = `${what} has spec.${other} ${found.spec[other]}, and the workload has ${wanted[other]}, which cannot be changed in place`;
    const replicas = await write.replicas();
    if (replicas > 0) {
      throw new ClusterRefusedError(
        `${because}; ${name} asks for ${replicas} pods, so it is left as it is. While nothing is sent to ${name}: ${command}`,
      );
    }
    try {
      await api.remove(path, seen.metadata);
    } catch (error) {
      if (!(error instanceof ClusterRefusedError)) throw error;
      throw new ClusterRefusedError(`${because}, and it may not be deleted (${error.message}): ${command}`, {
        cause: error,
      });
    }
  }
  for (let looks = 0; looks < LOOKS; looks += 1) {
    const left = await api.get(path);
    if (left === undefined) return apply(undefined);
    // somebody was quicker with a new one
    if (parseStored(left).metadata.uid !== seen.metadata.uid) return apply(parseStored(left));
    await pause(LOOK_EVERY_MS);
  }
  throw new ClusterUnreachableError(`${what} is deleted and not gone yet: ${goneAfter}`);
}

const specOf = ({ spec }: KubernetesObject): Record<string, unknown> => foundSchema.shape.spec.parse(spec);
