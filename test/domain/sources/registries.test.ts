import { describe, expect, it } from 'vitest';
import { SOURCE_FACTS } from '../../../domain/sources/facts-registry.ts';
import { SOURCE_PLANS } from '../../../domain/sources/plan-registry.ts';

describe('the registries of sources', () => {
  it('know the same kinds in the same order', () => {
    const kinds = SOURCE_FACTS.map(({ kind }) => kind);
    expect(SOURCE_PLANS.map(({ facts }) => facts.kind)).toEqual(kinds);
  });

  it('give each measure a kind of reading that some group of keys gives', () => {
    const given = (kind: string) =>
      SOURCE_PLANS.flatMap(one => (one.facts.kind === kind ? one.groups : [])).flatMap(one => one.gives);
    for (const { kind, measures } of SOURCE_FACTS)
      expect(new Set(Object.values(measures).map(({ gives }) => gives))).toEqual(new Set(given(kind)));
  });
});
