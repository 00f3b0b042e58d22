import { runCli } from '../../cli/run.ts';

/** Sentences in one piece, so that tests can say what they are; what 80 columns make of them, width.test.ts asks. */
const WIDE = 10_000;

/** `npx sluice ...args` in this process: how it ended and what it said. */
export const sluice = (...args: string[]) => sluiceIn(WIDE, args);

export async function sluiceIn(
  columns: number,
  args: readonly string[],
): Promise<{ code: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const terminal = {
    out: (text: string) => {
      said.out += text;
    },
    err: (text: string) => {
      said.err += text;
    },
    exitCode: 0,
    columns,
  };
  const code = await runCli(args, terminal);
  return { code, ...said };
}
