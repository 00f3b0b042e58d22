import { UnreachableError } from '../../domain/errors.ts';

/**
 * Functions in a VPC, which Lambda puts to sleep when nobody has called them for weeks: it takes their network interface away, and
 * needs 90 s and more to make it again.
 */
export interface Sleepers {
  /** ARNs, of the version that is called. */
  readonly functions: readonly string[];
  /** Calls one, which does nothing. One that is asleep wakes up by it. @throws SleeperUnreachableError */
  wake(functionArn: string): Promise<void>;
}

export class SleeperUnreachableError extends UnreachableError {
  override readonly name = 'SleeperUnreachableError';
}

/** What a function is called with that is to do nothing. */
export const STAY_AWAKE = { sluice: 'stayAwake' } as const;

export const isStayAwake = (event: unknown): boolean =>
  typeof event === 'object' && event !== null && 'sluice' in event && event.sluice === STAY_AWAKE.sluice;
