import * as z from 'zod';
import type { RouteObject } from '../../domain/routers/router-kind.ts';
import { ClusterRefusedError } from './errors.ts';
import type { KubernetesApi } from './kubernetes-api.ts';

const discoverySchema = z.looseObject({ resources: z.array(z.looseObject({ name: z.string() })) });

/**
 * The API version under which the cluster serves an object of a router, by its own discovery, which every client may read: the
 * object's own where that is served, else the first of the others.
 * @throws ClusterRefusedError it serves none: what brings them is named @throws ClusterUnreachableError
 */
export async function servedVersion(
  api: Pick<KubernetesApi, 'get'>,
  { object, plural, otherVersions, of }: Pick<RouteObject, 'object' | 'plural' | 'otherVersions' | 'of'>,
): Promise<string> {
  const candidates = [{ apiVersion: object.apiVersion, of }, ...otherVersions];
  for (const { apiVersion } of candidates) {
    const found = await api.get(`/apis/${apiVersion}`);
    if (found === undefined) continue;
    if (discoverySchema.parse(found).resources.some(({ name }) => name === plural)) return apiVersion;
  }
  const all = candidates.map(one => `${one.apiVersion} of ${one.of}`).join(' or ');
  throw new ClusterRefusedError(`the cluster serves no ${object.kind} (${all}): nothing registers the pods of a slot`);
}
