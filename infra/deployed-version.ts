import { CustomResource, Duration } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { LEDGER_VERSION } from '../domain/ledger/versions.ts';
import packageJson from '../package.json' with { type: 'json' };
import type { AnyFunctionName } from './functions/catalogue.ts';
import type { SluiceFunction } from './functions/sluice-function.ts';

/**
 * Asks before anything else of a deployment whether it is older than what is there, and writes down after everything else what
 * is deployed: application/custom-resources/deployed-version.ts.
 * @param scope of which everything else has been made
 */
export function addDeployedVersion(scope: Construct, functions: ReadonlyMap<AnyFunctionName, SluiceFunction>): void {
  const keeper = functions.get('custom-resources/deployed-version');
  if (keeper === undefined) throw new Error('there is no function custom-resources/deployed-version');
  const others = scope.node.children.filter(child => child !== keeper);
  const step = (id: string, Step: 'check' | 'settle') =>
    new CustomResource(scope, id, {
      resourceType: 'Custom::SluiceVersion',
      serviceToken: keeper.function.functionArn,
      serviceTimeout: Duration.minutes(10),
      properties: { Step, Sluice: packageJson.version, Ledger: LEDGER_VERSION },
    });
  const check = step('VersionCheck', 'check');
  for (const other of functions.values()) if (other !== keeper) other.node.addDependency(check);
  step('VersionSettled', 'settle').node.addDependency(check, ...others);
}
