/**
 * The structure check of CI: the arrows of docs/design.md ("The house") hold, and the check saw the whole project.
 * A cruiser that cannot read TypeScript cruises 0 modules and exits 0, so the number of modules is asserted too.
 */
import { execFileSync } from 'node:child_process';

const roots = [
  'domain',
  'adapters',
  'application',
  'functions',
  'state-machines',
  'infra',
  'lab',
  'cli',
  'bench',
  'scripts',
];
const tracked = execFileSync('git', ['ls-files', ...roots.map(root => `${root}/**.ts`)], { encoding: 'utf8' });
const sourceFiles = tracked.split('\n').filter(Boolean).length;

let report: string;
try {
  report = execFileSync('node_modules/.bin/depcruise', ['--output-type', 'json', ...roots], {
    encoding: 'utf8',
    maxBuffer: 256 * 1024 * 1024,
  });
} catch (error) {
  report = (error as { stdout: string }).stdout; // the cruiser exits with the number of violations
}
const { modules, summary } = JSON.parse(report) as {
  modules: { source: string }[];
  summary: { violations: { rule: { name: string }; from: string; to: string }[] };
};
const ours = modules.filter(module => roots.some(root => module.source.startsWith(`${root}/`))).length;
for (const violation of summary.violations) {
  console.error(`${violation.rule.name}: ${violation.from} -> ${violation.to}`);
}
if (ours < sourceFiles) console.error(`the cruiser saw ${ours} of ${sourceFiles} source files: it checked nothing`);
const failed = summary.violations.length > 0 || ours < sourceFiles || ours === 0;
console.log(`structure: ${ours} modules, ${summary.violations.length} violations`);
process.exit(failed ? 1 : 0);
