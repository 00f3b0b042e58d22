import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { suppress } from '../nag.ts';
import type { ControlPlaneNames } from '../names.ts';
import { type AnyFunctionName, needsOf } from './catalogue.ts';
import type { CodeOf } from './code.ts';
import { METRICS, statementsFor, WILDCARDS } from './permissions.ts';

/** Below the 30 s of the machines' tasks, so that no late answer is taken for a lost one; a test does the sum. */
export const HANDLER_TIMEOUT_SECONDS = 20;

/**
 * Where functions run that reach what has a private address only.
 *
 *     const network: NetworkProps = { vpc, vpcSubnets: { subnets: vpc.privateSubnets }, securityGroups: [group] };
 */
export interface NetworkProps {
  readonly vpc: ec2.IVpc;
  readonly vpcSubnets?: ec2.SubnetSelection;
  readonly securityGroups?: ec2.ISecurityGroup[];
}

export interface SluiceFunctionProps {
  readonly file: AnyFunctionName;
  readonly names: ControlPlaneNames;
  readonly code: CodeOf;
  readonly environment: Record<string, string>;
  /** Other accounts in whose ECR its workloads have repositories. */
  readonly registryAccounts: readonly string[];
  readonly timeoutSeconds: number;
  readonly logRetention: logs.RetentionDays;
  readonly network?: NetworkProps;
  /** Where calls end that were made asynchronously and failed every time. */
  readonly deadLetters?: sqs.IQueue;
  /** So much of the account's concurrency is this function's alone. @default none is */
  readonly reservedConcurrency?: number;
  /** How often Lambda repeats such a call. @default 2 */
  readonly retryAttempts?: number;
}

/**
 * One file of functions/ as a Lambda, with a role and a log group of its own.
 *
 *     controlPlane.functions.get('start')?.function.grantInvoke(pipelineRole); // who may start releases
 */
export class SluiceFunction extends Construct {
  readonly file: AnyFunctionName;
  /** The Lambda itself. */
  readonly function: lambda.Function;
  /** The role it runs as. */
  readonly role: iam.Role;
  /** It runs in a VPC. */
  readonly isInVpc: boolean;
  private readonly name: string;

  constructor(scope: Construct, id: string, props: SluiceFunctionProps) {
    super(scope, id);
    const { file, names } = props;
    this.file = file;
    this.isInVpc = props.network !== undefined;
    this.name = names.functionName(file);
    const needs = needsOf(file);
    this.role = new iam.Role(this, 'Role', {
      roleName: names.roleName(file),
      description: `Sluice: functions/${file}.ts (${needs.join(', ')})`,
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
    });
    for (const need of needs) {
      for (const statement of statementsFor(need, names, props.registryAccounts)) this.role.addToPolicy(statement);
    }
    if (props.network !== undefined) this.role.addToPolicy(networkInterfaces());
    const logGroup = new logs.LogGroup(this, 'Logs', {
      logGroupName: `/aws/lambda/${this.name}`,
      retention: props.logRetention,
      // a first deployment that fails leaves nothing: the next one makes a log group of this name
      removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE,
    });
    logGroup.grantWrite(this.role);
    this.function = new lambda.Function(this, 'Function', {
      functionName: this.name,
      description: `Sluice: functions/${file}.ts`,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      handler: 'index.handler',
      code: props.code(file),
      role: this.role,
      logGroup,
      environment: props.environment,
      memorySize: 512,
      timeout: Duration.seconds(props.timeoutSeconds),
      tracing: lambda.Tracing.ACTIVE,
      // an older version goes on serving the releases that began with it; one of an update that was rolled back goes, since
      // Lambda publishes no second one of the same code
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE },
      ...props.network,
      ...(props.reservedConcurrency !== undefined && { reservedConcurrentExecutions: props.reservedConcurrency }),
      ...(props.deadLetters !== undefined && { deadLetterQueue: props.deadLetters }),
      ...(props.retryAttempts !== undefined && { retryAttempts: props.retryAttempts }),
    });
    suppress(this.role, 'AwsSolutions-IAM5', wildcardReasons(props));
  }

  /** The ARN of the version that this deployment publishes, and keeps when the next one comes. */
  get versionArn(): string {
    return this.function.currentVersion.functionArn;
  }
}

const networkInterfaces = () =>
  new iam.PolicyStatement({
    actions: [
      'ec2:CreateNetworkInterface',
      'ec2:DescribeNetworkInterfaces',
      'ec2:DescribeSubnets',
      'ec2:DeleteNetworkInterface',
      'ec2:AssignPrivateIpAddresses',
      'ec2:UnassignPrivateIpAddresses',
    ],
    resources: ['*'],
  });

function wildcardReasons({ file, network, registryAccounts }: SluiceFunctionProps): string {
  const needs = needsOf(file);
  const has = (...wanted: string[]) => needs.some(need => wanted.includes(need));
  return [
    WILDCARDS['xray:Put*'],
    ...(has('readDial', 'readTargets', 'readTags', 'readGroups') ? [WILDCARDS['elasticloadbalancing:Describe*']] : []),
    ...(has('turnDial', 'makeRules') ? [WILDCARDS['own rules'], WILDCARDS['user pools']] : []),
    ...(has('readSecrets') ? [WILDCARDS.secrets] : []),
    ...(has('makeRules') ? [WILDCARDS['new rules'], WILDCARDS['rule tags']] : []),
    ...(has('cutConnections') ? [WILDCARDS['own groups']] : []),
    ...(has('readImages') ? [WILDCARDS.repositories] : []),
    ...(has('readImages') && registryAccounts.length > 0 ? [WILDCARDS['repositories of others']] : []),
    ...(has('readMetrics') ? METRICS.map(({ because }) => because) : []),
    ...(has('readAlarms') ? [WILDCARDS['cloudwatch:DescribeAlarms']] : []),
    ...(has('startRelease', 'stopRelease', 'startRollBack') ? [WILDCARDS['states executions']] : []),
    ...(has('keepAccess') ? [WILDCARDS['access entries']] : []),
    ...(has('tell') ? [WILDCARDS.topics, WILDCARDS['kms data keys']] : []),
    ...(network === undefined ? [] : [WILDCARDS['ec2 interfaces']]),
  ].join('; ');
}
