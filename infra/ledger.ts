import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import { controlPlaneNames } from './names.ts';

/**
 * Properties of a {@link SluiceLedger}.
 *
 *     const props: SluiceLedgerProps = { name: 'sluice' };
 */
export interface SluiceLedgerProps {
  /** Of the control plane whose it is. @default 'sluice' */
  readonly name?: string;
}

/**
 * The one table of a control plane: ledgers, windows, tokens, workloads (keys: adapters/ledger/dynamodb-ledger.ts). It is the
 * audit trail and the only memory of what is live where, so it outlives the control plane, and it is alone in its stack: a
 * deployment of the control plane that fails never meets it, and the next one finds it.
 *
 *     import { App, Stack } from 'aws-cdk-lib';
 *     import { SluiceControlPlane, SluiceLedger } from 'sluice/cdk';
 *
 *     const app = new App();
 *     const ledger = new SluiceLedger(new Stack(app, 'DeliveryLedger'), 'Ledger');
 *     new SluiceControlPlane(new Stack(app, 'Delivery'), 'Sluice', { ledger, cluster });
 *
 * @throws Error at synthesis for a name that a control plane cannot have
 */
export class SluiceLedger extends Construct {
  /** Of the control plane, and of the table. */
  readonly name: string;

  constructor(scope: Construct, id: string, { name = 'sluice' }: SluiceLedgerProps = {}) {
    super(scope, id);
    this.name = name;
    new dynamodb.Table(this, 'Table', {
      tableName: controlPlaneNames(this, name).table,
      partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: 'expiresAt',
      deletionProtection: true,
      // not RETAIN_ON_UPDATE_OR_DELETE: what is protected from deletion cannot go with a roll back either
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }
}

/**
 * A ledger in a stack of its own, `<the stack>Ledger`, beside the one in which a control plane is, and deployed before it.
 * What is in it is reached by name: nothing is exported from one stack to the other.
 */
export function ledgerBeside(scope: Construct, name: string): SluiceLedger {
  const stack = outermost(Stack.of(scope));
  const { account, region } = stack;
  const own = new Stack(stack.node.scope ?? stack, `${stack.node.id}Ledger`, {
    env: { account, region },
    description: `Sluice: the ledger of the control plane ${name}, which outlives it`,
  });
  return new SluiceLedger(own, 'Default', { name });
}

/** A nested stack is deployed with its parent, and would fail with it. */
export const outermost = (stack: Stack): Stack =>
  stack.nestedStackParent === undefined ? stack : outermost(stack.nestedStackParent);
