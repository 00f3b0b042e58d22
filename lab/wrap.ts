const COLUMNS = 80;

/**
 * A sentence in lines of at most 80 columns, broken between words; a word that is longer has a line of its own.
 * @param first what stands before the first line; the others are indented by as much   @returns with a newline at the end
 */
export function wrapped(sentence: string, first = ''): string {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of sentence.split(' ')) {
    if (!isEmpty && line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = ' '.repeat(first.length);
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return `${[...lines, line].map(text => text.trimEnd()).join('\n')}\n`;
}
