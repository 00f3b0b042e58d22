/** What goes wrong with one request, in this order: the delay, then whatever answers in the handler's place. */
export interface FaultsOfRequest {
  delayMs: number;
  instead?: InsteadFault;
}

export type InsteadFault =
  | { kind: 'throttle' }
  | { kind: 'fail'; statusCode: number }
  /** The connection ends before the operation was done. */
  | { kind: 'drop' }
  /** The operation is done, but the connection ends before the answer: the caller cannot know. */
  | { kind: 'loseAnswer' };

/** Faults on demand, by operation (`ModifyRule`), used up one request at a time in the order they were asked for. */
export interface Faults {
  /** @param times Infinity: until `clear` */
  throttle(operation: string, times: number): void;
  fail(operation: string, times: number, statusCode: number): void;
  drop(operation: string, times: number): void;
  loseAnswer(operation: string, times: number): void;
  /** @param ms on the wall clock; may be combined with one of the others */
  delay(operation: string, ms: number, times: number): void;
  /** Ends every fault of the operation, or of all. */
  clear(operation?: string): void;
}

export function openFaults(): Faults & { take(operation: string): FaultsOfRequest } {
  const instead = new Queues<InsteadFault>();
  const delays = new Queues<number>();
  return {
    throttle: (operation, times) => instead.add(operation, { kind: 'throttle' }, times),
    fail: (operation, times, statusCode) => instead.add(operation, { kind: 'fail', statusCode }, times),
    drop: (operation, times) => instead.add(operation, { kind: 'drop' }, times),
    loseAnswer: (operation, times) => instead.add(operation, { kind: 'loseAnswer' }, times),
    delay: (operation, ms, times) => delays.add(operation, ms, times),
    clear(operation) {
      instead.clear(operation);
      delays.clear(operation);
    },
    take(operation) {
      const delayMs = delays.take(operation) ?? 0;
      const fault = instead.take(operation);
      return fault === undefined ? { delayMs } : { delayMs, instead: fault };
    },
  };
}

class Queues<T> {
  readonly #byOperation = new Map<string, { fault: T; left: number }[]>();

  add(operation: string, fault: T, times: number): void {
    if (times <= 0) return;
    this.#byOperation.set(operation, [...(this.#byOperation.get(operation) ?? []), { fault, left: times }]);
  }

  take(operation: string): T | undefined {
    const queue = this.#byOperation.get(operation);
    const first = queue?.[0];
    if (first === undefined) return undefined;
    first.left -= 1;
    if (first.left === 0) queue?.shift();
    return first.fault;
  }

  clear(operation: string | undefined): void {
    if (operation === undefined) this.#byOperation.clear();
    else this.#byOperation.delete(operation);
  }
}
