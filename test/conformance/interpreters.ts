import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { openEmbeddedHost } from '../../lab/asl/embedded-host.ts';
import type { LambdaFunction } from '../../lab/asl/state-machine-host.ts';
import { lambdaEndpoint } from '../../lab/aws/lambda-endpoint.ts';
import { statesEndpoint } from '../../lab/aws/states-endpoint.ts';
import { labClientConfig, openWireServer } from '../../lab/aws/wire-server.ts';
import { openLabClock } from '../../lab/clock.ts';
import { type NoMoto, startMoto } from '../support/moto-server.ts';

export interface MachineText {
  name: string;
  definition: object;
  substitutions: Record<string, string>;
}

/** Something that runs the Amazon States Language, reached over the wire as the real service is. */
export interface Interpreter {
  client: SFNClient;
  /** By name, as in a function's ARN; whoever opened the interpreter adds them before they are called. */
  functions: Record<string, LambdaFunction>;
  /** @returns the machine's ARN */
  register(machine: MachineText): Promise<string>;
  close(): Promise<void>;
}

/**
 * Ten seconds of a machine take one: enough to be quick, and the 60 s of a task token are still 6, in which every
 * scenario answers.
 */
const COMPRESS = 10;

/** The lab's: the embedded engine behind its host. */
export async function openEmbedded(): Promise<Interpreter> {
  const functions: Record<string, LambdaFunction> = {};
  const clock = openLabClock({ startEpochMs: Date.now(), compress: COMPRESS });
  const host = await openEmbeddedHost({ clock, functions });
  const wire = await openWireServer({ endpoints: [statesEndpoint(host)] });
  const client = new SFNClient(labClientConfig(wire.url));
  return {
    client,
    functions,
    register: async machine => host.registerMachine(machine).stateMachineArn,
    async close() {
      client.destroy();
      await host.close();
      await wire.close();
    },
  };
}

/** moto's; it calls the functions over HTTP as it would call Lambda. */
export async function openMoto(): Promise<Interpreter | NoMoto> {
  const functions: Record<string, LambdaFunction> = {};
  const lambdas = functions as Record<string, (event: unknown) => Promise<unknown>>;
  const wire = await openWireServer({ endpoints: [lambdaEndpoint(lambdas)] });
  const moto = await startMoto({ lambdaPort: Number(new URL(wire.url).port) });
  if (moto.kind === 'absent') {
    await wire.close();
    return moto;
  }
  const client = new SFNClient(labClientConfig(moto.url));
  const close = async () => {
    client.destroy();
    await moto.close();
    await wire.close();
  };
  const register = async ({ name, definition, substitutions }: MachineText) => {
    const text = JSON.stringify(definition).replace(/\$\{(\w+)\}/g, (_, key: string) => String(substitutions[key]));
    const roleArn = 'arn:aws:iam::123456789012:role/lab';
    const made = await client.send(new CreateStateMachineCommand({ name, definition: text, roleArn }));
    return made.stateMachineArn ?? '';
  };
  if (await startsMoreThanOnce(client, register)) return { client, functions, register, close };
  await close();
  return { kind: 'absent', because: 'this moto starts one execution and no second; 5.2.5 does' };
}

async function startsMoreThanOnce(client: SFNClient, register: Interpreter['register']): Promise<boolean> {
  const definition = { StartAt: 'A', States: { A: { Type: 'Succeed' } } };
  const stateMachineArn = await register({ name: 'probe', definition, substitutions: {} });
  try {
    for (const name of ['1', '2']) await client.send(new StartExecutionCommand({ stateMachineArn, name }));
    return true;
  } catch {
    return false; // a page of HTML with status 500, whatever the client makes of that
  }
}

/** What can be compared of an execution: not instants, not the Cause's text. */
export interface Ended {
  name: string;
  status: string | undefined;
  output: unknown;
  error: string | undefined;
  /** In the order in which they were entered; `failed` for each try of a task that failed. */
  states: string[];
}

export async function endOf(client: SFNClient, executionArn: string): Promise<Ended> {
  const { name = '', status, output, error } = await client.send(new DescribeExecutionCommand({ executionArn }));
  const events: HistoryEvent[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1000, nextToken }));
    events.push(...(page.events ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  // moto has the service's names for a task that is a function (LambdaFunctionFailed), the lab those for all tasks
  const states = events.flatMap(({ type, stateEnteredEventDetails: entered }) =>
    /^(Task|LambdaFunction)Failed$/.test(type ?? '') ? 'failed' : (entered?.name ?? []),
  );
  const parsed = output === undefined ? undefined : JSON.parse(output);
  if (parsed?.error !== undefined) delete parsed.error.Cause; // it holds the stack
  return { name, status, output: parsed, error, states };
}
