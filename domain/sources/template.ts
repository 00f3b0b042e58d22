import { ROUTER_VARIABLES, tellsSlots } from '../routers/request-metrics-registry.ts';

/** What a query, a URL or a dimension may have in it as `${name}`. */
export const TEMPLATE_VARIABLES = ['namespace', 'workload', 'slot', 'revision', 'window'] as const;
/** For dimensions of CloudWatch. */
export const DIMENSION_VARIABLES: readonly string[] = [...TEMPLATE_VARIABLES, ...ROUTER_VARIABLES];

const VARIABLE = /\$\{([^}"'`{]*)\}?/g;

/** The variables of a text, with the 1-based column of each. `name` is undefined where a `${` is never closed. */
export function templateVariables(text: string): { name: string | undefined; column: number }[] {
  return [...text.matchAll(VARIABLE)].map(match => ({
    name: match[0].endsWith('}') ? match[1] : undefined,
    column: match.index + 1,
  }));
}

/** Whether the text says something else of one version than of the other. */
export const tellsVersionsApart = (text: string): boolean =>
  templateVariables(text).some(({ name }) => name === 'slot' || name === 'revision' || tellsSlots(name));

/**
 * The text with its variables filled in.
 * @param encode what is done to each value, such as encodeURIComponent for a URL
 * @throws RangeError for a variable that has no value
 */
export function fillTemplate(
  text: string,
  values: Readonly<Record<string, string>>,
  encode: (value: string) => string = value => value,
): string {
  return text.replaceAll(VARIABLE, (_, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined) throw new RangeError(`\${${name}} has no value`);
    return encode(value);
  });
}
