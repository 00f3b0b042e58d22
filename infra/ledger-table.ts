import { RemovalPolicy } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';

/**
 * The one table: ledgers, windows, tokens, workloads (keys: adapters/ledger/dynamodb-ledger.ts). It outlives its stack: it
 * is the audit trail, and the only memory of what is live where.
 */
export const ledgerTable = (scope: Construct, tableName: string): dynamodb.Table =>
  new dynamodb.Table(scope, 'Table', {
    tableName,
    partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
    sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
    billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    timeToLiveAttribute: 'expiresAt',
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
