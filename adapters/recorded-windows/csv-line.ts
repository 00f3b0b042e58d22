/**
 * The fields of one line of a CSV file, trimmed; a field in double quotes may have commas in it, and a quote as two
 * (RFC 4180). @returns undefined where a quote is never closed: a field does not go on in the next line
 */
export function csvFields(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(',').map(field => field.trim());
  const fields: string[] = [];
  let rest = line;
  for (;;) {
    const quoted = /^\s*"((?:[^"]|"")*)"\s*(,|$)/.exec(rest);
    const plain = quoted ?? /^([^",]*)(,|$)/.exec(rest);
    if (plain === null) return undefined;
    const [all, text = '', end] = plain;
    fields.push(quoted === null ? text.trim() : text.replaceAll('""', '"'));
    if (end !== ',') return fields;
    rest = rest.slice(all.length);
  }
}
