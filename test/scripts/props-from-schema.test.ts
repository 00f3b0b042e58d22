import { expect, it } from 'vitest';
import { interfaceText, type JsonSchema, typeText } from '../../scripts/build/props-from-schema.ts';

const bake: JsonSchema = {
  type: 'object',
  properties: {
    bake: { type: 'string', description: 'How long. */ not the end', examples: ['5m', '10m'] },
    share: { type: ['string', 'number'], default: 0.5 },
  },
  required: ['bake'],
  additionalProperties: false,
};

it('is a type with the schema’s words beside each key, of which only the wanted ones have to be given', () => {
  expect(interfaceText('Bake', '/** A step. */\n', bake, [])).toBe(`/** A step. */
export interface Bake {
    /**
     * How long. *\\/ not the end
     * @example "5m"
     */
    bake: string;
    /**
     * @default 0.5
     */
    share?: string | number | undefined;
}
`);
});

it('lacks the keys that somebody else fills in', () => {
  expect(interfaceText('Share', '', bake, ['bake'])).not.toContain('bake');
});

it.each<[JsonSchema, string]>([
  [{ const: 'canary', type: 'string' }, '"canary"'],
  [{ enum: ['off', 3] }, '"off" | 3'],
  [{ oneOf: [{ type: 'integer' }, { type: 'boolean' }] }, 'number | boolean'],
  [{ type: 'array', items: { anyOf: [{ type: 'string' }, { type: 'number' }] } }, 'Array<string | number>'],
  [{ type: 'object', additionalProperties: { type: 'number' } }, 'Record<string, number>'],
])('%j is %s', (schema, type) => {
  expect(typeText(schema)).toBe(type);
});

it('refuses a schema that it does not know, so that no key of a plan is left untyped', () => {
  expect(() => typeText({ description: 'anything' })).toThrow(
    'no TypeScript type is known for {"description":"anything"}',
  );
});
