import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { openRuntimeApi, type RuntimeError, type Said } from './runtime-api.ts';

/** AWS' own runtime interface client for Node, where it is built. */
export type RuntimeClient = { kind: 'there'; file: string } | { kind: 'absent'; because: string };

/** @param env SLUICE_LAMBDA_RIC is the `index.mjs` of the npm package aws-lambda-ric, built; `.ci/run` does it */
export function findRuntimeClient(env: NodeJS.ProcessEnv): RuntimeClient {
  const file = env.SLUICE_LAMBDA_RIC;
  if (file === undefined) {
    return {
      kind: 'absent',
      because: 'SLUICE_LAMBDA_RIC does not name the runtime interface client (.ci/run builds it)',
    };
  }
  const missing = [file, join(dirname(file), 'rapid-client.node')].find(part => !existsSync(part));
  return missing === undefined
    ? { kind: 'there', file }
    : { kind: 'absent', because: `SLUICE_LAMBDA_RIC: there is no ${missing}` };
}

/** What became of an invocation, as Lambda tells its caller. */
export type Outcome =
  | { kind: 'answered'; value: unknown }
  | { kind: 'failed'; error: RuntimeError }
  | { kind: 'initFailed'; error: RuntimeError }
  /** The function's time was over: its process was ended, in the middle of whatever it did. */
  | { kind: 'timedOut' }
  | { kind: 'exited'; code: number | null; said: string }
  | { kind: 'nonsense'; because: string };

type Started = { kind: 'ready'; startMs: number } | Exclude<Outcome, { kind: 'answered' | 'failed' | 'timedOut' }>;

export interface SandboxOptions {
  /** The file of the runtime interface client. */
  client: string;
  /** The function's folder, with its bundle in it. */
  taskRoot: string;
  /** As the function's resource has it. */
  handler: string;
  name: string;
  /** The function's own variables; those that Lambda sets are beside them. */
  environment: Record<string, string>;
  timeoutMs: number;
}

export interface Sandbox {
  /** A cold start, where no process is there: from the start of one to when it asks for an invocation. */
  start(): Promise<Started>;
  /** One at a time, as an environment of Lambda takes them. A process that has ended is started anew. */
  invoke(event: unknown): Promise<Outcome>;
  /** How many processes there have been. */
  starts(): number;
  /** What they have written, to both outputs. */
  log(): string;
  close(): Promise<void>;
}

const REGION = 'eu-west-1';
const ACCOUNT = '123456789012';

/** A function as Lambda runs it: a process of AWS' runtime with the function's environment and nothing else of this one. */
export async function openSandbox(options: SandboxOptions): Promise<Sandbox> {
  const { client, taskRoot, handler, name, environment, timeoutMs } = options;
  const output: string[] = [];
  let starts = 0;
  let child: ChildProcess | undefined;
  let heard: ((said: Said | Outcome) => void) | undefined;
  const api = await openRuntimeApi(said => heard?.(said));
  const next = () =>
    new Promise<Said | Outcome>(resolve => {
      heard = said => {
        heard = undefined;
        resolve(said);
      };
    });

  function spawnRuntime(): void {
    const lambdas = lambdaEnvironment(name, { handler, taskRoot, address: api.address });
    const started = spawn(process.execPath, [client, handler], {
      cwd: taskRoot,
      env: { ...lambdas, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const since = output.length;
    for (const stream of [started.stdout, started.stderr]) {
      stream.on('data', (chunk: Buffer) => output.push(chunk.toString()));
    }
    started.once('error', error => output.push(String(error)));
    started.once('close', code => {
      if (child !== started) return; // it was ended on purpose
      child = undefined;
      heard?.({ kind: 'exited', code, said: output.slice(since).join('').slice(-2_000) });
    });
    child = started;
    starts += 1;
  }

  async function end(): Promise<void> {
    const ending = child;
    child = undefined;
    if (ending === undefined || ending.exitCode !== null || ending.signalCode !== null) return;
    const closed = new Promise<void>(resolve => ending.once('close', () => resolve()));
    ending.kill('SIGKILL');
    await closed;
  }

  let isReady = false;
  async function start(): Promise<Started> {
    if (child !== undefined && isReady) return { kind: 'ready', startMs: 0 };
    await end();
    isReady = false;
    const before = performance.now();
    const first = next();
    spawnRuntime();
    const said = await first;
    if (said.kind === 'ready') {
      isReady = true;
      return { kind: 'ready', startMs: performance.now() - before };
    }
    await end();
    return said.kind === 'initFailed' || said.kind === 'exited' || said.kind === 'nonsense' ? said : unexpected(said);
  }

  return {
    start,
    async invoke(event) {
      const started = await start();
      if (started.kind !== 'ready') return started;
      const requestId = randomUUID();
      isReady = false;
      const done = next();
      const deadline = Promise.withResolvers<Outcome>();
      const timer = setTimeout(() => deadline.resolve({ kind: 'timedOut' }), timeoutMs);
      api.hand({
        requestId,
        event,
        deadlineEpochMs: Date.now() + timeoutMs,
        functionArn: `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${name}`,
        traceId: 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
      });
      const said = await Promise.race([done, deadline.promise]);
      clearTimeout(timer);
      const outcome = outcomeOf(said, requestId);
      if (outcome.kind !== 'answered' && outcome.kind !== 'failed') {
        await end();
        return outcome;
      }
      // the process goes on: the next invocation finds it warm, or, where it ends now, not at all
      const after = await next();
      isReady = after.kind === 'ready';
      return after.kind === 'ready' || after.kind === 'exited' ? outcome : unexpected(after);
    },
    starts: () => starts,
    log: () => output.join(''),
    async close() {
      await end();
      await api.close();
    },
  };
}

function outcomeOf(said: Said | Outcome, requestId: string): Outcome {
  if ('requestId' in said && said.requestId !== requestId) return unexpected(said);
  switch (said.kind) {
    case 'answered':
      return { kind: 'answered', value: said.value };
    case 'failed':
      return { kind: 'failed', error: said.error };
    case 'timedOut':
    case 'exited':
    case 'nonsense':
      return said;
    default:
      return unexpected(said);
  }
}

const unexpected = (said: Said | Outcome) =>
  ({ kind: 'nonsense', because: `not expected now: ${JSON.stringify(said)}` }) as const;

/** docs: "Using Lambda environment variables", those that Lambda itself sets. */
function lambdaEnvironment(name: string, run: { handler: string; taskRoot: string; address: string }) {
  return {
    _HANDLER: run.handler,
    LAMBDA_TASK_ROOT: run.taskRoot,
    AWS_LAMBDA_RUNTIME_API: run.address,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: '2026/11/29/[$LATEST]0123456789abcdef',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_ACCESS_KEY_ID: 'lab',
    AWS_SECRET_ACCESS_KEY: 'lab',
    AWS_SESSION_TOKEN: 'lab',
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin/:/bin:/opt/bin',
    TZ: ':UTC',
  };
}
