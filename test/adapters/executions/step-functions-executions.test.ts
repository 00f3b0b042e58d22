import { afterEach, describe, expect, it, vi } from 'vitest';
import { openStepFunctionsExecutions } from '../../../adapters/executions/step-functions-executions.ts';
import { openEmbeddedHost } from '../../../lab/asl/embedded-host.ts';
import { statesEndpoint } from '../../../lab/aws/states-endpoint.ts';
import { openWireServer } from '../../../lab/aws/wire-server.ts';
import { openLabClock } from '../../../lab/clock.ts';
import { keepsExecutionsContract } from './executions.contract.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** An execution that waits for one token, then succeeds. */
const waiting = {
  StartAt: 'Pause',
  States: {
    Pause: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
      Parameters: {
        FunctionName: 'pause',
        Payload: { 'token.$': '$$.Task.Token', 'execution.$': '$$.Execution.Id' },
      },
      TimeoutSeconds: 3600,
      End: true,
    },
  },
};

async function openOverTheWire() {
  const tokens = new Map<string, string>();
  const host = await openEmbeddedHost({
    clock: openLabClock({ startEpochMs: Date.now(), compress: 1 }),
    functions: {
      pause: async event => {
        const { token, execution } = event as { token: string; execution: string };
        tokens.set(execution, token);
      },
    },
  });
  const server = await openWireServer({ endpoints: [statesEndpoint(host)] });
  closers.push(host.close, server.close);
  const machineArns = {
    release: host.registerMachine({ name: 'release', definition: waiting }).stateMachineArn,
    rollBack: host.registerMachine({ name: 'roll-back', definition: waiting }).stateMachineArn,
  };
  const env = {
    AWS_ENDPOINT_URL_SFN: server.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'lab',
    AWS_SECRET_ACCESS_KEY: 'lab',
    RELEASE_MACHINE_ARN: machineArns.release,
    ROLL_BACK_MACHINE_ARN: machineArns.rollBack,
  };
  const arnOf = (machine: keyof typeof machineArns, name: string) =>
    `${machineArns[machine].replace(':stateMachine:', ':execution:')}:${name}`;
  const tokenOf = (machine: keyof typeof machineArns, name: string) =>
    vi.waitUntil(() => tokens.get(arnOf(machine, name)));
  return { host, server, env, executions: openStepFunctionsExecutions(env), arnOf, tokenOf };
}

describe('executions of Step Functions', () => {
  keepsExecutionsContract(async () => {
    const { host, server, executions, arnOf, tokenOf } = await openOverTheWire();
    const operations = ['StartExecution', 'StopExecution', 'DescribeExecution', 'SendTaskSuccess'];
    return {
      executions,
      tokenOf,
      async finish(machine, name) {
        await executions.answer(await tokenOf(machine, name), {});
        await host.whenEnded(arnOf(machine, name));
      },
      unreachable(now) {
        for (const operation of operations) {
          if (now) server.faults.fail(operation, Number.POSITIVE_INFINITY, 503);
          else server.faults.clear(operation);
        }
      },
    };
  });

  it('succeeds when the reply to its start is lost on the way', async () => {
    // Prepare
    const { executions, server } = await openOverTheWire();
    server.faults.loseAnswer('StartExecution', 1);
    // Act
    await executions.start('release', 'rel-1-1', { run: 1 });
    // Assess
    expect(server.calls('StartExecution')).toBe(2);
  });

  it('gets through when Step Functions throttles it twice', async () => {
    // Prepare
    const { executions, server } = await openOverTheWire();
    server.faults.throttle('StartExecution', 2);
    // Act
    await executions.start('release', 'rel-1-1', { run: 1 });
    // Assess
    expect(await executions.describe('release', 'rel-1-1')).toMatchObject({ status: 'RUNNING' });
  });

  it('refuses an input that Step Functions would not carry, and a machine that is not there', async () => {
    // Prepare
    const { executions, env } = await openOverTheWire();
    const elsewhere = openStepFunctionsExecutions({ ...env, RELEASE_MACHINE_ARN: `${env.RELEASE_MACHINE_ARN}-gone` });
    // Act and assess
    const tooLarge = { text: 'x'.repeat(262_144) };
    const refused = { name: 'ExecutionsRefusedError' };
    await expect(executions.start('release', 'rel-1-1', tooLarge)).rejects.toMatchObject(refused);
    await expect(elsewhere.start('release', 'rel-1-1', {})).rejects.toMatchObject(refused);
  });

  it('does not open without the ARN of both machines', async () => {
    expect(() => openStepFunctionsExecutions({ RELEASE_MACHINE_ARN: 'release' })).toThrow(/RELEASE_MACHINE_ARN/);
  });
});
