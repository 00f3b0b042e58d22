/**
 * npm run check:package: packs this checkout, installs the tarball into an empty folder, and uses it there as people do: the
 * command line, the lab, and CDK apps in TypeScript and JavaScript. Without a network; on an older Node too, where the PATH has
 * one. Ends with 1 and what was said where something does not hold.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

const PROJECT_ROOT = join(import.meta.dirname, '..');
const APPS = join(PROJECT_ROOT, 'test/package/apps');
/** What a CDK app has besides the package; linked, since a copy of the CDK would take longer than all the rest. */
const OF_AN_APP = ['aws-cdk-lib', 'constructs', '@types/node', 'undici-types'];
/** Weights and a bake: enough for the lab to need each of its workers and both of its machines' files. */
const PLAN = `apiVersion: sluice/v1
kind: Plan
workload: shop
strategy: canary
deadline: 1h
steps: [{ setWeight: 50 }, { bake: 20s }, { setWeight: 100 }]
`;
const PROGRAM = "require('node:http').createServer((_, answer) => answer.end('ok')).listen(process.env.PORT);\n";

const folder = mkdtempSync(join(tmpdir(), 'sluice-package-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const nodes = nodesOnPath();

const npm = (cwd: string, ...args: string[]) =>
  execFileSync('npm', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const tarball = npm(PROJECT_ROOT, 'pack', '--silent', '--pack-destination', folder).trim().split('\n').at(-1) ?? '';
writeFileSync(join(folder, 'package.json'), '{ "name": "of-a-team", "private": true }\n');
npm(folder, 'install', '--offline', '--no-audit', '--no-fund', `./${tarball}`);
holds('the tarball installs without a network and brings nothing else', () => {
  const installed = readdirSync(join(folder, 'node_modules')).filter(name => !name.startsWith('.'));
  expect(installed.join() === 'sluice', `node_modules has ${installed.join(', ')}`);
});
holds('it has no TypeScript but declarations, and no test', () => {
  const files = readdirSync(join(folder, 'node_modules/sluice'), { recursive: true, encoding: 'utf8' });
  const wrong = files.filter(
    file => (/\.ts$/.test(file) && !/\.d\.ts$/.test(file)) || /(^|\/)(test|lab|domain)\/.*\.m?js$/.test(file),
  );
  expect(wrong.length === 0, `it has ${wrong.join(', ')}`);
});

for (const name of OF_AN_APP) link(name);
writeFileSync(join(folder, 'plan.yaml'), PLAN);
writeFileSync(join(folder, 'program.cjs'), PROGRAM);

holds('npx sluice runs', () => {
  const { version } = JSON.parse(readFileSync(join(PROJECT_ROOT, 'package.json'), 'utf8'));
  const said = execFileSync('npx', ['--offline', 'sluice', '--version'], { cwd: folder, encoding: 'utf8' });
  expect(said.trim() === version, `it says ${said}`);
});
holds('editors find the schemas', () => {
  const script =
    "console.log(require('sluice/schema/plan.schema.json').title, require('sluice/schema/workload.schema.json').title)";
  says(node(process.execPath, '-e', script), /plan.*workload/i);
});
const typescript = readFileSync(join(APPS, 'app.ts'), 'utf8');
holds("a TypeScript app compiles, of ES modules and of CommonJS, and the package's declarations do", () => {
  const apps = ['app.mts', 'app.cts'];
  for (const app of apps) writeFileSync(join(folder, app), typescript);
  const options = '--module nodenext --target es2022 --strict --skipLibCheck false --types node'.split(' ');
  // in one run: most of its time is the CDK's own declarations
  node(process.execPath, join(PROJECT_ROOT, 'node_modules/typescript/bin/tsc'), '--ignoreConfig', ...options, ...apps);
});
// what README.md tells people to copy, and the same for `require`
const [, plain = ''] = /```js\n([\s\S]*?)```/.exec(readFileSync(join(PROJECT_ROOT, 'README.md'), 'utf8')) ?? [];
const required = plain.replaceAll(/import (\{[^}]*\}) from ('[^']+');/g, 'const $1 = require($2);');
writeFileSync(join(folder, 'plain.mjs'), plain);
writeFileSync(join(folder, 'plain.cjs'), required);

holds('a mistake in a plan is found at synthesis, and can be read', () => {
  writeFileSync(join(folder, 'mistaken.mjs'), plain.replace('{ setWeight: 50 }', '{ setWeight: 5 }'));
  const { status, stderr } = spawnSync(process.execPath, ['mistaken.mjs'], { cwd: folder, encoding: 'utf8' });
  expect(status === 1, `it ended with ${status}`);
  says(stderr, /plan\.steps\[2\]\.setWeight: found 5 after 10; expected more than 10/);
  expect(stderr.length < 3_000, `it is lost in ${stderr.length} characters`);
});

for (const executable of nodes) {
  const version = execFileSync(executable, ['--version'], { encoding: 'utf8' }).trim();
  const sluice = (...args: string[]) => node(executable, 'node_modules/sluice/dist/cli/sluice.mjs', ...args);
  holds(`sluice plan check and forecast, Node ${version}`, () => {
    const example = 'node_modules/sluice/examples/canary.yaml';
    says(sluice('plan', 'check', example), /What will happen/);
    says(sluice('plan', 'forecast', example, '--rps', '200', '--failure-rate', '0.2%'), /Of healthy releases/);
  });
  holds(`sluice judges compare, Node ${version}`, () =>
    says(sluice('judges', 'compare', '--releases', '1'), /sequential/),
  );
  holds(`sluice lab, Node ${version}`, () => {
    const program = `'${executable}' program.cjs`;
    says(sluice('lab', '--stable', program, '--canary', program, '--plan', 'plan.yaml'), /^promoted: /m);
  });
  // what the compiler makes of an app is the same for every Node
  for (const file of executable === process.execPath ? ['app.mjs', 'app.cjs'] : []) {
    holds(`a compiled app synthesises, ${file}, Node ${version}`, () => synthesises(executable, file));
  }
  for (const file of ['plain.mjs', 'plain.cjs']) {
    holds(`the JavaScript app of the README synthesises, ${file}, Node ${version}`, () =>
      synthesises(executable, file),
    );
  }
}

/** The template has the machines and functions, and each function's code is there with what Lambda calls. */
function synthesises(executable: string, file: string): void {
  const out = join(folder, `cdk.out-${file}`);
  rmSync(out, { recursive: true, force: true });
  execFileSync(executable, [file], {
    cwd: folder,
    env: { ...process.env, CDK_OUTDIR: out },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const resources = Object.values(
    JSON.parse(readFileSync(join(out, 'Delivery.template.json'), 'utf8')).Resources as object,
  );
  const count = (type: string) => resources.filter(({ Type }) => Type === type).length;
  expect(count('AWS::StepFunctions::StateMachine') === 2, 'the machines of a release and a roll back are missing');
  const functions = count('AWS::Lambda::Function');
  expect(functions > 30, `there are ${functions} functions`);
  const { files } = JSON.parse(readFileSync(join(out, 'Delivery.assets.json'), 'utf8'));
  const sources = Object.values(files as Record<string, { source: { path: string; packaging: string } }>);
  const folders = sources.filter(({ source }) => source.packaging === 'zip').map(({ source }) => source.path);
  expect(folders.length === functions, `${functions} functions have ${folders.length} folders of code`);
  for (const path of folders) expect(existsSync(join(out, path, 'index.mjs')), `${path} has no index.mjs`);
  const shop = readFileSync(join(out, 'Shop.template.json'), 'utf8');
  expect(shop.includes('Custom::SluiceWorkload'), 'the workload is not registered');
}

function node(executable: string, ...args: string[]): string {
  return execFileSync(executable, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

/** This one, and the first of another version on the PATH: that of the computer, where npm put ours before it. */
function nodesOnPath(): string[] {
  const candidates = (process.env.PATH ?? '')
    .split(delimiter)
    .map(path => join(path, 'node'))
    .filter(existsSync);
  const other = candidates.find(
    path => execFileSync(path, ['--version'], { encoding: 'utf8' }).trim() !== process.version,
  );
  return other === undefined ? [process.execPath] : [process.execPath, other];
}

function link(name: string): void {
  const target = join(PROJECT_ROOT, 'node_modules', name);
  const path = join(folder, 'node_modules', name);
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

function holds(what: string, check: () => void): void {
  const began = performance.now();
  try {
    check();
  } catch (error) {
    const { message, stdout = '', stderr = '' } = error as Error & { stdout?: string; stderr?: string };
    console.error(`FAIL  ${what}\n${message}\n${stdout.slice(-2_000)}${stderr.slice(-2_000)}`);
    process.exit(1);
  }
  console.log(`ok    ${what} (${((performance.now() - began) / 1000).toFixed(1)} s)`);
}

function says(text: string, pattern: RegExp): void {
  expect(pattern.test(text), `expected ${pattern} in:\n${text}`);
}

function expect(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(otherwise);
}
