import { open } from 'node:fs/promises';
import { BadInputError } from '../../domain/errors.ts';
import { whyUnreadable } from '../unreadable-file.ts';

/** Longer than any line of counts: a file without line ends is not read into memory whole. */
const LONGEST_LINE = 10_000;

/** The file cannot be read as lines of text. */
export class UnreadableFileError extends BadInputError {
  override readonly name = 'UnreadableFileError';
}

/**
 * The lines of a UTF-8 file, without their line feeds and without a byte order mark, as they are read.
 * @throws UnreadableFileError
 */
export async function* linesOfFile(file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let rest = '';
  try {
    const handle = await open(file, 'r');
    // the stream closes the file, read to its end or not
    for await (const chunk of handle.createReadStream({ highWaterMark: 1 << 18 })) {
      rest += decoder.decode(chunk as Uint8Array, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) yield line;
      if (rest.length > LONGEST_LINE) throw new UnreadableFileError(`a line of more than ${LONGEST_LINE} characters`);
    }
    rest += decoder.decode();
  } catch (error) {
    if (error instanceof TypeError) throw new UnreadableFileError('bytes that are not UTF-8');
    const why = whyUnreadable(error);
    if (why === undefined) throw error;
    throw new UnreadableFileError(why);
  }
  if (rest !== '') yield rest;
}
