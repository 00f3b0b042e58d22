import { AsyncLocalStorage } from 'node:async_hooks';
import type { Slot } from '../../domain/dial.ts';

/** One call of a handler: one process of Lambda, which may die at any await. */
export class Invocation {
  readonly id: number;
  readonly name: string;
  /** As the caller gave it. */
  readonly event: unknown;
  readonly startedAtEpochMs = Date.now();
  isAlive = true;
  /** Slots that were seen with healthy targets during this call, by the handler or by us. */
  readonly seenHealthy = new Set<Slot>();
  /** The targets could not be read. */
  isBlind = false;
  /** The ledger could not be read or written. */
  isWithoutLedger = false;
  /** The notifier could not be reached. */
  isWithoutNotifier = false;
  /** How far its clock is from the world's. */
  clockOffsetMs = 0;
  /** It dies right after so many effects; absent: it does not. */
  diesAfterEffects: number | undefined;
  /** Something went wrong with it, or with a call of it. */
  isHarmed = false;
  readonly died: Promise<never>;
  private readonly reject: (error: Error) => void;

  constructor(id: number, name: string, event: unknown) {
    this.id = id;
    this.name = name;
    this.event = event;
    const { promise, reject } = Promise.withResolvers<never>();
    promise.catch(() => {}); // whoever waits for it races; where nobody does any more, it is nobody's
    this.died = promise;
    this.reject = reject;
  }

  /** `look #12` */
  get who(): string {
    return `${this.name} #${this.id}`;
  }

  /** The process ends; Step Functions is told this error. What it has sent is on its way all the same. */
  die(errorName: string, because: string): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.reject(Object.assign(new Error(because), { name: errorName }));
  }
}

const running = new AsyncLocalStorage<Invocation>();

export const inInvocation = <T>(invocation: Invocation, act: () => T): T => running.run(invocation, act);

/** As if no call was on the stack: another version of the product acts. */
export const outsideInvocation = <T>(act: () => T): T => running.exit(act);

/** The call that is on the stack; undefined where the simulation itself asks. */
export const currentInvocation = (): Invocation | undefined => running.getStore();

/** Of an await in a process that is dead. */
export const never = (): Promise<never> => new Promise(() => {});
