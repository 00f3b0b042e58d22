import { ThrottledError } from '../domain/errors.ts';

/** What AWS services call it when an account or a caller asks too often; the SDK has tried again by then. */
const THROTTLING_NAMES = new Set([
  'EC2ThrottledException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TooManyRequestsException',
]);

/** The error as the state machine has to see it: one that throttling caused, at any depth, is a ThrottledError. */
export function namingThrottling(error: unknown): unknown {
  return isThrottled(error) ? new ThrottledError(error.message, { cause: error }) : error;
}

function isThrottled(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const { $metadata, $retryable, httpStatusCode } = error as {
    $metadata?: { httpStatusCode?: number };
    $retryable?: { throttling?: boolean };
    /** Of a ClusterUnreachableError: the Kubernetes API throttles as well. */
    httpStatusCode?: number;
  };
  const isOne =
    THROTTLING_NAMES.has(error.name) ||
    [httpStatusCode, $metadata?.httpStatusCode].includes(429) ||
    $retryable?.throttling === true;
  return isOne || isThrottled(error.cause);
}
