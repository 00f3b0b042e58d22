import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../../lab/programs/server.ts', import.meta.url));

/** One process of lab/programs/server.ts, listening. */
export interface ServerProcess {
  process: ChildProcess;
  address: { host: string; port: number };
  counters(): Promise<{ requests: number; bad: number }>;
  /** SIGTERM, or the signal named. @returns the exit code, null where a signal ended it */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts the demo's server with settings (see the program) and waits until it listens. */
export async function startServer(settings: Record<string, string> = {}): Promise<ServerProcess> {
  const child = startProgram(settings);
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  if (child.stdout === null) throw new Error('no stdout');
  const [line] = await once(createInterface(child.stdout), 'line');
  const port = Number(/:(\d+)$/.exec(String(line))?.[1]);
  const url = `http://127.0.0.1:${port}`;
  return {
    process: child,
    address: { host: '127.0.0.1', port },
    counters: async () => (await (await fetch(`${url}/counters`)).json()) as { requests: number; bad: number },
    end: (signal = 'SIGTERM') => {
      child.kill(signal);
      return exited;
    },
  };
}

/** The process alone, whether or not it listens. */
export function startProgram(settings: Record<string, string>): ChildProcess {
  return spawn(process.execPath, [program], {
    env: { ...process.env, PORT: '0', ...settings },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}
