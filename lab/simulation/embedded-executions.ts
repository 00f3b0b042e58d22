import { isDeepStrictEqual } from 'node:util';
import {
  ExecutionNameTakenError,
  type Executions,
  ExecutionsRefusedError,
  type Machine,
} from '../../adapters/executions/executions.ts';
import { executionArnOf, stateMachineArnOf } from '../asl/arns.ts';
import type { StateMachineHost } from '../asl/state-machine-host.ts';
import { AwsError } from '../aws/aws-error.ts';

export const MACHINE_NAMES: Record<Machine, string> = { release: 'sluice-release', rollBack: 'sluice-roll-back' };

/** What the two machines are called in events. */
export const machineArns: Record<Machine, string> = {
  release: stateMachineArnOf(MACHINE_NAMES.release),
  rollBack: stateMachineArnOf(MACHINE_NAMES.rollBack),
};

/** The executions of the embedded host, without a wire between. */
export function embeddedExecutions(host: () => StateMachineHost): Executions {
  const arnOf = (machine: Machine, name: string) => executionArnOf(MACHINE_NAMES[machine], name);
  return {
    async start(machine, name, input) {
      const stateMachineArn = machineArns[machine];
      const started = refused(['ExecutionAlreadyExists'], () =>
        host().startExecution({ stateMachineArn, name, input: JSON.stringify(input) }),
      );
      if (started !== 'refused') return;
      const found = host().describeExecution(arnOf(machine, name));
      if (found.status === 'RUNNING' && isDeepStrictEqual(JSON.parse(found.input), JSON.parse(JSON.stringify(input)))) {
        return;
      }
      throw new ExecutionNameTakenError(`the execution ${name} (${machine}) is ${found.status}`);
    },
    async stop(machine, name, because) {
      refused(['ExecutionDoesNotExist'], () =>
        host().stopExecution({ executionArn: arnOf(machine, name), cause: because }),
      );
    },
    async describe(machine, name) {
      const found = refused(['ExecutionDoesNotExist'], () => host().describeExecution(arnOf(machine, name)));
      if (found === 'refused') return 'notThere';
      const { status, startedAtEpochMs, error } = found;
      return { status, startedAtEpochMs, ...(error !== undefined && { error }) };
    },
    async answer(taskToken, output) {
      const sent = refused(['TaskTimedOut'], () =>
        host().sendTaskSuccess({ taskToken, output: JSON.stringify(output) }),
      );
      return sent === 'refused' ? 'tooLate' : 'answered';
    },
  };
}

/** @throws ExecutionsRefusedError what is not in `ordinary` */
function refused<T>(ordinary: string[], act: () => T): T | 'refused' {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    if (ordinary.includes(error.code)) return 'refused';
    throw new ExecutionsRefusedError(`${error.code}: ${error.message}`, { cause: error });
  }
}
