import { type AllowedAddresses, refusalText, refusedAddress } from '../../domain/addresses/address.ts';

/** An address in a sentence: people put tokens into queries. */
export function withoutQuery(text: string): string {
  if (!URL.canParse(text)) return 'the address';
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}

/** Why this address is not asked, in a sentence; undefined: it is. The rules are those of the check of a plan. */
export function refusalOf(text: string, allow: AllowedAddresses): string | undefined {
  const refused = refusedAddress(text, allow);
  if (refused === undefined) return undefined;
  return refusalText(withoutQuery(text), refused);
}
