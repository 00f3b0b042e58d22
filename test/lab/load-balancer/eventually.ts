import { vi } from 'vitest';

/** Waits until `assess` passes: far longer than it takes, for the machine may be busy with something else. */
export const eventually = (assess: () => void | Promise<void>): Promise<void> =>
  vi.waitFor(assess, { timeout: 15_000 });
