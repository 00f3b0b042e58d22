/** Compared in lower case, without `-` and `_`. */
const SECRET_KEYS = new Set(['tasktoken', 'token', 'authorization']);

/** Replacer for JSON.stringify: who has a task token can answer an approval, so none is ever in a log. */
export const redact = (key: string, value: unknown): unknown =>
  value !== undefined && SECRET_KEYS.has(key.toLowerCase().replace(/[-_]/g, '')) ? '[redacted]' : value;
