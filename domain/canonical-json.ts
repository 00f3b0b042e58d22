/** JSON with sorted keys and without undefined: equal values give equal text, whatever order they were built in. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(item => canonicalJson(item ?? null)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const map = value as Record<string, unknown>;
    const entries = Object.keys(map)
      .filter(key => map[key] !== undefined)
      .sort()
      .map(key => `${JSON.stringify(key)}:${canonicalJson(map[key])}`);
    return `{${entries.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
