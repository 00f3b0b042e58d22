/** A refusal of the API server; served as a `Status` object. Reasons are Kubernetes' own. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly code: number;
  readonly reason: string;
  readonly causes: { reason: string; message: string; field: string }[];
  constructor(code: number, reason: string, message: string, causes: ApiError['causes'] = []) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.causes = causes;
  }

  toStatus(): Record<string, unknown> {
    const { code, reason, message, causes } = this;
    const details = causes.length > 0 ? { details: { causes } } : {};
    return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, reason, ...details, code };
  }
}

export const notFound = (resource: string, name: string): ApiError =>
  new ApiError(404, 'NotFound', `${resource} "${name}" not found`);

export const invalid = (kind: string, name: string, field: string, message: string): ApiError =>
  new ApiError(422, 'Invalid', `${kind} "${name}" is invalid: ${field}: ${message}`, [
    { reason: 'FieldValueInvalid', message, field },
  ]);
