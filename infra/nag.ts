import { NagSuppressions } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/** One finding of cdk-nag that is meant to be so, and why; for the construct and what it is made of. */
export function suppress(construct: IConstruct, id: string, reason: string): void {
  NagSuppressions.addResourceSuppressions(construct, [{ id, reason }], true);
}
