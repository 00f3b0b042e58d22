import { userInfo } from 'node:os';
import { type Command, Option } from '@commander-js/extra-typings';
import { unbroken } from '../../adapters/terminal/wrap.ts';
import { CommandError } from '../command-error.ts';
import type { Terminal } from '../terminal.ts';
import { type ControlPlaneLocation, openControlPlane } from './control-plane.ts';
import { type Operations, operationsOf } from './operations.ts';

/** What all commands take that talk to a control plane. */
export const withLocation = <Args extends unknown[], Options extends Record<string, unknown>>(
  command: Command<Args, Options>,
) =>
  command
    .addOption(new Option('--lab <file>', 'the file of a lab that runs (default: .sluice/lab.json, if one is there)'))
    .addOption(
      new Option(
        '--function-prefix <prefix>',
        "what a deployed control plane's functions are called before their own names (or SLUICE_FUNCTION_PREFIX)",
      ),
    );

/** A command of ours for the same control plane, in one piece, so that it can be pasted. @param command without `npx sluice` */
export const toPaste = ({ lab, functionPrefix }: ControlPlaneLocation, command: string): string =>
  unbroken(
    [
      `npx sluice ${command}`,
      ...(lab === undefined ? [] : [`--lab ${quoted(lab)}`]),
      ...(functionPrefix === undefined ? [] : [`--function-prefix ${quoted(functionPrefix)}`]),
    ].join(' '),
  );

const quoted = (text: string): string => (/^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** Opens the control plane that is meant, and acts. What it refuses is printed as one sentence. */
export async function withControlPlane(
  terminal: Terminal,
  where: ControlPlaneLocation,
  act: (operations: Operations) => Promise<void>,
): Promise<void> {
  await reportErrors(terminal, async () => {
    const plane = await openControlPlane(where, process.env);
    try {
      await act(operationsOf(plane));
    } finally {
      plane.close();
    }
  });
}

/** A CommandError is an answer to a person; anything else is a defect and thrown. */
export async function reportErrors(terminal: Terminal, act: () => Promise<void>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    terminal.err(`${error.message.trimEnd()}\n`);
    terminal.exitCode = error.exitCode;
  }
}

/** Who asks, where nobody is named: the operating system's user. */
export function callerName(by: string | undefined): string {
  if (by !== undefined) return by;
  try {
    return userInfo().username;
  } catch (error) {
    // a container may run as a user id without a name
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SYSTEM_ERROR') throw error;
    return `user ${process.getuid?.() ?? 'unknown'}`;
  }
}
