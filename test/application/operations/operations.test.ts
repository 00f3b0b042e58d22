import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../application/operations/schemas/operation.ts';
import { OPERATIONS } from '../../../application/operations/schemas/operations.ts';
import { FUNCTIONS } from '../../../infra/functions/catalogue.ts';
import { allCases as handlerCases, inputOf } from '../../functions/handler-cases.ts';

const operations = Object.entries<Operation>(OPERATIONS);
const capabilities: Record<string, readonly string[]> = FUNCTIONS;
/** The function that calls it: its own, or that of the event by which it is called. */
const functionOf = ({ name, heardBy = name }: Operation) => heardBy;

describe.each(operations)('%s', (key, operation) => {
  it('has the name by which the registry has it, and a function', () => {
    expect(operation.name).toBe(key);
    expect(Object.keys(FUNCTIONS)).toContain(functionOf(operation));
  });

  it('acts where its role may append, and else only reads', () => {
    const appends = capabilities[functionOf(operation)]?.includes('appendLedger');
    expect(operation.does).toBe(appends ? 'acts' : 'reads');
  });

  it('has an example that both of its schemas take', () => {
    expect(operation.input.safeParse(operation.example.input).error).toBeUndefined();
    expect(operation.output.safeParse(operation.example.output).error).toBeUndefined();
  });

  it('refuses a key that it does not know: a typo is no wish', () => {
    const typo = Object.assign({}, operation.example.input, { becuase: 'x' });
    expect(operation.input.safeParse(typo).error?.issues.map(({ code }) => code)).toContain('unrecognized_keys');
  });

  it('answers by its schema, and says nothing that callers would not get', async () => {
    const handlerCase = handlerCases.find(({ name }) => name === functionOf(operation));
    if (handlerCase === undefined) throw new Error(`no case of ${key}`);
    const fakes = await handlerCase.open();
    const answer = JSON.parse(JSON.stringify(await fakes.run(handlerCase.name, await inputOf(handlerCase, fakes))));
    expect(operation.output.parse(answer)).toEqual(answer);
  });
});

it('a caller passes over what a newer control plane says beside an answer', () => {
  const newer = { ...OPERATIONS.abort.example.output, since: 'version 9' };
  expect(OPERATIONS.abort.output.parse(newer)).toEqual(OPERATIONS.abort.example.output);
});
