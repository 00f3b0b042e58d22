import type { LambdaClient } from '@aws-sdk/client-lambda';
import { awsClientConfig, describeFailure, type Env } from '../../adapters/aws-client-config.ts';
import { kindOfName } from '../../domain/error-names.ts';
import { ERROR_KINDS } from '../../domain/errors.ts';
import { allPrintable } from '../../domain/printable.ts';
import { LAB_FILE, readLabFile } from '../../lab/lab-file.ts';
import { CommandError } from '../command-error.ts';
import { BAD_INPUT } from '../exit-code.ts';

/** The functions of a control plane that people call: in a lab that runs, or deployed. */
export interface ControlPlane {
  /** @throws CommandError what the function refused, or why it could not be asked */
  call(name: string, event: object): Promise<unknown>;
  close(): void;
}

export interface ControlPlaneLocation {
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

/** An operation answers within seconds; a cold start, and a ledger that must be asked again, come on top. */
const ANSWER_WITHIN_MS = 30_000;

/**
 * Finds the control plane that is meant, in this order: the lab of --lab, a deployed one whose prefix is given, the lab
 * that runs in this directory, the AWS configuration of the environment.
 * @throws CommandError there is none
 */
export async function openControlPlane(where: ControlPlaneLocation, env: Env): Promise<ControlPlane> {
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

function whereTo({ lab }: ControlPlaneLocation, prefix: string | undefined, env: Env): Env {
  const hasAws = [env.AWS_REGION, env.AWS_DEFAULT_REGION, env.AWS_PROFILE].some(value => value !== undefined);
  if (lab === undefined && prefix !== undefined) {
    if (hasAws) return env;
    throw new CommandError(
      'a function prefix is given and no AWS configuration: set AWS_REGION or AWS_PROFILE',
      'badInput',
    );
  }
  const path = lab ?? LAB_FILE;
  const found = readLabFile(path);
  switch (found.kind) {
    case 'found':
      return found.lab.env;
    case 'missing':
      if (lab !== undefined)
        throw new CommandError(`there is no file ${lab}: no lab that runs has written it`, 'badInput');
      if (hasAws) return env;
      throw new CommandError(WHAT_TO_DO, 'badInput');
    case 'stale': {
      const gone = `${path} is of a lab that no longer runs (process ${found.pid} is gone)`;
      throw new CommandError(`${gone}: delete the file, or start a lab again`, 'badInput');
    }
    case 'unreadable':
      throw new CommandError(`${path} cannot be read: ${found.because}`, 'badInput');
  }
}

async function invoke(client: LambdaClient, functionName: string, event: object): Promise<unknown> {
  const { InvokeCommand, ResourceNotFoundException } = await sdk();
  const command = new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) });
  const answer = await client.send(command).catch((error: unknown) => {
    if (error instanceof ResourceNotFoundException) {
      const where = 'is this the right account and region, and --function-prefix the right one?';
      throw new CommandError(`there is no function ${functionName}: ${where}`, 'notFound', { cause: error });
    }
    throw new CommandError(`the control plane did not answer: ${describeFailure(error)}`, 'unreachable', {
      cause: error,
    });
  });
  const payload: unknown = allPrintable(JSON.parse(answer.Payload?.transformToString() ?? 'null'));
  if (answer.FunctionError === undefined) return payload;
  const { errorType = 'Error', errorMessage = 'no reason given' } = (payload ?? {}) as Record<string, string>;
  const kind = kindOfName(errorType);
  // an operation's own check of its input is several lines; a plan's mistakes keep theirs
  if (kind === 'badInput') throw new CommandError(errorMessage.replaceAll(/\s+/g, ' '), kind);
  if (ERROR_KINDS[kind].exitCode === BAD_INPUT) throw new CommandError(errorMessage, kind);
  throw new CommandError(`${functionName} failed: ${errorType}: ${errorMessage}`, kind);
}
