import { setTimeout as pause } from 'node:timers/promises';

const ASK_EVERY_MS = 50;

/** Asks again and again until it holds. @throws Error after `withinMs`: it never did */
export async function until(what: string, holds: () => Promise<boolean>, withinMs = 30_000): Promise<void> {
  const giveUpMs = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > giveUpMs) throw new Error(`not within ${withinMs / 1000} s: ${what}`);
    await pause(ASK_EVERY_MS);
  }
}
