import { readFileSync } from 'node:fs';
import { Command, CommanderError } from '@commander-js/extra-typings';
import { COLUMNS } from '../adapters/terminal/wrap.ts';
import { fitted, type Terminal } from './terminal.ts';

/** Every command is a file of its own under commands/, and one line here: only the one that is called is loaded. */
const COMMANDS: Record<string, () => Promise<(terminal: Terminal) => Command>> = {
  plan: async () => made((await import('./commands/plan.ts')).makePlanCommand),
  backtest: async () => made((await import('./commands/backtest.ts')).makeBacktestCommand),
  lab: async () => made((await import('./commands/lab.ts')).makeLabCommand),
  judges: async () => made((await import('./commands/judges.ts')).makeJudgesCommand),
  start: async () => made((await import('./commands/start.ts')).makeStartCommand),
  status: async () => made((await import('./commands/status.ts')).makeStatusCommand),
  approve: async () => made((await import('./commands/approve.ts')).makeApproveCommand),
  abort: async () => made((await import('./commands/abort.ts')).makeAbortCommand),
  undo: async () => made((await import('./commands/undo.ts')).makeUndoCommand),
  audit: async () => made((await import('./commands/audit.ts')).makeAuditCommand),
  'record-live': async () => made((await import('./commands/record-live.ts')).makeRecordLiveCommand),
};

/** The type of a command's own arguments is of no use to who only adds it. */
const made = (make: (terminal: Terminal) => unknown) => make as (terminal: Terminal) => Command;

const BAD_INPUT = 2;

/**
 * Runs one command line. @param args without node and the script
 * @returns the exit code: 0 done, 1 the release was not promoted, 2 bad input or refused, 3 the control plane failed, 4 the release
 *   went back for want of data
 */
export async function runCli(args: readonly string[], given: Terminal): Promise<number> {
  const terminal = fitted(given);
  const program = new Command('sluice')
    .description('Progressive delivery for workloads on EKS behind an Application Load Balancer.')
    .version(version(), '-V, --version', 'print the version')
    // a command's own help has its arguments
    .configureHelp({ subcommandTerm: command => command.name() });
  // help, and a name that is none, list all of them
  const named = Object.entries(COMMANDS).filter(([name]) => name === args[0]);
  for (const [, load] of named.length > 0 ? named : Object.entries(COMMANDS))
    program.addCommand((await load())(terminal));
  tame(program as unknown as Command, terminal);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return terminal.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    // Help that was asked for is 0; a wrong option, a missing argument, no command at all is bad input.
    return error.exitCode === 0 ? 0 : BAD_INPUT;
  }
}

/** Commander neither ends the process nor writes past the terminal, in any command. */
function tame(command: Command, terminal: Terminal): void {
  command.exitOverride();
  const columns = terminal.columns ?? COLUMNS;
  command.configureOutput({
    writeOut: text => terminal.out(text),
    writeErr: text => terminal.err(text),
    getOutHelpWidth: () => columns,
    getErrHelpWidth: () => columns,
  });
  command.showHelpAfterError('(--help explains the command)');
  for (const sub of command.commands) tame(sub as unknown as Command, terminal);
}

function version(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
