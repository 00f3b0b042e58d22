import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import packageJson from '../../package.json' with { type: 'json' };

/*
 * What can be said of the package without making it; `npm run check:package` makes, installs and uses it.
 */

it('needs nothing but what it has compiled in, and the CDK only where its constructs are used', () => {
  expect(packageJson).not.toHaveProperty('dependencies');
  expect(packageJson).not.toHaveProperty('private');
  const peers = Object.keys(packageJson.peerDependencies);
  expect(peers).toEqual(['aws-cdk-lib', 'constructs']);
  expect(packageJson.peerDependenciesMeta).toEqual(Object.fromEntries(peers.map(name => [name, { optional: true }])));
});

it('every public name of sluice/cdk says what it is, with an example', () => {
  const entry = resolve('infra/cdk.ts');
  const exported = [...readFileSync(entry, 'utf8').matchAll(/export (?:type )?\{([^}]+)\} from '(.+)';/g)].flatMap(
    ([, names = '', path = '']) =>
      names.split(',').flatMap(name => {
        const bare = name.replace('type ', '').trim();
        return bare === '' ? [] : [{ name: bare, path: join(entry, '..', path) }];
      }),
  );
  expect(exported.length).toBeGreaterThan(10);
  for (const { name, path } of exported) {
    const declared = new RegExp(`/\\*\\*((?:(?!\\*/)[^])*)\\*/\nexport (?:class|interface|type|function) ${name}\\b`);
    const [, comment] = declared.exec(readFileSync(path, 'utf8')) ?? [];
    expect(comment, `${name} has no doc comment`).toBeDefined();
    expect(comment, `${name} has no example`).toMatch(/\n \* {5}\S/);
  }
});

it('the changelog begins with the version that the package has', () => {
  const [, newest] = /^## \[(\S+)\]/m.exec(readFileSync('CHANGELOG.md', 'utf8')) ?? [];
  expect(newest).toBe(packageJson.version);
});

it('what is listed to go with it is there, but for what the build makes', () => {
  for (const path of packageJson.files) {
    if (!['dist', 'schema'].includes(path)) expect(existsSync(path), path).toBe(true);
  }
  expect(readdirSync('docs/schema').sort()).toEqual(['plan.schema.json', 'workload.schema.json']);
});
