import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDynamoDbDeployedVersions } from '../../adapters/deployed/dynamodb-deployed-versions.ts';
import { makeHandler } from '../../functions/custom-resources/deployed-version.ts';
import { openTable } from '../../lab/table.ts';
import { openCloudFormationLab } from './cloud-formation-lab.ts';

/*
 * The two steps of a deployment over the table itself, as the template orders them: the check before everything else, the
 * version written down after everything else.
 */

let lab: Awaited<ReturnType<typeof openCloudFormationLab>>;
let table: Awaited<ReturnType<typeof openTable>>;
let nowEpochMs: number;
beforeEach(async () => {
  [lab, table] = await Promise.all([openCloudFormationLab(), openTable()]);
  nowEpochMs = lab.deps.clock.now();
});
afterEach(async () => {
  await Promise.all([lab.close(), table.close()]);
});

const deployedOf = (tableName = table.name) =>
  openDynamoDbDeployedVersions({
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'lab',
    AWS_SECRET_ACCESS_KEY: 'lab',
    AWS_ENDPOINT_URL_DYNAMODB: table.url,
    SLUICE_TABLE: tableName,
  });
const step = (type: string, Step: string, sluice: string, ledger: number, tableName?: string) => {
  const deps = { ...lab.deps, clock: { now: () => nowEpochMs }, deployed: deployedOf(tableName) };
  const known = type === 'Create' ? undefined : `deployed-version-${Step}`;
  return makeHandler(deps)(lab.request(type, { Step, Sluice: sluice, Ledger: String(ledger) }, known));
};
/** @returns why it was refused; undefined: all of it was deployed */
async function deploy(sluice: string, ledger: number, type = 'Update'): Promise<string | undefined> {
  for (const one of ['check', 'settle']) {
    const { Status, Reason } = await step(type, one, sluice, ledger);
    if (Status === 'FAILED') return Reason;
  }
  return undefined;
}
const hours = (count: number) => (nowEpochMs += count * 3_600_000);

describe('a deployment', () => {
  it('of a newer Sluice goes on, and is written down', async () => {
    expect(await deploy('0.2.0', 6, 'Create')).toBeUndefined();
    hours(24);
    expect(await deploy('0.3.0', 7)).toBeUndefined();
    expect(await deployedOf().read()).toEqual({
      sluice: '0.3.0',
      ledger: 7,
      settledAtEpochMs: nowEpochMs,
      before: { sluice: '0.2.0', ledger: 6 },
    });
    const before = await deployedOf().read();
    hours(1);
    expect(await deploy('0.3.0', 7)).toBeUndefined();
    expect(await deployedOf().read()).toEqual(before);
  });

  it('of an older Sluice over a newer one is refused before anything is changed', async () => {
    await deploy('0.3.0', 7, 'Create');
    hours(24);
    expect(await deploy('0.2.0', 7)).toMatch(
      /^this deployment is of an older Sluice: found Sluice 0\.3\.0 .+expected at most 0\.2\.0/,
    );
    expect(await deployedOf().read()).toMatchObject({ sluice: '0.3.0' });
  });

  it('on a table of a newer Sluice is refused, also as the first of a new control plane', async () => {
    await deploy('0.3.0', 7, 'Create');
    hours(24);
    expect(await deploy('0.2.0', 6, 'Create')).toMatch(/^the table .+ is of a newer Sluice: found ledger version 7/);
    // and what it made is taken back
    const { Status } = await makeHandler({ ...lab.deps, deployed: deployedOf() })(
      lab.request('Delete', { Step: 'check', Sluice: '0.2.0', Ledger: '6' }, 'nothing-made'),
    );
    expect(Status).toBe('SUCCESS');
    expect(await deployedOf().read()).toMatchObject({ sluice: '0.3.0' });
  });

  it('that fails in the middle is taken back: its check finds the version that it had', async () => {
    await deploy('0.2.0', 6, 'Create');
    hours(24);
    expect((await step('Update', 'check', '0.3.0', 7)).Status).toBe('SUCCESS');
    expect((await step('Update', 'check', '0.2.0', 6)).Status).toBe('SUCCESS');
    // also where only the answer of its last step got lost
    await deploy('0.3.0', 7);
    hours(0.25);
    expect((await step('Update', 'check', '0.2.0', 6)).Status).toBe('SUCCESS');
    expect((await step('Update', 'settle', '0.2.0', 6)).Status).toBe('SUCCESS');
    expect(await deployedOf().read()).toMatchObject({ sluice: '0.2.0', ledger: 6 });
  });

  it('is forgotten by nobody: the table outlives the control plane', async () => {
    await deploy('0.3.0', 7, 'Create');
    for (const one of ['settle', 'check']) expect((await step('Delete', one, '0.3.0', 7)).Status).toBe('SUCCESS');
    hours(24);
    expect(await deploy('0.2.0', 7, 'Create')).toMatch(/older Sluice/);
  });

  it('is refused where the table does not answer: not known is not none', async () => {
    const { Status, Reason } = await step('Create', 'check', '0.2.0', 6, 'no-such-table');
    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(/the table no-such-table did not answer: .*ResourceNotFoundException/);
  });

  it.each([
    [{ Step: 'check', Sluice: 'latest', Ledger: '7' }, /Sluice/],
    [{ Step: 'check', Sluice: '0.2.0', Ledger: '0' }, /Ledger/],
    [{ Step: 'begin', Sluice: '0.2.0', Ledger: '7' }, /Step/],
  ])('with properties that nobody can mean is refused: %j', async (properties, reason) => {
    const { Status, Reason } = await makeHandler({ ...lab.deps, deployed: deployedOf() })(
      lab.request('Create', properties),
    );
    expect(Status).toBe('FAILED');
    expect(Reason).toMatch(reason);
  });

  it('of two at once, one writes its version, and the other is told', async () => {
    await deploy('0.2.0', 6, 'Create');
    const was = await deployedOf().read();
    const version = { sluice: '0.3.0', ledger: 7, settledAtEpochMs: nowEpochMs };
    const both = await Promise.all([
      deployedOf().settle(version, was),
      deployedOf().settle({ ...version, sluice: '0.3.1' }, was),
    ]);
    expect(both.toSorted()).toEqual([false, true]);
    const deployed = { ...deployedOf(), settle: async () => false };
    const { Reason } = await makeHandler({ ...lab.deps, deployed })(
      lab.request('Update', { Step: 'settle', Sluice: '0.4.0', Ledger: '7' }, 'deployed-version-settle'),
    );
    expect(Reason).toMatch(/another deployment has written its version .+: deploy again/);
  });
});
