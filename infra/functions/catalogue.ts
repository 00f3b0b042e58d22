/**
 * What each function may touch, and nothing else; infra/functions/permissions.ts says what a need means to IAM. A test
 * compares the names with the files of functions/.
 */
export type Need =
  /** Reads the log of a workload and its windows. */
  | 'readLedger'
  /** Reads and appends. */
  | 'appendLedger'
  /** Keeps the task token of an approval that waits, and the address of a hook that runs. */
  | 'keepToken'
  | 'readToken'
  /** Takes workloads at rest out of the list of open releases. */
  | 'sweepOpen'
  | 'readWorkloads'
  | 'registerWorkloads'
  /** Which version of Sluice the table was deployed with last. */
  | 'keepVersion'
  /** Reads listener rules. */
  | 'readDial'
  /** Modifies rules whose owner is a workload of this control plane. */
  | 'turnDial'
  | 'readTargets'
  /** Whose rules, listeners, load balancers and target groups are. */
  | 'readTags'
  /** What targets a group takes, and on which load balancer it is. */
  | 'readGroups'
  /** Deregisters the targets of a canary that went back. */
  | 'cutConnections'
  | 'readMetrics'
  /** The states of CloudWatch alarms. */
  | 'readAlarms'
  /** Images of the repositories that workloads name. */
  | 'readImages'
  | 'tell'
  /**
   * Reads in Kubernetes, as one of the group `sluice-readers` by an access entry. IAM permits it to ask EKS where the cluster
   * is, and nothing in it.
   */
  | 'readCluster'
  /** The same as one of the group `sluice`, which reads too. */
  | 'writeCluster'
  | 'startRelease'
  | 'stopRelease'
  | 'startRollBack'
  | 'answerTaskToken'
  /** Makes the rules of a ProgressiveWorkload, with their owner's tags, and changes and removes those that have them. */
  | 'makeRules'
  /** The secret of an OIDC client, to hand it to the load balancer once; or with which another registry than ECR is asked. */
  | 'readSecrets'
  /** Calls the functions in a VPC now and then; granted where there are any. */
  | 'keepAwake'
  /** Asks EKS where the control plane's clusters are, and how they let somebody in. */
  | 'findCluster'
  /** Lets the control plane's own functions into its clusters. */
  | 'keepAccess';

export const FUNCTIONS = {
  abort: ['appendLedger', 'startRollBack'],
  admit: ['appendLedger', 'readDial', 'readTargets', 'readTags', 'readGroups', 'readAlarms', 'readCluster', 'tell'],
  'alarm-changed': ['appendLedger', 'readWorkloads', 'readAlarms', 'startRollBack'],
  approve: ['appendLedger', 'readToken', 'answerTaskToken'],
  audit: ['readLedger'],
  'await-approval': ['readLedger', 'keepToken', 'answerTaskToken'],
  'call-hook': ['appendLedger', 'keepToken', 'readToken'],
  close: ['appendLedger', 'startRelease', 'tell'],
  'execution-ended': ['appendLedger', 'startRelease', 'startRollBack', 'tell'],
  'image-pushed': ['appendLedger', 'readWorkloads', 'readImages', 'startRelease', 'startRollBack'],
  look: ['appendLedger', 'keepToken', 'readToken', 'readDial', 'readTargets', 'readMetrics', 'readAlarms', 'tell'],
  'look-in-cluster': ['appendLedger', 'keepToken', 'readToken', 'readMetrics', 'readAlarms', 'readCluster', 'tell'],
  'next-step': ['appendLedger'],
  'open-approval': ['appendLedger', 'tell'],
  'open-preview': ['appendLedger', 'readDial', 'turnDial'],
  'read-slot': ['appendLedger', 'readCluster'],
  'record-live': ['appendLedger', 'readWorkloads', 'readDial', 'readTargets', 'writeCluster'],
  reconcile: [
    'appendLedger',
    'sweepOpen',
    'readWorkloads',
    'readImages',
    'startRelease',
    'startRollBack',
    'tell',
    'keepAwake',
  ],
  'restore-traffic': ['appendLedger', 'readDial', 'turnDial', 'readTargets', 'stopRelease'],
  'restore-traffic-in-cluster': ['appendLedger', 'writeCluster', 'stopRelease'],
  'retire-canary': ['appendLedger', 'readDial', 'turnDial', 'writeCluster'],
  'retire-stable': ['appendLedger', 'readDial', 'readTargets', 'readAlarms', 'writeCluster', 'tell'],
  'shift-traffic': ['appendLedger', 'readDial', 'turnDial', 'readTargets', 'readAlarms'],
  'shift-traffic-in-cluster': ['appendLedger', 'readAlarms', 'writeCluster'],
  'size-canary': ['appendLedger', 'readDial', 'turnDial', 'writeCluster'],
  soak: ['appendLedger'],
  start: ['appendLedger', 'readWorkloads', 'readImages', 'readSecrets', 'startRelease', 'startRollBack'],
  'start-with-plan': ['appendLedger', 'readWorkloads', 'readImages', 'readSecrets', 'startRelease', 'startRollBack'],
  'start-next-run': ['appendLedger', 'startRelease'],
  'start-roll-back': ['appendLedger', 'startRelease', 'startRollBack'],
  status: ['readLedger', 'readWorkloads', 'readDial'],
  undo: ['appendLedger', 'readWorkloads', 'startRelease'],
  'verify-traffic': ['appendLedger', 'readDial', 'readTargets', 'cutConnections'],
  'verify-traffic-in-cluster': ['appendLedger', 'readCluster'],
  'write-canary': ['appendLedger', 'writeCluster'],
} as const satisfies Record<string, readonly Need[]>;

/** Called by EventBridge, asynchronously: what fails every time is a dead letter. The reconciler just comes again. */
export const EVENT_HANDLERS: ReadonlySet<string> = new Set([
  'alarm-changed',
  'execution-ended',
  'image-pushed',
] satisfies (keyof typeof FUNCTIONS)[]);

/** Functions that ask the addresses which plans and workloads name: hooks, Prometheus, JSON endpoints. */
export const ASKS_FOR_PLANS: ReadonlySet<string> = new Set(['look', 'look-in-cluster', 'call-hook']);

/** What a roll back calls, from its claim to its end: the tasks of roll-back.asl.json, and what starts it. */
export const WAY_BACK: ReadonlySet<string> = new Set([
  'start-roll-back',
  'restore-traffic',
  'restore-traffic-in-cluster',
  'verify-traffic',
  'verify-traffic-in-cluster',
  'retire-canary',
  'close',
] satisfies (keyof typeof FUNCTIONS)[]);

/**
 * What decides to go back, and what then goes back without the cluster: while one of them starts, requests reach a bad
 * version. Their bundles have limits of bytes (a test) and of milliseconds (`npm run bench`), decision 42.
 */
export const QUICK_FUNCTIONS: ReadonlySet<string> = new Set([
  'look',
  'abort',
  'alarm-changed',
  'execution-ended',
  'start-roll-back',
  'restore-traffic',
  'verify-traffic',
  'close',
] satisfies (keyof typeof FUNCTIONS)[]);

/** Called by CloudFormation, asynchronously, when a team deploys a ProgressiveWorkload. */
export const CUSTOM_RESOURCES = {
  'custom-resources/cluster': ['findCluster', 'keepAccess'],
  'custom-resources/deployed-version': ['keepVersion'],
  'custom-resources/listener-rule': [
    'readLedger',
    'readWorkloads',
    'readDial',
    'readTargets',
    'readTags',
    'makeRules',
    'readSecrets',
  ],
  'custom-resources/registered-workload': [
    'readLedger',
    'readWorkloads',
    'registerWorkloads',
    'readDial',
    'readTags',
    'readGroups',
  ],
} as const satisfies Record<string, readonly Need[]>;

export type FunctionName = keyof typeof FUNCTIONS;
export type CustomResourceName = keyof typeof CUSTOM_RESOURCES;
export type AnyFunctionName = FunctionName | CustomResourceName;

export const FUNCTION_NAMES = Object.keys(FUNCTIONS) as FunctionName[];
export const CUSTOM_RESOURCE_NAMES = Object.keys(CUSTOM_RESOURCES) as CustomResourceName[];

export const needsOf = (name: AnyFunctionName): readonly Need[] => ({ ...FUNCTIONS, ...CUSTOM_RESOURCES })[name];

export const functionsThat = (need: Need): FunctionName[] =>
  FUNCTION_NAMES.filter(name => needsOf(name).includes(need));

/** Those that talk to the cluster, to read or to write. */
export const functionsWithCluster = (): FunctionName[] => [
  ...functionsThat('readCluster'),
  ...functionsThat('writeCluster'),
];
