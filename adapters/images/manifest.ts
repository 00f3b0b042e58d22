import * as z from 'zod';

/** An index, of OCI's shape or Docker's; the manifest of a single image has no `manifests`. */
const indexSchema = z.looseObject({ manifests: z.array(z.looseObject({ digest: z.string() })).optional() });

/** The digests of an index' parts, from the text of its manifest; none of a single image. */
export function partsIn(manifest = '{}'): string[] {
  const { manifests = [] } = indexSchema.parse(JSON.parse(manifest));
  return manifests.map(({ digest }) => digest);
}
