import { appendFileSync } from 'node:fs';
import type { Sink } from './lines-log.ts';

/** Appends to a file, each line before the call returns: what led to a crash is in it. For the lab, not for a Lambda. */
export const fileSink =
  (path: string): Sink =>
  line =>
    appendFileSync(path, `${line}\n`);
