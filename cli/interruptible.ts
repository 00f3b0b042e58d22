/** As a shell counts: 128 + the signal's number. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;
const LINGERS_AT_MOST_MS = 1_000;
type Ending = keyof typeof EXIT_CODES;

class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Does work that Ctrl-C can end at any moment: the first one asks it to clean up, the second ends the process at once.
 * @param work rejects when the signal is aborted, with nothing left behind
 * @returns what the work returns, or the signal's exit code
 */
export async function interruptible(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const controller = new AbortController();
  let by: Ending | undefined;
  const listeners = (Object.keys(EXIT_CODES) as Ending[]).map(name => {
    const listener = () => {
      // 'exit' handlers still run: they kill what was started
      if (by !== undefined) process.exit(EXIT_CODES[name]);
      by = name;
      controller.abort(new Interrupted(name));
    };
    process.on(name, listener);
    return { name, listener };
  });
  try {
    const code = await work(controller.signal);
    return by === undefined ? code : interruptedBy(by);
  } catch (error) {
    // whatever failed while everything was being ended failed because of that
    if (by === undefined) throw error;
    return interruptedBy(by);
  } finally {
    for (const { name, listener } of listeners) process.off(name, listener);
  }
}

/** Everything is closed by now; a call that is still being repeated to what is closed must not keep the person waiting. */
function interruptedBy(name: Ending): number {
  setTimeout(() => process.exit(EXIT_CODES[name]), LINGERS_AT_MOST_MS).unref();
  return EXIT_CODES[name];
}
