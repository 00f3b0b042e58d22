/**
 * The structure check of CI: the arrows of docs/design.md ("The house") hold, and the check saw the whole project.
 * A cruiser that cannot read TypeScript cruises 0 modules and exits 0, so the number of modules is asserted too.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { adaptersFail, checkAdapters } from './structure/adapters.ts';
import { EXEMPTIONS, FAMILIES, MADE_OTHERWISE } from './structure/families.ts';
import { checkKinds, kindText } from './structure/kinds.ts';
import { checkRooms, circleText, roomIn, topFolder } from './structure/rooms.ts';

const roots = [
  'domain',
  'adapters',
  'application',
  'functions',
  'state-machines',
  'infra',
  'comparison',
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
  modules: { source: string; dependencies: { resolved: string }[] }[];
  summary: { violations: { rule: { name: string }; from: string; to: string }[] };
};
const ours = modules.filter(module => roots.some(root => module.source.startsWith(`${root}/`))).length;
for (const violation of summary.violations) {
  console.error(`${violation.rule.name}: ${violation.from} -> ${violation.to}`);
}
if (ours < sourceFiles) console.error(`the cruiser saw ${ours} of ${sourceFiles} source files: it checked nothing`);

const imports = modules.map(({ source, dependencies }) => ({
  source,
  dependencies: dependencies.map(({ resolved }) => resolved),
}));
const ofDomain = checkRooms(imports, roomIn('domain'));
const ofTop = checkRooms(imports, topFolder(roots));
const circles = [...ofDomain.circles, ...ofTop.circles];
for (const circle of circles) console.error(circleText(circle));
const sawRooms = ofDomain.rooms > 0 && ofDomain.imports > 0 && ofTop.rooms > 0 && ofTop.imports > 0;
if (!sawRooms) console.error('no rooms and no imports between them were seen: circles were looked for in nothing');

const notTests = tracked.split('\n').filter(file => file !== '' && !file.endsWith('.d.ts'));
const kinds = checkKinds(new Map(notTests.map(file => [file, readFileSync(file, 'utf8')])), FAMILIES, EXEMPTIONS);
for (const stray of kinds.strays) console.error(kindText(stray));
for (const { family, kind } of kinds.unseen)
  console.error(`the ${family} '${kind}' is seen nowhere, not in its folder`);
const sawKinds = kinds.files > 0 && kinds.literals > 0 && kinds.unseen.length === 0;

const adapters = checkAdapters(
  new Map(notTests.filter(file => file.startsWith('adapters/')).map(file => [file, readFileSync(file, 'utf8')])),
  MADE_OTHERWISE,
);
for (const stray of adapters.strays) console.error(stray);

const failed =
  adaptersFail(adapters) ||
  kinds.strays.length > 0 ||
  !sawKinds ||
  summary.violations.length > 0 ||
  circles.length > 0 ||
  !sawRooms ||
  ours < sourceFiles ||
  ours === 0;
console.log(
  `structure: ${ours} modules, ${summary.violations.length} violations; ${ofDomain.rooms} rooms of domain with ${ofDomain.imports} imports between them, ${ofTop.rooms} folders with ${ofTop.imports}, ${circles.length} circles; ${kinds.literals} literals that name a kind in ${kinds.files} files, ${kinds.strays.length} strays; ${adapters.openers} openers, ${adapters.fakes} fakes and ${adapters.errorClasses} classes of errors in ${adapters.files} files of adapters, ${adapters.strays.length} made otherwise`,
);
process.exit(failed ? 1 : 0);
