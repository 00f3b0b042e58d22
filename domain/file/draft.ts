import type { Issue } from './issue.ts';

/**
 * A file's value with every part taken out that is a mistake by itself: what is left is valid part by part, so that the
 * rules between the parts can be checked in the same go. Lists keep their length.
 */
export type Draft<T> = T extends readonly (infer Item)[]
  ? (Draft<Item> | undefined)[]
  : T extends object
    ? { [Key in keyof T]?: Draft<T[Key]> | undefined }
    : T;

/** The draft of a value that is a map; what it holds is of the type wherever the schema found no mistake. */
export function draftOf<T>(input: object, issues: readonly Issue[]): Draft<T> {
  const draft = structuredClone(input);
  for (const { path, at } of issues) {
    if (at !== 'missing') takeOut(draft, path);
  }
  return draft as Draft<T>;
}

function takeOut(draft: object, path: Issue['path']): void {
  let here: unknown = draft;
  for (const key of path.slice(0, -1)) {
    if (typeof here !== 'object' || here === null) return;
    here = (here as Record<string | number, unknown>)[key];
  }
  const last = path.at(-1);
  if (typeof here !== 'object' || here === null || last === undefined) return;
  // In a list the place stays, so that the paths of later mistakes are still right.
  if (Array.isArray(here)) here[Number(last)] = undefined;
  else delete (here as Record<string, unknown>)[last];
}
