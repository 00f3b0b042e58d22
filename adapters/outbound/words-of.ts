/** More of a page than this helps nobody who reads a sentence. */
const LONGEST_WORDS = 200;

/**
 * What a server says of its own failure, short enough for a sentence: the message of a JSON answer, or the text of a page
 * without its tags. Empty: it says nothing, or nothing that is known to be for people.
 * @example wordsOf('{"status":"error","errorType":"timeout","error":"query timed out"}') // 'timeout: query timed out'
 * @example wordsOf('<html><h1>413 Request Entity Too Large</h1></html>') // '413 Request Entity Too Large'
 */
export function wordsOf(text: string): string {
  const words = messageOf(text) ?? text.replaceAll(/<(style|script)\b.*?<\/\1>/gis, ' ').replaceAll(/<[^>]*>/g, ' ');
  const short = words.replaceAll(/\s+/g, ' ').trim();
  return short.length > LONGEST_WORDS ? `${short.slice(0, LONGEST_WORDS - 1)}…` : short;
}

/** `: ` and the words, or nothing where there are none. */
export const andWords = (text: string): string => {
  const words = wordsOf(text);
  return words === '' ? '' : `: ${words}`;
};

/** Where servers put it: Prometheus and its kin (errorType, error), AWS (message, Message), RFC 9457 (title, detail). */
function messageOf(text: string): string | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return undefined; // a page, or plain text, which is read as it stands
  }
  if (typeof answer !== 'object' || answer === null) return undefined;
  const { errorType, error, message, Message, title, detail } = answer as Record<string, unknown>;
  const said = [errorType, error ?? message ?? Message ?? title, detail].filter(part => typeof part === 'string');
  return said.join(': ');
}
