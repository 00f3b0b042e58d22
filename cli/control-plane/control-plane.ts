import type { LambdaClient } from '@aws-sdk/client-lambda';
import { awsClientConfig, describeFailure, type Env } from '../../adapters/aws-client-config.ts';
import { allPrintable } from '../../domain/printable.ts';
import { LAB_FILE, readLabFile } from '../../lab/lab-file.ts';

/** What a command says instead of doing its work: one sentence for a person, and the exit code. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

export const BAD_INPUT = 2;
/** Neither refused nor done: the control plane did not answer, or failed. */
export const FAULT = 3;

/** The functions of a control plane that people call: in a lab that runs, or deployed. */
export interface ControlPlane {
  /** @throws CommandError what the function refused, or why it could not be asked */
  call(name: string, event: object): Promise<unknown>;
  close(): void;
}

export interface Whereabouts {
  /** The file of a lab that runs. */
  lab?: string | undefined;
  /** What a deployed control plane's functions are called before their own names. */
  functionPrefix?: string | undefined;
}

const WHAT_TO_DO =
  'there is no lab here and no AWS configuration: start a lab with `npx sluice lab … --keep` or `npm run demo -- --keep`, ' +
  'name the file of one with --lab, or set AWS_REGION or AWS_PROFILE';

/** Loaded by the commands that ask a control plane, not by all. */
const sdk = () => import('@aws-sdk/client-lambda');

/** A door answers within seconds; a cold start, and a ledger that must be asked again, come on top. */
const ANSWER_WITHIN_MS = 30_000;

/**
 * Finds the control plane that is meant, in this order: the lab of --lab, a deployed one whose prefix is given, the lab
 * that runs in this directory, the AWS configuration of the environment.
 * @throws CommandError there is none
 */
export async function openControlPlane(where: Whereabouts, env: Env): Promise<ControlPlane> {
  const prefix = where.functionPrefix ?? env.SLUICE_FUNCTION_PREFIX;
  const found = whereTo(where, prefix, env);
  const region = found.AWS_REGION ?? found.AWS_DEFAULT_REGION;
  const config = awsClientConfig({ ...found, AWS_REGION: region }, 'LAMBDA');
  const { LambdaClient } = await sdk();
  const client = new LambdaClient({
    ...config,
    requestHandler: { ...config.requestHandler, requestTimeout: ANSWER_WITHIN_MS },
  });
  return {
    call: (name, event) => invoke(client, `${prefix ?? ''}${name}`, event),
    close: () => client.destroy(),
  };
}

function whereTo({ lab }: Whereabouts, prefix: string | undefined, env: Env): Env {
  const hasAws = [env.AWS_REGION, env.AWS_DEFAULT_REGION, env.AWS_PROFILE].some(value => value !== undefined);
  if (lab === undefined && prefix !== undefined) {
    if (hasAws) return env;
    throw new CommandError(
      'a function prefix is given and no AWS configuration: set AWS_REGION or AWS_PROFILE',
      BAD_INPUT,
    );
  }
  const path = lab ?? LAB_FILE;
  const found = readLabFile(path);
  switch (found.kind) {
    case 'found':
      return found.lab.env;
    case 'missing':
      if (lab !== undefined)
        throw new CommandError(`there is no file ${lab}: no lab that runs has written it`, BAD_INPUT);
      if (hasAws) return env;
      throw new CommandError(WHAT_TO_DO, BAD_INPUT);
    case 'stale': {
      const gone = `${path} is of a lab that no longer runs (process ${found.pid} is gone)`;
      throw new CommandError(`${gone}: delete the file, or start a lab again`, BAD_INPUT);
    }
    case 'unreadable':
      throw new CommandError(`${path} cannot be read: ${found.because}`, BAD_INPUT);
  }
}

/** Errors with which a function says no; every other one is a fault. */
const REFUSALS = ['RefusedError', 'WorkloadNotFoundError', 'ImageNotFoundError'];

async function invoke(client: LambdaClient, functionName: string, event: object): Promise<unknown> {
  const { InvokeCommand, ResourceNotFoundException } = await sdk();
  const command = new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) });
  const answer = await client.send(command).catch((error: unknown) => {
    if (error instanceof ResourceNotFoundException) {
      const where = 'is this the right account and region, and --function-prefix the right one?';
      throw new CommandError(`there is no function ${functionName}: ${where}`, BAD_INPUT);
    }
    throw new CommandError(`the control plane did not answer: ${describeFailure(error)}`, FAULT);
  });
  const payload: unknown = allPrintable(JSON.parse(answer.Payload?.transformToString() ?? 'null'));
  if (answer.FunctionError === undefined) return payload;
  const { errorType = 'Error', errorMessage = 'no reason given' } = (payload ?? {}) as Record<string, string>;
  // a door's own check of its input is several lines; a plan's mistakes keep theirs
  if (errorType === 'BadInputError') throw new CommandError(errorMessage.replaceAll(/\s+/g, ' '), BAD_INPUT);
  if (REFUSALS.includes(errorType)) throw new CommandError(errorMessage, BAD_INPUT);
  throw new CommandError(`${functionName} failed: ${errorType}: ${errorMessage}`, FAULT);
}
