/**
 * What a look asks of others it asks at once, and waits for so long: a Lambda has 20 s, a cold start and the ledger want their
 * share. What has not answered by then is not known, and the next look asks again.
 */
const LOOK_ASKS_SECONDS = 12;

/** For what is asked a second time in one look. */
export const ASKED_AGAIN_SECONDS = 4;

/** A metric source gets a little less, so that what it has by then is kept. */
export const METRICS_WITHIN_MS = (LOOK_ASKS_SECONDS - 1) * 1000;

/** The answer, or the error of `late` where there is none by then. What is asked of others here only reads. */
export async function inTime<T>(
  asked: Promise<T>,
  late: (because: string) => Error,
  seconds = LOOK_ASKS_SECONDS,
): Promise<T> {
  const waiting = Promise.withResolvers<never>();
  const because = `no answer within the ${seconds} s that a look has for it`;
  const timer = setTimeout(() => waiting.reject(late(because)), seconds * 1000);
  try {
    return await Promise.race([asked, waiting.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** All of them, when the last has ended: one that still writes must not be left behind by one that failed. @throws what the first of the list threw */
export async function allEnded<T extends readonly unknown[]>(
  asked: {
    [K in keyof T]: Promise<T[K]>;
  },
): Promise<T> {
  await Promise.allSettled(asked);
  return Promise.all(asked) as unknown as Promise<T>;
}
