/** `node scripts/lint-state-machines.ts`: lints every state-machines/*.asl.json; exits with 1 where one has mistakes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFacts } from './state-machine-lint/facts.ts';
import { lintStateMachine } from './state-machine-lint/lint.ts';

const root = join(import.meta.dirname, '..');
const folder = join(root, 'state-machines');
const facts = readFacts(root);
const files = readdirSync(folder).filter(file => file.endsWith('.asl.json'));
let count = 0;
for (const file of files) {
  for (const { path, message } of lintStateMachine(JSON.parse(readFileSync(join(folder, file), 'utf8')), facts)) {
    console.error(`state-machines/${file}${path}: ${message}`);
    count += 1;
  }
}
console.log(`state machines: ${files.length} linted, ${count} mistakes`);
process.exit(count > 0 || files.length === 0 ? 1 : 0); // no file found means that nothing was checked
