#!/usr/bin/env node
import { paintFor } from '../adapters/terminal/paint.ts';
import { columnsOf } from '../adapters/terminal/wrap.ts';
/** `npx sluice`: the commands are in commands/, one file each; run.ts lists them. */
import { installSignalHandlers } from './signal-handlers.ts';
import type { Terminal } from './terminal.ts';

installSignalHandlers(); // before the commands are loaded, which takes a moment

for (const stream of [process.stdout, process.stderr]) {
  // `sluice … | head` closes the pipe: that is the reader's choice and no fault.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
}

const terminal: Terminal = {
  out: text => void process.stdout.write(text),
  err: text => void process.stderr.write(text),
  exitCode: 0,
  columns: columnsOf(process.stdout),
  paint: paintFor(process.stdout),
};

const { runCli } = await import('./run.ts');
// exitCode and not exit(): what has been written to a pipe must arrive.
process.exitCode = await runCli(process.argv.slice(2), terminal);
