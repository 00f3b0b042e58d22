/*
 * What CloudFormation is told of a custom resource: a PUT to an address that it signed, once, of at most 4,096 bytes.
 * docs: "Custom resource request/response reference"
 */

export interface Answer {
  Status: 'SUCCESS' | 'FAILED';
  Reason?: string;
  PhysicalResourceId: string;
  StackId: string;
  RequestId: string;
  LogicalResourceId: string;
  Data?: Record<string, string>;
}

const MOST_BYTES = 4_096;
const TRIES = 2;
const TRY_TIMEOUT_MS = 8_000;
const TRY_PAUSE_MS = 1_000;

/** All tries: 8 + 1 + 8 s. */
export const ANSWER_MS = TRIES * TRY_TIMEOUT_MS + (TRIES - 1) * TRY_PAUSE_MS;

/**
 * Tells CloudFormation. An address that does not answer, or not now, is tried again once.
 * @throws Error where the answer was not taken: Lambda calls again, and after the last time the call is a dead letter
 */
export async function sendAnswer(
  url: string,
  answer: Answer,
  pause: (milliseconds: number) => Promise<unknown>,
): Promise<Answer> {
  const fitting = fitted(answer);
  const body = JSON.stringify(fitting);
  for (let tries = 1; ; tries += 1) {
    const problem = await put(url, body);
    if (problem === undefined) return fitting;
    if (tries === TRIES || problem.isFinal) throw new Error(`CloudFormation did not take the answer: ${problem.text}`);
    await pause(TRY_PAUSE_MS);
  }
}

async function put(url: string, body: string): Promise<{ text: string; isFinal: boolean } | undefined> {
  try {
    const signal = AbortSignal.timeout(TRY_TIMEOUT_MS);
    // the address is signed for an empty content type
    const response = await fetch(url, { method: 'PUT', headers: { 'content-type': '' }, body, signal });
    await response.body?.cancel();
    return response.ok ? undefined : { text: `status ${response.status}`, isFinal: response.status < 500 };
  } catch (error) {
    // fetch hides why in the cause; neither has the address in it
    const { cause = error } = error as { cause?: unknown };
    return { text: cause instanceof Error ? cause.message : String(cause), isFinal: false };
  }
}

/** The same in what CloudFormation takes: a longer reason is cut, and attributes that do not fit are a failure. */
export function fitted(answer: Answer): Answer {
  const bytes = bytesOf(answer);
  if (bytes <= MOST_BYTES) return answer;
  const { Data: _, Reason, ...others } = answer;
  if (Reason === undefined) {
    const because = `the answer has ${bytes} bytes, and CloudFormation takes ${MOST_BYTES}: its attributes are too long`;
    return fitted({ ...others, Status: 'FAILED', Reason: because });
  }
  const letters = Array.from(Reason); // so that no letter is cut in two
  const cutAt = (length: number): Answer => ({ ...others, Reason: `${letters.slice(0, length).join('')}…` });
  let [fits, tooLong] = [0, letters.length];
  while (tooLong - fits > 1) {
    const middle = Math.floor((fits + tooLong) / 2);
    if (bytesOf(cutAt(middle)) <= MOST_BYTES) fits = middle;
    else tooLong = middle;
  }
  return cutAt(fits);
}

const bytesOf = (answer: Answer): number => Buffer.byteLength(JSON.stringify(answer));
