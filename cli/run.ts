import { Command, CommanderError } from '@commander-js/extra-typings';
import { COLUMNS } from '../adapters/terminal/wrap.ts';
import packageJson from '../package.json' with { type: 'json' };
import { BAD_INPUT } from './exit-code.ts';
import { fitted, type Terminal } from './terminal.ts';

interface Listed {
  /** What the list of commands says; also a command's description, where it has no longer one of its own. */
  summary: string;
  load: () => Promise<(terminal: Terminal) => Command>;
}

/**
 * Every command is a file of its own under commands/, and an entry here: only the one that is called is loaded, and the list
 * itself loads none.
 */
const COMMANDS: Record<string, Listed> = {
  plan: {
    summary: 'plans: what a team declares for its releases',
    load: async () => made((await import('./commands/plan.ts')).makePlanCommand),
  },
  backtest: {
    summary: 'judge recorded windows again',
    load: async () => made((await import('./commands/backtest.ts')).makeBacktestCommand),
  },
  lab: {
    summary: 'a release of two programs of your own on real traffic on this computer',
    load: async () => made((await import('./commands/lab.ts')).makeLabCommand),
  },
  judges: {
    summary: 'compare the judges: what each finds, and what it costs',
    load: async () => made((await import('./commands/judges.ts')).makeJudgesCommand),
  },
  start: {
    summary: 'start a release of an image',
    load: async () => made((await import('./commands/start.ts')).makeStartCommand),
  },
  status: {
    summary: 'what waits for approval, what is live, and what a release does',
    load: async () => made((await import('./commands/status.ts')).makeStatusCommand),
  },
  approve: {
    summary: 'give the approval that a release is waiting for',
    load: async () => made((await import('./commands/approve.ts')).makeApproveCommand),
  },
  abort: {
    summary: 'roll a release back, or cancel one that is queued',
    load: async () => made((await import('./commands/abort.ts')).makeAbortCommand),
  },
  undo: {
    summary: 'restore the version before the last promotion',
    load: async () => made((await import('./commands/undo.ts')).makeUndoCommand),
  },
  audit: {
    summary: "check a workload's ledger",
    load: async () => made((await import('./commands/audit.ts')).makeAuditCommand),
  },
  tag: {
    summary: 'give a rule, a target group, a repository or a topic that is there already to a control plane',
    load: async () => made((await import('./commands/tag.ts')).makeTagCommand),
  },
  'record-live': {
    summary: 'after the rule was turned by hand: record which slot is live',
    load: async () => made((await import('./commands/record-live.ts')).makeRecordLiveCommand),
  },
};

/** The type of a command's own arguments is of no use to who only adds it. */
const made = (make: (terminal: Terminal) => unknown) => make as (terminal: Terminal) => Command;

/**
 * Runs one command line. @param args without node and the script
 * @returns the exit code: 0 done, 1 the release was not promoted, 2 bad input or refused, 3 the control plane failed, 4 the release
 *   went back for want of data
 */
export async function runCli(args: readonly string[], given: Terminal): Promise<number> {
  const terminal = fitted(given);
  const program = new Command('sluice')
    .description('Progressive delivery for workloads on EKS behind an Application Load Balancer.')
    .version(packageJson.version, '-V, --version', 'print the version')
    // a command's own help has its arguments
    .configureHelp({ subcommandTerm: command => command.name() });
  const called = args[0] === 'help' ? args[1] : args[0];
  for (const [name, { summary, load }] of Object.entries(COMMANDS)) {
    const command = name === called ? (await load())(terminal) : new Command(name);
    if (command.description() === '') command.description(summary);
    program.addCommand(command.summary(summary));
  }
  redirectOutput(program as unknown as Command, terminal);
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
function redirectOutput(command: Command, terminal: Terminal): void {
  command.exitOverride();
  const columns = terminal.columns ?? COLUMNS;
  command.configureOutput({
    writeOut: text => terminal.out(text),
    writeErr: text => terminal.err(text),
    getOutHelpWidth: () => columns,
    getErrHelpWidth: () => columns,
  });
  command.showHelpAfterError('(--help explains the command)');
  for (const sub of command.commands) redirectOutput(sub as unknown as Command, terminal);
}
