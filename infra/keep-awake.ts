import * as iam from 'aws-cdk-lib/aws-iam';
import type { AnyFunctionName } from './functions/catalogue.ts';
import type { SluiceFunction } from './functions/sluice-function.ts';
import { fileOf, machineDefinitions, placeholdersOf } from './state-machines.ts';

/**
 * Lets the reconciler call the functions in a VPC, so that Lambda does not put them to sleep after idle weeks: the version that a
 * machine calls, since each version sleeps for itself; people call an operation without one.
 */
export function keepAwake(functions: ReadonlyMap<AnyFunctionName, SluiceFunction>): void {
  const reconcile = functions.get('reconcile');
  if (reconcile === undefined) throw new Error('there is no function reconcile');
  const called = new Set(machineDefinitions().flatMap(placeholdersOf).map(fileOf));
  const arns = [...functions.values()]
    .filter(({ isInVpc }) => isInVpc)
    .map(one => (called.has(one.file) ? one.versionArn : one.function.functionArn));
  if (arns.length === 0) return;
  reconcile.function.addEnvironment('KEEP_AWAKE', arns.join(','));
  // Lambda's Invoke asks for InvokeFunction
  reconcile.role.addToPolicy(new iam.PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: arns }));
}
