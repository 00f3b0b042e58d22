import type { MessagePort, Worker } from 'node:worker_threads';
import { UnreachableError } from '../domain/errors.ts';

/**
 * Calls into a worker thread by message: arguments and answers are structured clones. A call is answered, or rejected
 * when the worker fails or ends: none waits for ever.
 */
export interface WorkerCalls {
  call(method: string, ...args: unknown[]): Promise<unknown>;
}

interface Call {
  id: number;
  method: string;
  args: unknown[];
}
type Answer = { id: number; value: unknown } | { id: number; error: string };

/** The worker ended or failed before it answered. */
export class WorkerEndedError extends UnreachableError {
  override readonly name = 'WorkerEndedError';
}

/** The calling side. */
export function callsTo(worker: Worker): WorkerCalls {
  const open = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let lastId = 0;
  let ended: Error | undefined;
  const endAll = (error: Error) => {
    ended ??= error;
    for (const call of open.values()) call.reject(ended);
    open.clear();
  };
  worker.on('message', (answer: Answer) => {
    const call = open.get(answer.id);
    open.delete(answer.id);
    if ('error' in answer) call?.reject(new Error(answer.error));
    else call?.resolve(answer.value);
  });
  worker.on('error', cause => endAll(new WorkerEndedError(`the worker failed: ${String(cause)}`, { cause })));
  worker.on('exit', code => endAll(new WorkerEndedError(`the worker ended with ${code}`)));
  return {
    call: (method, ...args) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) return reject(ended);
        lastId += 1;
        open.set(lastId, { resolve, reject });
        worker.postMessage({ id: lastId, method, args } satisfies Call);
      }),
  };
}

/** An object on the other side: the same methods, each answering with a promise. */
export type Remote<T> = {
  [Name in keyof T]: T[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Awaited<Result>>
    : never;
};

/** The methods named of the object that the worker knows as `objectName`. */
export function remote<T>(calls: WorkerCalls, objectName: string, methods: readonly (keyof T & string)[]): Remote<T> {
  return Object.fromEntries(
    methods.map(method => [method, (...args: unknown[]) => calls.call(`${objectName}.${method}`, ...args)]),
  ) as Remote<T>;
}

// biome-ignore lint/suspicious/noExplicitAny: both sides of a call are typed by the caller's own interface
type Methods = Record<string, (...args: any[]) => unknown>;

/**
 * The worker's side: answers `method` of `methods`, and `object.method` of `objects`, which may come later. What a
 * method throws reaches the caller as a message.
 */
export function answerCalls(port: MessagePort, objects: Record<string, object>, methods: Methods): void {
  port.on('message', async ({ id, method, args }: Call) => {
    let answer: Answer;
    try {
      const [objectName = '', name] = method.split('.', 2);
      const of = (name === undefined ? methods : objects[objectName]) as Methods | undefined;
      const handle = of?.[name ?? method];
      if (handle === undefined) throw new Error(`no method ${method}`);
      answer = { id, value: await handle.apply(of, args) };
    } catch (error) {
      answer = { id, error: error instanceof Error ? error.message : String(error) };
    }
    port.postMessage(answer);
  });
}
