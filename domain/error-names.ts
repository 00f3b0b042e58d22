import type { ErrorKind } from './errors.ts';

/**
 * The names with which functions fail, by cause: a state machine and whoever invokes a function get the name and the
 * sentence, and not the class.
 */
const NAMES: Readonly<Record<ErrorKind, readonly string[]>> = {
  badInput: ['BadInputError', 'ConditionMistakeError', 'UnreadableFileError'],
  notFound: ['ImageNotFoundError', 'WorkloadNotFoundError'],
  refused: ['RefusedError'],
  stale: [
    'ExecutionNameTakenError',
    'LedgerConflictError',
    'NewerWriteError',
    'StaleExecutionError',
    'TemplateChangedError',
    'UnknownEntryError',
    'WriteConflictError',
  ],
  throttled: ['ThrottledError'],
  unreachable: [
    'AlarmsUnreachableError',
    'ClusterUnreachableError',
    'ExecutionsUnreachableError',
    'HookUnreachableError',
    'ImageRegistryUnreachableError',
    'LedgerUnreachableError',
    'MetricSourceUnreachableError',
    'NoAnswerError',
    'NotifierUnreachableError',
    'RouterUnreachableError',
    'SleeperUnreachableError',
    'SecretsUnreachableError',
    'TagsUnreachableError',
    'TargetsUnreachableError',
    'WorkloadsUnreachableError',
  ],
  unfinished: ['DialNotTakenError', 'PartlyFailedError', 'SlotNotTakenError'],
  blocked: [
    'ClusterNotFoundError',
    'ClusterRefusedError',
    'DestinationRefusedError',
    'ExecutionsRefusedError',
    'FieldOwnedError',
    'RegistryRefusedError',
    'SecretUnusableError',
    'RouterRuleError',
    'TemplateNotFoundError',
    'TooManyImagesError',
  ],
  unusable: ['BadCountsError', 'EvaluationError', 'JsonPathError', 'MissingEntryError', 'NoSamplesError'],
  broken: ['EntryTooLargeError', 'EnvironmentError', 'LedgerBrokenError'],
};

const KINDS = Object.keys(NAMES) as ErrorKind[];

/** The names that there are. */
export const ERROR_NAMES: readonly string[] = Object.values(NAMES).flat();

/** `broken` for a name that is none of ours. */
export const kindOfName = (name: string): ErrorKind => KINDS.find(kind => NAMES[kind].includes(name)) ?? 'broken';
