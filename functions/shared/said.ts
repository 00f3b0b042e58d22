import * as z from 'zod';
import { NAME_MOST_CHARACTERS, REASON_MOST_CHARACTERS } from '../../domain/limits.ts';

/** What people and pipelines hand to a door: never empty, and never so long that a ledger would be about it. */
const textOf = (what: string, most: number) =>
  z
    .string({ error: `${what}: a text` })
    .min(1, { error: `${what}: a text that is not empty` })
    .max(most, { error: ({ input }) => `${what}: found ${String(input).length} characters; expected at most ${most}` });

export const nameSaid = (what: string) => textOf(what, NAME_MOST_CHARACTERS);
export const reasonSaid = (what: string) => textOf(what, REASON_MOST_CHARACTERS);
