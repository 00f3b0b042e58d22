import { runCli } from '../../cli/run.ts';

/** `npx sluice ...args` in this process: how it ended and what it said. */
export async function sluice(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const terminal = {
    out: (text: string) => {
      said.out += text;
    },
    err: (text: string) => {
      said.err += text;
    },
    exitCode: 0,
  };
  const code = await runCli(args, terminal);
  return { code, ...said };
}
