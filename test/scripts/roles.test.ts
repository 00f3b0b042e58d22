import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { rolesReference } from '../../scripts/roles.ts';

const squeezed = (text: string) => text.replaceAll(/[\s-]+/g, '');

it('docs/roles.md says of every role what it may do and why', () => {
  const checkedIn = readFileSync('docs/roles.md', 'utf8');
  expect(squeezed(checkedIn), 'out of date: run `npm run generate`').toBe(squeezed(rolesReference()));
});
