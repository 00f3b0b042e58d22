import { type AllowedAddresses, refusalText, refusedAddress } from '../../domain/addresses/address.ts';

/** People put tokens into queries. */
export function withoutQuery(text: string): string {
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}

/**
 * Why this address is not asked, in a sentence; undefined: it is. The rules are those of the check of a plan.
 * @param unreadable what one is called that is no address
 */
export function refusalOf(text: string, allow: AllowedAddresses, unreadable = 'the address'): string | undefined {
  const refused = refusedAddress(text, allow);
  if (refused === undefined) return undefined;
  return refusalText(URL.canParse(text) ? withoutQuery(text) : unreadable, refused);
}
