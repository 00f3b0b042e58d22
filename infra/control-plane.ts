import { RemovalPolicy, Stack, Token } from 'aws-cdk-lib';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as events from 'aws-cdk-lib/aws-events';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { networkMistake } from '../domain/addresses/address.ts';
import { addAlarms } from './alarms.ts';
import { type ClusterNetwork, networkOfFunction, requireNetwork } from './cluster-network.ts';
import { addClusters, type ClusterProps, groupOf, requireClusters } from './clusters.ts';
import { addDeployedVersion } from './deployed-version.ts';
import { addEvents } from './events.ts';
import {
  type AnyFunctionName,
  ASKS_FOR_PLANS,
  CUSTOM_RESOURCE_NAMES,
  EVENT_HANDLERS,
  FUNCTION_NAMES,
  needsOf,
  WAY_BACK,
} from './functions/catalogue.ts';
import { builtCode, type CodeOf } from './functions/code.ts';
import { HANDLER_TIMEOUT_SECONDS, SluiceFunction } from './functions/sluice-function.ts';
import { keepAwake } from './keep-awake.ts';
import { ledgerBeside, outermost, type SluiceLedger } from './ledger.ts';
import { suppress } from './nag.ts';
import { type ControlPlaneNames, controlPlaneNames } from './names.ts';
import { SluiceMachine } from './state-machines.ts';

/** A custom resource may wait for its permissions to arrive, and makes several calls of up to 18 s. */
const CUSTOM_RESOURCE_TIMEOUT_SECONDS = 120;

/** Needs of the one table. */
const USES_TABLE = /Ledger$|Workloads$|Version$|^(keep|read)Token$/;

/** All workloads of a control plane, and over before the next one begins a minute later. */
const RECONCILE_TIMEOUT_SECONDS = 55;

/**
 * Properties of a {@link SluiceControlPlane}; without a name it is `sluice`.
 *
 *     const props: SluiceControlPlaneProps = {
 *       clusters: [{ name: 'prod' }],
 *       network: { kind: 'public' },
 *       privateNetworks: ['10.20.0.0/16'],
 *       logRetention: RetentionDays.ONE_YEAR,
 *     };
 */
export interface SluiceControlPlaneProps {
  /**
   * What everything of it is called, from the table to the functions. Another than the default is wanted only where an account
   * has several control planes in one region. @default 'sluice'
   */
  readonly name?: string;
  /**
   * Its table, which outlives it.
   * @default a {@link SluiceLedger} of its name in a stack of its own beside this one, `<this stack>Ledger`
   */
  readonly ledger?: SluiceLedger;
  /** The clusters of its workloads, one at least. All are reached by the one network that its functions have. */
  readonly clusters: readonly ClusterProps[];
  /** Where the functions that talk to the clusters run: said by whoever deploys, and never guessed. */
  readonly network: ClusterNetwork;
  /**
   * Where the code of each function comes from.
   * @default the bundles that the package ships (in the repository: those of `npm run build`)
   */
  readonly code?: CodeOf;
  /** @default three months */
  readonly logRetention?: logs.RetentionDays;
  /**
   * Concurrent executions that Lambda keeps for each of the five functions of the way back, so that a full account delays
   * no roll back: five times this is taken from what others may use, and AWS refuses it where fewer than 100 would be left.
   * A whole number from 1 on; docs/deploy.md checks the quota. @default none: the usual quota of a new account is too small
   */
  readonly wayBackConcurrency?: number;
  /**
   * Private networks in which hooks, Prometheus servers and JSON endpoints of plans may be, such as `10.20.0.0/16`: what is not
   * listed is refused when it is connected to. Link-local addresses and the function's own computer are never asked.
   * @default none: the internet alone
   */
  readonly privateNetworks?: readonly string[];
  /**
   * Other accounts in whose ECR workloads have repositories, each with a {@link RegistryAccount}: their images may be read as far
   * as their repository policies allow, and their pushes are heard. @default none
   */
  readonly registryAccounts?: readonly string[];
  /** Put before `<alarm>.md` in an alarm's description, e.g. the address of docs/runbooks/ on your server. @default 'docs/runbooks/' */
  readonly runbooks?: string;
}

/**
 * What an account and region has once: the table, both machines, their functions, topics and alarms. Nothing of it runs, or
 * costs compute, while no release is in progress.
 *
 *     import { App, Stack } from 'aws-cdk-lib';
 *     import { SluiceControlPlane } from 'sluice/cdk';
 *
 *     const stack = new Stack(new App(), 'Delivery');
 *     new SluiceControlPlane(stack, 'Sluice', {
 *       clusters: [{ name: 'prod' }],
 *       network: { kind: 'public' }, // or in which VPC: there is no default
 *     });
 *
 * Names are fixed (by `name`), so a stack has one at most. Its table is in a stack of its own, and the log groups outlive it.
 * @throws Error at synthesis for a name, a cluster, a concurrency or a network that AWS or Sluice would not take
 */
export class SluiceControlPlane extends Construct {
  /** What its parts are called. */
  readonly names: ControlPlaneNames;
  /** Its functions, by the path of their file below functions/ without `.ts`. */
  readonly functions: ReadonlyMap<AnyFunctionName, SluiceFunction>;
  /** Gets a notice of every release whose plan asks for one. Subscribe those who should hear of releases. */
  readonly notices: sns.ITopic;
  /** Gets every alarm. Subscribe those who are on call. */
  readonly alarms: sns.ITopic;

  constructor(scope: Construct, id: string, props: SluiceControlPlaneProps) {
    super(scope, id);
    const { name = 'sluice', logRetention = logs.RetentionDays.THREE_MONTHS, runbooks = 'docs/runbooks/' } = props;
    const { clusters } = props;
    requireClusters(clusters);
    const clusterNetwork = requireNetwork(props.network);
    const clusterNames = clusters.map(cluster => cluster.name);
    this.names = controlPlaneNames(this, name, clusterNames);
    const { wayBackConcurrency } = props;
    if (wayBackConcurrency !== undefined && !(Number.isInteger(wayBackConcurrency) && wayBackConcurrency >= 1)) {
      throw new Error(`wayBackConcurrency is ${wayBackConcurrency}; expected a whole number from 1 on`);
    }
    const { privateNetworks = [], registryAccounts = [] } = props;
    const unusable = registryAccounts.find(account => !/^\d{12}$/.test(account) && !Token.isUnresolved(account));
    if (unusable !== undefined) throw new Error(`registryAccounts: found ${unusable}; expected 12 digits`);
    for (const network of privateNetworks) {
      const mistake = networkMistake(network);
      if (mistake !== undefined) throw new Error(`privateNetworks: ${mistake}`);
    }
    const { code = builtCode } = props;
    const { ledger = ledgerBeside(this, name) } = props;
    if (ledger.name !== name) {
      throw new Error(`the ledger is that of the control plane ${ledger.name}, and this one is ${name}`);
    }
    const table = dynamodb.Table.fromTableName(this, 'Table', this.names.table);
    // by name alone: nothing that one stack exports keeps the other from being changed
    if (Stack.of(ledger) === Stack.of(this)) this.node.addDependency(ledger);
    else outermost(Stack.of(this)).addStackDependency(outermost(Stack.of(ledger)));
    const key = new kms.Key(this, 'Key', {
      description: `${name}: notices and alarms`,
      enableKeyRotation: false,
      removalPolicy: RemovalPolicy.DESTROY, // it encrypts messages on their way, which nobody reads again
    });
    const why =
      'it encrypts messages for the seconds of their delivery: rotation would keep, and charge for, old keys for nothing';
    suppress(key, 'AwsSolutions-KMS5', why);
    this.notices = this.topic('Notices', `${name}-notices`, key);
    this.alarms = this.topic('Alarms', `${name}-alarms`, key);
    letAlarmsPublish(this.alarms, key);
    const deadLetters = new sqs.Queue(this, 'DeadLetters', {
      queueName: `${name}-dead-letters`,
      encryption: sqs.QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
    });
    suppress(deadLetters, 'AwsSolutions-SQS3', 'it is itself the dead-letter queue, and has an alarm of its own');

    const common = { names: this.names, code, logRetention, registryAccounts };
    const functions = new Map<AnyFunctionName, SluiceFunction>();
    for (const file of FUNCTION_NAMES) {
      const network = networkOfFunction(file, clusterNetwork);
      const made = new SluiceFunction(this, file, {
        ...common,
        file,
        timeoutSeconds: file === 'reconcile' ? RECONCILE_TIMEOUT_SECONDS : HANDLER_TIMEOUT_SECONDS,
        ...(EVENT_HANDLERS.has(file) && { deadLetters }),
        ...(file === 'reconcile' && { retryAttempts: 0 }),
        ...(WAY_BACK.has(file) && wayBackConcurrency !== undefined && { reservedConcurrency: wayBackConcurrency }),
        environment: {
          ...this.environmentOf(file),
          ...(ASKS_FOR_PLANS.has(file) &&
            privateNetworks.length > 0 && { SLUICE_PRIVATE_NETWORKS: privateNetworks.join(',') }),
        },
        ...(network !== undefined && { network }),
      });
      if (needsOf(file).includes('tell')) key.grant(made.role, ...TO_PUBLISH);
      functions.set(file, made);
    }
    for (const file of CUSTOM_RESOURCE_NAMES) {
      const timeoutSeconds = CUSTOM_RESOURCE_TIMEOUT_SECONDS;
      const environment = this.environmentOf(file);
      functions.set(
        file,
        new SluiceFunction(this, file, { ...common, file, timeoutSeconds, environment, deadLetters }),
      );
    }
    this.functions = functions;
    keepAwake(functions);
    addClusters(this, { clusters, functions, network: clusterNetwork });

    const machines = { functions, logRetention };
    const release = new SluiceMachine(this, 'Release', {
      ...machines,
      machine: 'release',
      stateMachineName: `${name}-release`,
    }).stateMachine;
    const rollBack = new SluiceMachine(this, 'RollBack', {
      ...machines,
      machine: 'roll-back',
      stateMachineName: `${name}-roll-back`,
    }).stateMachine;
    addEvents(this, { name, names: this.names, functions, deadLetters });
    for (const account of registryAccounts) this.hearPushes(account);
    const notify = { notices: this.notices, notify: this.alarms };
    addAlarms(this, { name, functions, release, rollBack, table, deadLetters, ...notify, runbooks });
    addDeployedVersion(this, functions);
  }

  /** What a `RegistryAccount` there forwards comes to this account's bus; any other event of that account is refused. */
  private hearPushes(account: string): void {
    const { partition, account: own, region } = Stack.of(this);
    new events.CfnEventBusPolicy(this, `PushesOf${account}`, {
      statementId: `${this.names.controlPlane}-pushes-of-${account}`,
      statement: {
        Effect: 'Allow',
        Principal: { AWS: `arn:${partition}:iam::${account}:root` },
        Action: 'events:PutEvents',
        Resource: `arn:${partition}:events:${region}:${own}:event-bus/default`,
        Condition: { StringEquals: { 'events:source': 'aws.ecr', 'events:detail-type': 'ECR Image Action' } },
      },
    });
  }

  private topic(id: string, topicName: string, masterKey: kms.IKey): sns.Topic {
    return new sns.Topic(this, id, { topicName, masterKey, enforceSSL: true });
  }

  /** What the openers of functions/lambda/open.ts and adapters/ read. */
  private environmentOf(file: AnyFunctionName): Record<string, string> {
    const needs = needsOf(file);
    const { names } = this;
    const starts = needs.some(need => /^(start|stop)R|^answerTaskToken$/.test(need));
    return {
      ...(needs.some(need => USES_TABLE.test(need)) && { SLUICE_TABLE: names.table }),
      ...((groupOf(file) !== undefined || needs.includes('registerWorkloads')) && {
        CLUSTER_NAMES: names.clusterNames.join(','),
      }),
      ...(needs.some(need => need === 'readTags' || need === 'keepAccess') && {
        SLUICE_CONTROL_PLANE: names.controlPlane,
      }),
      ...(needs.includes('tell') && { SLUICE_TOPIC_ARN: names.noticesTopicArn }),
      ...(starts && {
        RELEASE_MACHINE_ARN: names.machineArn('release'),
        ROLL_BACK_MACHINE_ARN: names.machineArn('roll-back'),
      }),
    };
  }
}

/** What SNS asks of the key of an encrypted topic in the name of who publishes. */
const TO_PUBLISH = ['kms:Decrypt', 'kms:GenerateDataKey*'];

/**
 * A topic with a policy of its own (here: nothing without TLS) has lost the one that lets its account's services publish: without
 * this no alarm would tell anybody. An alarm of another account is refused by the topic, and so needs no condition at the key.
 */
function letAlarmsPublish(topic: sns.ITopic, key: kms.Key): void {
  const cloudWatch = new iam.ServicePrincipal('cloudwatch.amazonaws.com');
  topic.addToResourcePolicy(
    new iam.PolicyStatement({
      sid: 'AlarmsOfThisAccount',
      principals: [cloudWatch],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(topic).account } },
    }),
  );
  key.grant(cloudWatch, ...TO_PUBLISH);
}
