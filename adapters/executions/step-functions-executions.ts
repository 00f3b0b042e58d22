import { isDeepStrictEqual } from 'node:util';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { awsClientConfig, CALL_DEADLINE_MS, describeFailure, type Env } from '../aws-client-config.ts';
import {
  ExecutionNameTakenError,
  type ExecutionStatus,
  type Executions,
  ExecutionsRefusedError,
  ExecutionsUnreachableError,
  type Machine,
} from './executions.ts';

/** Standard executions of the two machines. Each method ends within CALL_DEADLINE_MS, its repetitions included. */
export function stepFunctionsExecutions(client: SFNClient, machineArns: Record<Machine, string>): Executions {
  const arnOf = (machine: Machine, name: string) =>
    `${machineArns[machine].replace(':stateMachine:', ':execution:')}:${name}`;

  async function describe(
    executionArn: string,
    abortSignal: AbortSignal,
  ): Promise<DescribeExecutionOutput | 'notThere'> {
    const command = new DescribeExecutionCommand({ executionArn, includedData: 'ALL_DATA' });
    return calling(`DescribeExecution of ${executionArn}`, () => client.send(command, { abortSignal }), {
      ExecutionDoesNotExist: 'notThere' as const,
    });
  }

  return {
    async start(machine, name, input) {
      const signal = deadline();
      const command = new StartExecutionCommand({
        stateMachineArn: machineArns[machine],
        name,
        input: JSON.stringify(input),
      });
      const what = `StartExecution of ${name} (${machine})`;
      const started = await calling(what, () => client.send(command, { abortSignal: signal }), {
        ExecutionAlreadyExists: 'taken' as const,
      });
      if (started !== 'taken') return;
      const found = await describe(arnOf(machine, name), signal);
      if (found === 'notThere') throw new ExecutionsUnreachableError(`${what}: its name is taken by nobody as yet`);
      if (found.status === 'RUNNING' && isDeepStrictEqual(JSON.parse(found.input ?? '{}'), jsonOf(input))) return;
      const how = found.status === 'RUNNING' ? 'runs with another input' : `has ended as ${found.status}`;
      throw new ExecutionNameTakenError(`the execution ${name} (${machine}) ${how}`);
    },

    async stop(machine, name, because) {
      const executionArn = arnOf(machine, name);
      const command = new StopExecutionCommand({ executionArn, cause: because.slice(0, MOST_CAUSE_LENGTH) });
      const signal = deadline();
      await calling(`StopExecution of ${executionArn}`, () => client.send(command, { abortSignal: signal }), {
        ExecutionDoesNotExist: 'notThere',
      });
    },

    async describe(machine, name) {
      // the metadata alone does not say with which error it failed
      const found = await describe(arnOf(machine, name), deadline());
      return found === 'notThere' ? found : statusOf(found);
    },

    async answer(taskToken, output) {
      const command = new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) });
      const signal = deadline();
      const sent = await calling('SendTaskSuccess', () => client.send(command, { abortSignal: signal }), {
        TaskTimedOut: 'tooLate' as const,
        TaskDoesNotExist: 'tooLate' as const,
      });
      return sent === 'tooLate' ? sent : 'answered';
    },
  };
}

/**
 * What the two machines are called in events. @param env RELEASE_MACHINE_ARN, ROLL_BACK_MACHINE_ARN
 * @throws Error where one is missing
 */
export function machineArnsOf(env: Env): Record<Machine, string> {
  const machineArn = (variable: string): string => {
    const arn = env[variable];
    if (arn === undefined || !arn.includes(':stateMachine:')) {
      throw new Error(`${variable} is not the ARN of a state machine: ${arn ?? 'not set'}`);
    }
    return arn;
  };
  return { release: machineArn('RELEASE_MACHINE_ARN'), rollBack: machineArn('ROLL_BACK_MACHINE_ARN') };
}

/**
 * @param env RELEASE_MACHINE_ARN, ROLL_BACK_MACHINE_ARN, AWS_REGION, credentials, AWS_ENDPOINT_URL_SFN where it is not AWS
 * @throws Error where an ARN is missing
 */
export const openStepFunctionsExecutions = (env: Env): Executions =>
  stepFunctionsExecutions(new SFNClient(awsClientConfig(env, 'SFN')), machineArnsOf(env));

const MOST_CAUSE_LENGTH = 32_768; // of StopExecution

const deadline = () => AbortSignal.timeout(CALL_DEADLINE_MS);

/** What Step Functions refuses and no repetition cures. Everything else may be otherwise next time. */
const REFUSALS =
  /^(StateMachineDoesNotExist|StateMachineDeleting|InvalidName|InvalidArn|InvalidExecutionInput|InvalidOutput|InvalidToken|ValidationException)$/;

/** Runs one call; the refusals in `ordinary` are outcomes, the others faults of the seam. */
async function calling<Output, Ordinary>(
  what: string,
  call: () => Promise<Output>,
  ordinary: Record<string, Ordinary>,
): Promise<Output | Ordinary> {
  try {
    return await call();
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    const outcome = Object.hasOwn(ordinary, name) ? ordinary[name] : undefined;
    if (outcome !== undefined) return outcome;
    const message = `${what}: ${describeFailure(error)}`;
    if (REFUSALS.test(name)) throw new ExecutionsRefusedError(message, { cause: error });
    throw new ExecutionsUnreachableError(message, { cause: error });
  }
}

/** As the service has it: what JSON cannot carry is gone. */
const jsonOf = (input: object): unknown => JSON.parse(JSON.stringify(input));

function statusOf({ status, startDate, error, cause }: DescribeExecutionOutput): ExecutionStatus {
  // an execution that somebody has asked to redrive is going to run
  const known = status === undefined || status === 'PENDING_REDRIVE' ? 'RUNNING' : status;
  return {
    status: known,
    startedAtEpochMs: startDate?.getTime() ?? 0,
    ...(error !== undefined && { error }),
    ...(cause !== undefined && { cause }),
  };
}
