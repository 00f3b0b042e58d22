import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { answersOf, answersText } from './answers.ts';

/*
 * `node test/replays/record-answers.ts`: keeps what today's Sluice makes of each recorded ledger, line by line, for later
 * versions to be compared with. What is there already is what an older version said: it is never written again.
 */

const folder = (name: string) => new URL(`${name}/`, import.meta.url);

for (const file of readdirSync(folder('recorded'))) {
  const kept = new URL(file, folder('answers'));
  if (existsSync(kept)) continue;
  const recording = JSON.parse(readFileSync(new URL(file, folder('recorded')), 'utf8'));
  writeFileSync(kept, answersText(answersOf(recording)));
}
