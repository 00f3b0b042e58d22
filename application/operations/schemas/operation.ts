import type * as z from 'zod';

/**
 * What people and pipelines can call: by the CLI, by `lambda:InvokeFunction`, by the API. A handler takes what `input` takes, and
 * refuses what it does not know; a caller takes `output`, and passes over what a newer control plane says beside it.
 */
export interface Operation {
  /** The name of its function, behind the control plane's prefix. @example 'record-live' */
  name: string;
  /** `reads`: it changes nothing, and may be repeated freely. `acts`: safe to repeat, and what it does stands in the ledger. */
  does: 'reads' | 'acts';
  /** The event handler that calls it, where it has no function of its own: what AWS says is made its input there. */
  heardBy?: string;
  /** One sentence for a list of them. */
  summary: string;
  input: z.ZodType;
  output: z.ZodType;
  /** One call as it may be, and its answer; a test parses both. */
  example: { input: unknown; output: unknown };
}

/** An output's schema with the type that the handler returns: of what is deep only that is checked which callers rely on. */
export const typed = <T>(schema: z.ZodType): z.ZodType<T> => schema as z.ZodType<T>;
