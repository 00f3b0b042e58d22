import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Call {
  service: string;
  /** As boto3 spells it: `describe_stacks`. */
  operation: string;
  parameters?: object;
  /** All pages as one answer. */
  paged?: boolean;
  /** Parameters that are bytes, given in hexadecimal. */
  binary?: string[];
}

export interface Boto3 {
  /** @throws Error with what the service said */
  call<Value = Record<string, unknown>>(call: Call): Promise<Value>;
  close(): Promise<void>;
}

/** AWS' own client for Python, of the environment that moto is in: it asks what the product never asks. @param url of moto */
export function openBoto3(url: string): Boto3 {
  const python = join(dirname(process.env.SLUICE_MOTO_SERVER ?? ''), 'python');
  const child = spawn(python, [join(import.meta.dirname, 'aws-calls.py'), url], { stdio: ['pipe', 'pipe', 'pipe'] });
  const said: string[] = [];
  child.stderr.on('data', chunk => said.push(String(chunk)));
  const waiting: { resolve(line: string): void; reject(error: Error): void }[] = [];
  createInterface({ input: child.stdout }).on('line', line => waiting.shift()?.resolve(line));
  const ended = new Promise<void>(resolve => {
    const end = (because: string) => {
      for (const { reject } of waiting.splice(0)) reject(new Error(`boto3 ended: ${because} ${said.join('')}`));
      resolve();
    };
    child.once('error', error => end(error.message)).once('close', code => end(`code ${code}`));
  });
  return {
    async call<Value>({ parameters = {}, ...call }: Call): Promise<Value> {
      const line = new Promise<string>((resolve, reject) => waiting.push({ resolve, reject }));
      child.stdin.write(`${JSON.stringify({ parameters, ...call })}\n`);
      const { value, error } = JSON.parse(await line) as { value?: Value; error?: string };
      if (value === undefined) throw new Error(error ?? 'boto3 said nothing');
      return value;
    },
    async close() {
      child.stdin.end();
      await ended;
    },
  };
}
