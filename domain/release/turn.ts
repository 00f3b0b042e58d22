/**
 * Whether it is this workload's turn for what is done every so many minutes: spread by its name, so that many workloads never
 * have theirs at once, and without a memory of the last time. A minute in which nobody asks is a turn that is missed.
 */
export const isItsTurn = (workload: string, everyMinutes: number, nowEpochMs: number): boolean =>
  minutesSinceTurn(workload, everyMinutes, nowEpochMs) === 0;

/**
 * Whether it has had a turn since the last time that it was done, for whoever remembers that: a turn in whose minute nobody
 * asked is not missed. @param lastEpochMs undefined: nobody remembers, and it is due
 */
export function hasHadTurn(
  workload: string,
  everyMinutes: number,
  { lastEpochMs, nowEpochMs }: { lastEpochMs: number | undefined; nowEpochMs: number },
): boolean {
  if (lastEpochMs === undefined) return true;
  const turnMinute = minuteOf(nowEpochMs) - minutesSinceTurn(workload, everyMinutes, nowEpochMs);
  return minuteOf(lastEpochMs) < turnMinute;
}

/** A place of this workload among the others that is another one each minute. 0 to 2^32 - 1. */
export const placeInMinute = (workload: string, nowEpochMs: number): number =>
  mixed(fnv1a(`${workload} ${minuteOf(nowEpochMs)}`));

const minuteOf = (epochMs: number): number => Math.floor(epochMs / 60_000);

const minutesSinceTurn = (workload: string, everyMinutes: number, nowEpochMs: number): number =>
  (minuteOf(nowEpochMs) + fnv1a(workload)) % everyMinutes;

/** 32 bits. http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}

/** The end of MurmurHash3 (32 bits): texts that differ in one digit get places that are far apart. https://github.com/aappleby/smhasher */
function mixed(hash: number): number {
  const first = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  const second = Math.imul(first ^ (first >>> 13), 0xc2b2ae35);
  return (second ^ (second >>> 16)) >>> 0;
}
