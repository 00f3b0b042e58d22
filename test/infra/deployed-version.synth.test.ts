import { beforeAll, expect, it } from 'vitest';
import { LEDGER_VERSION } from '../../domain/ledger/versions.ts';
import packageJson from '../../package.json' with { type: 'json' };
import { type Resource, SYNTH_TIMEOUT_MS, type Synthesised, synthControlPlane } from './synthesised.ts';

let controlPlane: Synthesised;
beforeAll(() => {
  controlPlane = synthControlPlane();
}, SYNTH_TIMEOUT_MS);

const steps = () =>
  Object.fromEntries(
    Object.entries(controlPlane.ofType('Custom::SluiceVersion')).map(([id, resource]) => [
      String(resource.Properties.Step),
      { id, ...resource },
    ]),
  );
const all = () => Object.entries(controlPlane.template.toJSON().Resources as Record<string, Resource>);
const dependsOn = ({ DependsOn = [] }: Resource): string[] => [DependsOn].flat();

it('a deployment says which Sluice it is, and which ledger it reads', () => {
  for (const { Properties } of Object.values(steps())) {
    expect(Properties).toMatchObject({ Sluice: packageJson.version, Ledger: LEDGER_VERSION });
  }
});

it('is asked before any other function, version or role is changed', () => {
  const check = steps().check?.id ?? '';
  const changed = all().filter(
    ([id, { Type }]) => /^AWS::(Lambda::(Function|Version)|IAM::Role)$/.test(Type) && !/deployedversion/i.test(id),
  );
  expect(changed.length).toBeGreaterThan(60);
  // the machines come after the versions that they name
  for (const [id, resource] of changed) {
    if (/^Re(lease|RollBack)|^RollBack/.test(id)) continue;
    expect(dependsOn(resource), id).toContain(check);
  }
});

it('is written down after everything else', () => {
  const settled = steps().settle;
  if (settled === undefined) throw new Error('nobody writes the version down');
  const before = new Set(dependsOn(settled));
  const later = all().filter(([id]) => id !== settled.id && !before.has(id) && !/deployedversion/i.test(id));
  expect(later.map(([id, { Type }]) => `${Type} ${id}`)).toEqual([]);
});
