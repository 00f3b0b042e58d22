import { namesText } from '../source-fields.ts';
import type { SourcePlanKind } from '../source-plan-kind.ts';
import { TEMPLATE_VARIABLES } from '../template.ts';
import { type JsonMeasure, jsonFacts } from './facts.ts';
import { jsonSchema } from './schema.ts';

export const json = {
  facts: jsonFacts,
  title: 'a JSON endpoint',
  schema: jsonSchema,
  groups: [{ keys: ['url', 'jsonPath'], gives: ['result'] }],
  templates: ({ url }) => (url === undefined ? [] : [{ path: ['url'], text: url, known: TEMPLATE_VARIABLES }]),
  addresses: ({ url }) => (url === undefined ? [] : [[['url'], url]]),
  measureOf: ({ url, jsonPath, headers }) => ({ kind: 'json', url, jsonPath, headers }),
  verdictSeconds: { earliest: 20, latest: 60 },
  caveats: own =>
    own.length === 0
      ? []
      : [
          `${namesText(own)}: the endpoint is asked once, when a window is over: what was true during the window is not seen.`,
        ],
  // it says how things are now, and of no window before
  keepsPast: false,
} as const satisfies SourcePlanKind<'json', typeof jsonSchema, JsonMeasure>;
