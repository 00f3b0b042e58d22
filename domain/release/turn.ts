/**
 * Whether it is this workload's turn for what is done every so many minutes: spread by its name, so that many workloads never
 * have theirs at once, and without a memory of the last time. A minute in which nobody asks is a turn that is missed.
 */
export function isItsTurn(workload: string, everyMinutes: number, nowEpochMs: number): boolean {
  return (Math.floor(nowEpochMs / 60_000) + fnv1a(workload)) % everyMinutes === 0;
}

/** 32 bits. http://www.isthe.com/chongo/tech/comp/fnv/ */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash;
}
