import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../kubernetes/ports.ts';
import { until } from './until.ts';

export interface RealPrometheus {
  url: string;
  close(): Promise<void>;
}

/** Scraped by address, with the labels that its series get. */
export interface ScrapeTarget {
  address: string;
  labels: Record<string, string>;
}

/** Its own: what it keeps is forgotten later than that. */
const OLDEST_OWN_TIME = '14d';

/** Where the program is: PROMETHEUS in the environment, else the one on the path; undefined: there is none. */
export function prometheusProgram(): string | undefined {
  const program = process.env.PROMETHEUS ?? 'prometheus';
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return program;
  } catch {
    return undefined; // not installed: who asks says so
  }
}

/** A Prometheus of its own on 127.0.0.1, with a folder of its own that goes with it. @throws Error it does not become ready */
export async function openPrometheus(options: {
  program: string;
  scrapeSeconds: number;
  targets: readonly ScrapeTarget[];
  /** What is scraped has its own labels and times, and those are taken, however far in the past. */
  ownTimes?: boolean;
}): Promise<RealPrometheus> {
  const { program, scrapeSeconds, targets, ownTimes = false } = options;
  const folder = await mkdtemp(join(tmpdir(), 'sluice-prometheus-'));
  const port = await findFreePort();
  const scrapeEvery = `${Math.round(scrapeSeconds * 1000)}ms`;
  const config = {
    global: { scrape_interval: scrapeEvery, scrape_timeout: scrapeEvery },
    ...(ownTimes ? { storage: { tsdb: { out_of_order_time_window: OLDEST_OWN_TIME } } } : {}),
    scrape_configs: [
      {
        job_name: 'lab',
        honor_labels: ownTimes,
        static_configs: targets.map(({ address, labels }) => ({ targets: [address], labels })),
      },
    ],
  };
  const file = join(folder, 'prometheus.json'); // JSON is YAML
  await writeFile(file, JSON.stringify(config));
  const child = spawn(
    program,
    [`--config.file=${file}`, `--storage.tsdb.path=${join(folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const lastLines = keepLastLines(child);
  const kill = () => void child.kill('SIGKILL');
  process.on('exit', kill); // who is stopped at once closes nothing
  const url = `http://127.0.0.1:${port}`;
  const close = async () => {
    process.off('exit', kill);
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await until('Prometheus is ready', async () => {
      if (child.exitCode !== null) throw new Error(`Prometheus ended with ${child.exitCode}: ${lastLines()}`);
      return (await fetch(`${url}/-/ready`).catch(() => undefined))?.status === 200;
    });
  } catch (error) {
    await close();
    throw error;
  }
  return { url, close };
}

function keepLastLines({ stderr }: ChildProcess): () => string {
  let text = '';
  stderr?.on('data', chunk => {
    text = `${text}${chunk}`.slice(-2_000);
  });
  return () => text;
}
