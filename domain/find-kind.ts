/**
 * What a registry has of a kind. @param what what such kinds are called, for the error
 * @throws RangeError what is frozen in a ledger names a kind that this version does not have
 */
export function findKind<Kind extends { readonly kind: string }>(
  kinds: readonly Kind[],
  kind: string,
  what: string,
): Kind {
  const found = kinds.find(one => one.kind === kind);
  if (found === undefined) throw new RangeError(`no ${what} is called ${kind}`);
  return found;
}
