import * as z from 'zod';
import type { DeployedVersions } from '../../adapters/deployed/deployed-versions.ts';
import { type DeployedVersion, deploymentProblem, SLUICE_VERSION } from '../../domain/deployed-version.ts';
import { BadInputError } from '../../domain/errors.ts';
import type { SharedDeps } from '../shared-deps.ts';
import type { CloudFormationRequest, Made } from './request.ts';

export interface DeployedVersionDeps extends SharedDeps {
  deployed: DeployedVersions;
}

const propertiesSchema = z.object({
  /** `check` is before everything else of a deployment, `settle` after it. */
  Step: z.enum(['check', 'settle']),
  Sluice: z.string().regex(SLUICE_VERSION),
  /** CloudFormation makes texts of all numbers. */
  Ledger: z.coerce.number().pipe(z.int().positive()),
});

/**
 * An older Sluice is not deployed over a newer one, nor on a newer one's table: asked before anything else of a deployment is
 * changed, and written down when all of it is. So what is taken back in between finds the version that it had.
 */
export async function keepDeployedVersion(deps: DeployedVersionDeps, request: CloudFormationRequest): Promise<Made> {
  // the table outlives its control plane, and stays of the version that wrote into it
  if (request.RequestType === 'Delete') return { physicalId: request.PhysicalResourceId };
  const { Step, Sluice: sluice, Ledger: ledger } = propertiesSchema.parse(request.ResourceProperties);
  if (Step === 'check') await requireNotOlder(deps, { sluice, ledger });
  else await settle(deps, { sluice, ledger });
  return { physicalId: `deployed-version-${Step}` };
}

async function requireNotOlder({ deployed, clock }: DeployedVersionDeps, wanted: DeployedVersion) {
  const settled = await deployed.read();
  const problem = deploymentProblem(wanted, settled, { table: deployed.table, nowEpochMs: clock.now() });
  if (problem !== undefined) throw new BadInputError(problem);
  return settled;
}

async function settle(deps: DeployedVersionDeps, wanted: DeployedVersion): Promise<void> {
  const was = await requireNotOlder(deps, wanted);
  if (was?.sluice === wanted.sluice && was.ledger === wanted.ledger) return;
  const before = was === undefined ? {} : { before: { sluice: was.sluice, ledger: was.ledger } };
  const version = { ...wanted, settledAtEpochMs: deps.clock.now(), ...before };
  if (await deps.deployed.settle(version, was)) return;
  throw new Error(
    `another deployment has written its version into the table ${deps.deployed.table} just now: deploy again`,
  );
}
