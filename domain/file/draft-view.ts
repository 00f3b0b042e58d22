import { type Path, valueAt } from './issue.ts';

/**
 * What a file has at a place, once its parts were checked one by one. What is mistaken was meant to be something, so its
 * default is not meant, and no other rule may speak of it; what is absent has its default.
 */
export type DraftView<T> = { kind: 'absent' } | { kind: 'mistaken' } | { kind: 'value'; value: T };

/**
 * @param drafted what the draft holds there (draft.ts): undefined where it is absent and where it was a mistake
 * @param input the whole file as it was written   @param path the place, from the file's root
 */
export function viewOf<T>(drafted: T | undefined, input: object, path: Path): DraftView<T> {
  if (drafted !== undefined) return { kind: 'value', value: drafted };
  return { kind: valueAt(input, path) === undefined ? 'absent' : 'mistaken' };
}

/** The value, or the default where it is absent; undefined where it is mistaken. */
export function valueOr<T>(view: DraftView<T>, byDefault: T): T | undefined {
  if (view.kind === 'mistaken') return undefined;
  return view.kind === 'value' ? view.value : byDefault;
}
