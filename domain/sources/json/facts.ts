import type { SourceFacts } from '../source-facts.ts';

/** What a JSON endpoint says of the canary now; `url` with variables in it. */
export interface JsonMeasure {
  kind: 'json';
  url: string;
  /** RFC 9535. */
  jsonPath: string;
  headers: Record<string, string>;
}

export const jsonFacts: SourceFacts<'json', JsonMeasure> = {
  kind: 'json',
  // it says how things are when it is asked; what it says is there at once
  usualLatenessSeconds: 5,
  measures: {
    json: { gives: 'result', text: ({ jsonPath, url }) => `${jsonPath} of ${url}`, sees4xx: () => true },
  },
};
