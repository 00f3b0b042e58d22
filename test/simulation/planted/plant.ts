import { overriding } from '../../../adapters/overriding.ts';
import type { Output, OutputKind } from '../../../application/outputs.ts';
import type { Fact } from '../../../domain/ledger/facts.ts';
import type { ReleaseState, WorkloadState } from '../../../domain/ledger/state.ts';
import type { AllDeps } from '../../../functions/lambda/handlers.ts';
import { currentInvocation } from '../../../lab/simulation/invocation.ts';
import type { Handlers } from '../../../lab/simulation/lambda.ts';
import type { Wrap } from '../../../lab/simulation/simulate.ts';
import type { Stage } from '../../../lab/simulation/stage.ts';

/** What a handler of either machine answers. */
type AnyOutput = Output<OutputKind>;

/** A mistake that somebody could make in the product, made around its ports and handlers. */
export interface PlantedBug {
  name: string;
  /** The handler, or part of the domain, in which it would stand. */
  in: string;
  /** The first seed that found it, where the search begins: as scenarios change, it moves. Absent: none of 1,000 does. */
  seed?: number;
  /** The rule that it breaks; of one that none finds: why not. */
  rule: RegExp | string;
  wrap: Wrap;
}

/** Whether one of these handlers runs now; none named: any. */
const runs = (handlers: readonly string[]): boolean =>
  handlers.length === 0 || handlers.includes(currentInvocation()?.name ?? '');

type Methods<Name extends keyof AllDeps> = (
  port: AllDeps[Name] & object,
  stage: Stage,
) => Partial<AllDeps[Name] & object>;

/** Some methods of a port are others, for these handlers. */
export const withPort = <Name extends keyof AllDeps>(
  name: Name,
  handlers: readonly string[],
  make: Methods<Name>,
): Wrap => ({
  deps(deps, stage) {
    const port = deps[name] as AllDeps[Name] & object;
    const methods = make(port, stage);
    const guarded = Object.fromEntries(
      Object.entries(methods).map(([key, method]) => {
        const own = Reflect.get(port, key) as (...args: unknown[]) => unknown;
        const other = method as (...args: unknown[]) => unknown;
        return [key, (...args: unknown[]) => (runs(handlers) ? other(...args) : Reflect.apply(own, port, args))];
      }),
    );
    return { ...deps, [name]: overriding(port, guarded as Partial<AllDeps[Name] & object>) };
  },
});

/** The ledger as some handlers believe it to be; what they write follows what is there. */
export const believingAll = (handlers: readonly string[], change: (state: WorkloadState) => WorkloadState): Wrap => ({
  deps: (deps, stage) => ({
    ...deps,
    ledger: overriding(deps.ledger, {
      async read(workload): Promise<WorkloadState> {
        const state = await deps.ledger.read(workload);
        return runs(handlers) ? change(state) : state;
      },
      async append(workload, after, line): Promise<WorkloadState> {
        if (!runs(handlers)) return deps.ledger.append(workload, after, line);
        const real = stage.state(workload);
        return change(await deps.ledger.append(workload, real.seq === after.seq ? real : after, line));
      },
    }),
  }),
});

export const believing = (handlers: readonly string[], change: (active: ReleaseState) => ReleaseState): Wrap =>
  believingAll(handlers, state => (state.active === undefined ? state : { ...state, active: change(state.active) }));

/** What a handler answers is another thing. */
export const answering = (name: string, change: (move: AnyOutput) => unknown): Wrap => ({
  handlers: (handlers: Handlers) => ({
    ...handlers,
    [name]: async (event, context) => change((await handlers[name]?.(event, context)) as AnyOutput),
  }),
});

/** A handler does one more thing after its own. */
export const afterwards = (
  name: string,
  more: (stage: Stage, move: AnyOutput, append: (fact: Fact) => Promise<void>) => Promise<unknown>,
): Wrap => {
  const held: { deps?: AllDeps } = {};
  return {
    deps(deps) {
      held.deps = deps;
      return deps;
    },
    handlers: (handlers, stage) => ({
      ...handlers,
      [name]: async (event, context) => {
        const move = (await handlers[name]?.(event, context)) as AnyOutput;
        const { releaseId = '', run } = event as { releaseId?: string; run?: number };
        const append = async (fact: Fact) => {
          const state = stage.state('shop');
          const line = { releaseId, atEpochMs: Date.now(), by: `${releaseId} run ${run}`, fact };
          await held.deps?.ledger.append('shop', state, line);
        };
        return more(stage, move, append);
      },
    }),
  };
};

/** These handlers are never reached. */
export const silent = (...names: string[]): Wrap => ({
  handlers: handlers => ({ ...handlers, ...Object.fromEntries(names.map(name => [name, async () => []])) }),
});

/** A line is not written, and whoever wrote it goes on as if it was. */
export const withoutLine = (kind: Fact['kind']): Wrap =>
  withPort('ledger', [], ledger => ({
    append: async (workload, after, line) => (line.fact.kind === kind ? after : ledger.append(workload, after, line)),
  }));

/** Nothing is done, and it is called done. */
export const nothing = async (): Promise<void> => {};
