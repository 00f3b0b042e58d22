import { spawnSync } from 'node:child_process';
import { audited } from './audited.ts';

/*
 * Asks the registry what is known against the dependencies of package-lock.json. Ends with 1 where something high or critical
 * is; where no registry answers it says so, and that is no failure of the commit.
 */
const { stdout } = spawnSync('npm', ['audit', '--json'], { encoding: 'utf8', timeout: 120_000 });
const found = audited(stdout ?? '');
switch (found.kind) {
  case 'unanswered':
    console.log(`audit: ${found.because}`);
    break;
  case 'clean':
    console.log(`audit: nothing high or critical in ${found.dependencies} dependencies`);
    break;
  case 'found':
    console.log(found.lines.map(line => `audit: ${line}`).join('\n'));
    process.exitCode = 1;
}
