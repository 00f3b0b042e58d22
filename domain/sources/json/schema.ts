import * as z from 'zod';
import { expectedAddress } from '../../addresses/address.ts';
import { text } from '../source-fields.ts';

const urlError = expectedAddress({ http: false });

export const jsonSchema = z
  .strictObject({
    kind: z.literal('json').meta({ description: 'An endpoint that answers with JSON, asked with GET.' }),
    url: text(urlError, 2048).meta({
      description:
        'Its address. Variables as in a query. No secrets in it or in the headers: the plan is shown and kept.',
      examples: ['https://checks.example.com/${workload}/${slot}'],
    }),
    jsonPath: text("a JSONPath such as '$.data.ok'", 1000).meta({
      description: 'What of the answer is the result (RFC 9535). Of a path that can match several: a list.',
      examples: ['$.data.errors'],
    }),
    headers: z
      .record(
        z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/, { error: 'the name of a header' }),
        z
          .string({ error: "the header's value" })
          .regex(/^[\x20-\x7e]{0,1024}$/, { error: "the header's value, of printable ASCII characters" }),
        { error: 'a map of headers' },
      )
      .default({})
      .meta({ description: 'Headers of the request. Not for secrets.', examples: [{ accept: 'application/json' }] }),
  })
  .meta({ description: 'JSON endpoint' });
