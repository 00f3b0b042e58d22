import { open } from 'node:fs/promises';
import { whyUnreadable } from '../unreadable-file.ts';
import type { Mistake } from './mistake.ts';
import { LARGEST_FILE_BYTES } from './yaml-text.ts';

const EXPECTED = 'a YAML file that can be read';

/** The text of a file, read no further than a plan may be long. */
export async function readText(
  file: string,
): Promise<{ kind: 'text'; text: string } | { kind: 'mistakes'; mistakes: Mistake[] }> {
  const refuse = (found: string, expected = EXPECTED): { kind: 'mistakes'; mistakes: Mistake[] } => ({
    kind: 'mistakes',
    mistakes: [{ file, path: '', found, expected }],
  });
  let bytes: Uint8Array;
  try {
    bytes = await readAtMost(file, LARGEST_FILE_BYTES + 1);
  } catch (error) {
    const found = whyUnreadable(error);
    if (found === undefined) throw error;
    return refuse(found);
  }
  if (bytes.length > LARGEST_FILE_BYTES) return refuse('a larger file', `at most ${LARGEST_FILE_BYTES / 1024} KiB`);
  try {
    return { kind: 'text', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return refuse('bytes that are not UTF-8', 'a YAML file in UTF-8');
  }
}

async function readAtMost(file: string, most: number): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const buffer = new Uint8Array(most);
    let length = 0;
    while (length < most) {
      const { bytesRead } = await handle.read(buffer, length, most - length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return buffer.subarray(0, length);
  } finally {
    await handle.close();
  }
}
