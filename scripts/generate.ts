/** Writes docs/plan-reference.md, docs/judges.md, docs/roles.md and docs/schema/*.json from the code. Run it from the root of the project. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { judgesReference } from './judges-reference.ts';
import { planReference, schemas } from './plan-reference.ts';
import { rolesReference } from './roles.ts';

mkdirSync('docs/schema', { recursive: true });
for (const [path, schema] of Object.entries(schemas()))
  writeFileSync(path, formatted(path, JSON.stringify(schema, null, 2)));
writeFileSync('docs/plan-reference.md', planReference());
writeFileSync('docs/judges.md', judgesReference());
writeFileSync('docs/roles.md', rolesReference());

/** As every other file here is formatted, so that the linter has nothing to say about it. */
function formatted(path: string, text: string): string {
  return execFileSync('node_modules/.bin/biome', ['format', `--stdin-file-path=${path}`], {
    input: text,
    encoding: 'utf8',
  });
}
