/**
 * A refusal that reaches the real SDK client as its typed exception: `code` is the error code on the wire, which is not
 * always the name of the exception's class (ELBv2 sends `RuleNotFound` for RuleNotFoundException).
 */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly statusCode: number;
  /** Further members of the exception, beside its message. */
  readonly extra: Record<string, unknown>;

  constructor(code: string, message: string, statusCode = 400, extra: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.statusCode = statusCode;
    this.extra = extra;
  }
}
