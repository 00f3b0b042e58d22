import { AwsError } from '../aws/aws-error.ts';

// Quotas of Standard workflows: docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
export const MAX_HISTORY_EVENTS = 25_000;
const MAX_PAYLOAD_BYTES = 262_144;
const MAX_NAME_LENGTH = 80;
const MAX_ERROR_LENGTH = 256;
const MAX_CAUSE_LENGTH = 32_768;

export const isTooLarge = (json: string): boolean => Buffer.byteLength(json) > MAX_PAYLOAD_BYTES;

/** White space, brackets, wildcards, and `" # % \ ^ | ~ ` $ & , ; : /` and control characters, as StartExecution lists them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
const illegalInName = /[\s<>{}[\]?*"#%\\^|~`$&,;:/\u0000-\u001f\u007f-\u009f]/;

/** @throws AwsError InvalidName */
export function requireName(name: string): void {
  if (name.length < 1 || name.length > MAX_NAME_LENGTH || illegalInName.test(name)) {
    throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
  }
}

/** @throws AwsError InvalidExecutionInput */
export function requireInput(input: string): void {
  if (isTooLarge(input)) {
    throw new AwsError(
      'InvalidExecutionInput',
      `Invalid State Machine Execution Input: more than ${MAX_PAYLOAD_BYTES} bytes`,
    );
  }
  if (!isJson(input)) throw new AwsError('InvalidExecutionInput', 'Invalid State Machine Execution Input: not JSON');
}

/** @throws AwsError InvalidOutput */
export function requireOutput(output: string): void {
  if (isTooLarge(output)) throw new AwsError('InvalidOutput', `Invalid Output: more than ${MAX_PAYLOAD_BYTES} bytes`);
  if (!isJson(output)) throw new AwsError('InvalidOutput', 'Invalid Output: not JSON');
}

/** @throws AwsError ValidationException */
export function requireErrorAndCause(error: string | undefined, cause: string | undefined): void {
  const tooLong =
    (error?.length ?? 0) > MAX_ERROR_LENGTH ? 'error' : (cause?.length ?? 0) > MAX_CAUSE_LENGTH ? 'cause' : undefined;
  if (tooLong !== undefined) throw new AwsError('ValidationException', `Value at '${tooLong}' is too long`);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false; // not JSON is the answer, not a fault
  }
}
