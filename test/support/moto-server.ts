import { spawn } from 'node:child_process';

/** moto, a second implementation of AWS that nobody here has written: its DynamoDB and its Step Functions interpreter. */
export interface MotoServer {
  kind: 'there';
  /** `http://127.0.0.1:<port>`, where the SDK's clients find all of its services. */
  url: string;
  close(): Promise<void>;
}

export interface NoMoto {
  kind: 'absent';
  /** For the names of the tests that are skipped then. */
  because: string;
}

/** Starting takes about 2 s of one processor, which a busy machine may not have at once. */
const START_TIMEOUT_MS = 60_000;

/**
 * Starts moto on a free port. Where it is: SLUICE_MOTO_SERVER, or `moto_server` on the PATH
 * (`pip install "moto[server,stepfunctions,dynamodb]"`; `.ci/run` says which version).
 * @param options.lambdaPort where its state machines find Lambda; none where they do not call any
 * @param options.interprets whether executions of state machines run; where they do, it does not see those of CloudFormation
 */
export async function startMoto(
  options: { lambdaPort?: number; interprets?: boolean } = {},
): Promise<MotoServer | NoMoto> {
  const command = process.env.SLUICE_MOTO_SERVER ?? 'moto_server';
  const child = spawn(command, ['-H', '127.0.0.1', '-p', '0'], {
    // TZ: its timestamps are without a zone; MOTO_PORT: where it looks for the other services
    env: { ...process.env, TZ: 'UTC', MOTO_PORT: String(options.lambdaPort ?? 1), NO_PROXY: '*' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true, // a process group of its own, so that a wrapper's child ends with it
  });
  const ended = new Promise<void>(resolve => child.once('exit', () => resolve()).once('error', () => resolve()));
  const close = async () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGKILL');
    await ended;
  };
  try {
    const url = await listening(child.stderr, child.stdout, ended);
    await configure(url, options.interprets ?? true);
    return { kind: 'there', url, close };
  } catch (error) {
    await close();
    return { kind: 'absent', because: `no moto here (${command}): ${(error as Error).message}` };
  }
}

async function listening(...[stderr, stdout, ended]: [NodeJS.ReadableStream, NodeJS.ReadableStream, Promise<void>]) {
  const said: string[] = [];
  const found = Promise.withResolvers<string>();
  const hear = (chunk: Buffer) => {
    said.push(chunk.toString());
    const url = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(said.join(''))?.[1];
    if (url !== undefined) found.resolve(url);
  };
  for (const stream of [stderr, stdout]) stream.on('data', hear); // and on to the end: a full pipe would stop it
  void ended.then(() => found.reject(new Error(said.join('').trim().split('\n').at(-1) || 'it cannot be started')));
  const timeout = setTimeout(() => found.reject(new Error('it does not listen')), START_TIMEOUT_MS);
  try {
    return await found.promise;
  } finally {
    clearTimeout(timeout);
  }
}

/** Its state machines run only where this is said. */
async function configure(url: string, interprets: boolean): Promise<void> {
  const body = JSON.stringify({ stepfunctions: { execute_state_machine: interprets } });
  const answer = await fetch(`${url}/moto-api/config`, { method: 'POST', body });
  if (!answer.ok) throw new Error(`/moto-api/config answers ${answer.status}`);
}
