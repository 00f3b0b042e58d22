import * as z from 'zod';
import { NAME_MOST_CHARACTERS, REASON_MOST_CHARACTERS } from '../../../domain/limits.ts';
import { printable } from '../../../domain/printable.ts';

/** What people and pipelines hand to an operation: never empty, and never so long that a ledger would be about it. */
const textOf = (what: string, most: number) =>
  z
    .string({ error: `${what}: a text` })
    .min(1, { error: `${what}: a text that is not empty` })
    .max(most, { error: ({ input }) => `${what}: found ${String(input).length} characters; expected at most ${most}` });

/** On one line, and nothing that a terminal would obey: names stand in what people read to decide. */
export const nameSaid = (what: string) =>
  textOf(what, NAME_MOST_CHARACTERS).refine(text => printable(text) === text && !/[\n\t]/.test(text), {
    error: `${what}: found control characters; expected a name on one line`,
  });
/** Control characters are taken out of it when it is written down. */
export const reasonSaid = (what: string) => textOf(what, REASON_MOST_CHARACTERS);
