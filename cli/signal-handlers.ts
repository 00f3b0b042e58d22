import { UnfinishedError } from '../domain/errors.ts';

/** As a shell counts: 128 + the signal's number. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
type Ending = keyof typeof EXIT_CODES;
const ENDINGS = Object.keys(EXIT_CODES) as Ending[];

/** Everything is closed by then; a call that is repeated to what is closed must not keep the person waiting. */
const EXIT_GRACE_MS = 1_000;

class InterruptedError extends UnfinishedError {
  override readonly name = 'InterruptedError';
}

/** 'exit' handlers still run: they kill what was started. */
const endAtOnce = (name: Ending) => process.exit(EXIT_CODES[name]);

let onEnding: (name: Ending) => void = endAtOnce;
let listening = false;

/**
 * From now on Ctrl-C and its like come here, for as long as the process lives: a listener that were taken off again could
 * be off when a signal is delivered that came before, and the signal would be lost. Safe to repeat.
 */
export function installSignalHandlers(): void {
  if (listening) return;
  listening = true;
  for (const name of ENDINGS) process.on(name, () => onEnding(name));
}

/**
 * Does work that Ctrl-C can end at any moment: the first one asks it to clean up, the second ends the process at once.
 * Outside of it the first one ends the process.
 * @param work rejects when the signal is aborted, with nothing left behind
 * @returns what the work returns, or the signal's exit code
 */
export async function interruptible(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  installSignalHandlers();
  const controller = new AbortController();
  let by: Ending | undefined;
  onEnding = name => {
    if (by !== undefined) endAtOnce(name);
    by = name;
    controller.abort(new InterruptedError(name));
  };
  const ended = (name: Ending): number => {
    setTimeout(() => endAtOnce(name), EXIT_GRACE_MS).unref();
    return EXIT_CODES[name];
  };
  try {
    const code = await work(controller.signal);
    return by === undefined ? code : ended(by);
  } catch (error) {
    // whatever failed while everything was being ended failed because of that
    if (by === undefined) throw error;
    return ended(by);
  } finally {
    onEnding = endAtOnce;
  }
}
