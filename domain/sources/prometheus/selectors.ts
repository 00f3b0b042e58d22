import type * as z from 'zod';
import type { Draft } from '../../file/draft.ts';
import { describeValue, type Issue, type Path } from '../../file/issue.ts';
import type { prometheusSchema } from './schema.ts';

/** A metric's name and its label matchers, quotes closed: what a range selector can be made of. */
const SELECTOR =
  /^\s*([A-Za-z_:][A-Za-z0-9_:]*)\s*(?:\{(?:[^{}"'`]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)*\})?\s*$/;

/** Counters and buckets are read raw: their texts are selectors, and no queries. */
export function checkSelectors(source: Draft<z.input<typeof prometheusSchema>>, at: Path): Issue[] {
  return (['requests', 'bad', 'histogram'] as const).flatMap((key): Issue[] => {
    const text = source[key];
    if (text === undefined) return [];
    const place = { path: [...at, key], at: 'value' as const, found: describeValue(text) };
    const name = SELECTOR.exec(text)?.[1];
    if (name === undefined) {
      const expected =
        'a metric and its labels, name{label="value"}: its raw counters are read, so no function and no range';
      return [{ ...place, expected }];
    }
    if (key !== 'histogram' || name.endsWith('_bucket')) return [];
    const guess = text.replace(name, `${name.replace(/_(?:sum|count)$/, '')}_bucket`).trim();
    return [{ ...place, expected: "the buckets of a histogram, a name that ends with '_bucket'", guess }];
  });
}
