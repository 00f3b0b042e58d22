import * as z from 'zod';
import { BrokenError } from '../../domain/errors.ts';

/** A function was deployed without a variable that it needs, or with one that cannot be used: no call of it can succeed. */
export class EnvironmentError extends BrokenError {
  override readonly name = 'EnvironmentError';
}

/** What went wrong while a function opened what it needs, which it does from its environment alone. */
export function environmentError(cause: unknown): EnvironmentError {
  const said = cause instanceof Error ? cause.message : String(cause);
  const because = cause instanceof z.ZodError ? z.prettifyError(cause) : said;
  return new EnvironmentError(`the function's environment: ${because}`, { cause });
}
