import type { WriteStream } from 'node:fs';
import { createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const KEPT_LINES = 200;
const KEPT_CHARACTERS = 2_000;
/** `TypeError: …`, `panic: …`, `Exception in thread "main" java.net.BindException: …` */
const NAMES_AN_ERROR = /(error|exception|panic|fatal)[^:]*: /i;

/** What a pod's processes print: the last lines in memory, and all of it in a file where the lab gave a folder. */
export interface PodLog {
  write(text: string): void;
  lines(): string[];
  /** Since the last `mark`. */
  linesOfProcess(): string[];
  /** Of these the line that names an error, else the last one. Shortened. */
  telling(): string | undefined;
  /** A new process begins. */
  mark(): void;
  close(): void;
}

export function openPodLog(podName: string, folder: string | undefined): PodLog {
  let kept: string[] = [];
  let markedAt = 0;
  let partial = '';
  let file: WriteStream | undefined;
  if (folder !== undefined) {
    mkdirSync(folder, { recursive: true });
    file = createWriteStream(join(folder, `${podName}.log`), { flags: 'a' });
    // a full disk must not end the lab: the last lines are in memory all the same
    file.on('error', () => {
      file = undefined;
    });
  }
  const all = () => (partial === '' ? kept : [...kept, partial]);
  return {
    write: text => {
      file?.write(text);
      const lines = (partial + text).split('\n');
      partial = (lines.pop() ?? '').slice(-KEPT_CHARACTERS);
      kept.push(...lines.map(line => line.slice(0, KEPT_CHARACTERS)));
      const surplus = kept.length - KEPT_LINES;
      if (surplus > 0) {
        kept = kept.slice(surplus);
        markedAt = Math.max(0, markedAt - surplus);
      }
    },
    lines: all,
    linesOfProcess: () => all().slice(markedAt),
    telling: () => {
      const lines = all()
        .slice(markedAt)
        .filter(line => line.trim() !== '');
      const line = lines.findLast(text => NAMES_AN_ERROR.test(text)) ?? lines.at(-1);
      return line?.trim().slice(0, 200);
    },
    mark: () => {
      markedAt = all().length;
    },
    close: () => {
      file?.end();
    },
  };
}
