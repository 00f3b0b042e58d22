import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judgesReference } from '../../../scripts/judges-reference.ts';
import { planReference, schemas } from '../../../scripts/plan-reference.ts';

const OUTDATED = 'out of date: run `npm run generate`';

/** Without the blanks and dashes that the formatter puts into tables. */
const squeezed = (text: string) => text.replaceAll(/[\s-]+/g, '');

describe('what is generated from the schema is checked in', () => {
  it.each(Object.entries(schemas()))('%s', (path, schema) => {
    expect(JSON.parse(readFileSync(path, 'utf8')), OUTDATED).toEqual(schema);
  });

  it('docs/judges.md', () => {
    expect(readFileSync('docs/judges.md', 'utf8'), OUTDATED).toBe(judgesReference());
  });

  it('docs/plan-reference.md', () => {
    expect(squeezed(readFileSync('docs/plan-reference.md', 'utf8')), OUTDATED).toBe(squeezed(planReference()));
  });

  it('with a meaning for every key', () => {
    // A table's row is | key | type | default | meaning | example |
    const rows = planReference()
      .split('\n')
      .filter(line => line.startsWith('| `'));
    expect(rows.length).toBeGreaterThan(60);
    expect(rows.filter(row => row.split(' | ')[3]?.trim() === '')).toEqual([]);
  });
});
