import { describe, expect, it } from 'vitest';
import { SOURCE_FACTS } from '../../../domain/sources/facts-registry.ts';
import { factsOf, usualLatenessSeconds } from '../../../domain/sources/measure.ts';

describe('what is true of a kind of source', () => {
  it('has a name of its own for each source and for each measure of all sources', () => {
    const kinds = SOURCE_FACTS.map(({ kind }) => kind);
    const measures = SOURCE_FACTS.flatMap(one => Object.keys(one.measures));
    expect(kinds.length).toBeGreaterThan(2);
    expect(new Set(kinds).size).toBe(kinds.length);
    expect(new Set(measures).size).toBe(measures.length);
  });

  it('is not known of a measure that a later version wrote into a plan', () => {
    const later = { kind: 'toString' } as never;
    expect(() => factsOf(later)).toThrow(new RangeError('nothing is called toString that a source measures'));
  });

  it('begins to look early where any source is quick', () => {
    expect(usualLatenessSeconds(['cloudwatch', 'cloudwatch'])).toBe(90);
    expect(usualLatenessSeconds(['cloudwatch', 'prometheus'])).toBe(5);
    expect(usualLatenessSeconds(['json'])).toBe(5);
  });

  it('waits for none of them in a plan without metrics', () => {
    expect(usualLatenessSeconds([])).toBe(90);
  });
});
