import { LedgerConflictError } from '../../adapters/ledger/errors.ts';
import type { Dial } from '../../domain/dial.ts';
import type { WindowRecord } from '../../domain/judgement/reading.ts';
import type { ReleaseState, WorkloadState } from '../../domain/ledger/state.ts';
import { openApprovals } from '../../domain/release/approvals.ts';
import type { RoadMove } from '../../functions/shared/move.ts';
import type { AllDeps } from '../../lab/functions.ts';
import { overriding } from '../../lab/overriding.ts';
import { currentInvocation } from '../../lab/simulation/invocation.ts';
import type { Handlers } from '../../lab/simulation/lambda.ts';
import type { Wrap } from '../../lab/simulation/simulate.ts';

/** A mistake that somebody could make in the product, made around its ports and handlers. */
export interface PlantedBug {
  name: string;
  /** The first seed that found it, where the search begins: as scenarios change, it moves. */
  seed: number;
  /** The rule that it breaks. */
  rule: RegExp;
  wrap: Wrap;
}

const withLedger = (make: (ledger: AllDeps['ledger']) => Partial<AllDeps['ledger']>): Wrap => ({
  deps: deps => ({ ...deps, ledger: overriding(deps.ledger, make(deps.ledger)) }),
});

/** The ledger as some handlers believe it to be. */
const believing = (handlers: string[], change: (active: ReleaseState) => ReleaseState): Wrap =>
  withLedger(ledger => ({
    async read(workload): Promise<WorkloadState> {
      const state = await ledger.read(workload);
      const { active } = state;
      const believes = handlers.length === 0 || handlers.includes(currentInvocation()?.name ?? '');
      return active === undefined || !believes ? state : { ...state, active: change(active) };
    },
  }));

const notGoingBack = ({ rollBack: _, ...rest }: ReleaseState): ReleaseState => rest;

const answering = (name: string, change: (move: RoadMove) => unknown): Wrap => ({
  handlers: (handlers: Handlers) => ({
    ...handlers,
    [name]: async (event, context) => change((await handlers[name]?.(event, context)) as RoadMove),
  }),
});

const silent = (...names: string[]): Wrap => ({
  handlers: handlers => ({ ...handlers, ...Object.fromEntries(names.map(name => [name, async () => []])) }),
});

/** What was set is believed, and nobody asks again. */
function withoutReadBack(deps: AllDeps): AllDeps {
  const set = new Map<string, Dial>();
  const router = overriding(deps.router, {
    async setDial(workload, dial) {
      set.set(workload.name, dial);
      await deps.router.setDial(workload, dial);
    },
    async readDial(workload) {
      return set.get(workload.name) ?? deps.router.readDial(workload);
    },
    async goBack(wayBack) {
      const other = { blue: 0, green: 0, [wayBack.stable]: 100 };
      set.set('shop', other);
      await deps.router.goBack(wayBack);
    },
  });
  return { ...deps, router };
}

function forgiven(record: WindowRecord): WindowRecord {
  const { reading } = record;
  if (reading.kind !== 'counts' || reading.canary === null) return record;
  return { ...record, reading: { ...reading, canary: { ...reading.canary, bad: [0] } } };
}

export const PLANTED_BUGS: PlantedBug[] = [
  {
    name: 'a shift without its intent',
    seed: 1,
    rule: /intent/,
    wrap: withLedger(ledger => ({
      append: async (workload, after, line) =>
        line.fact.kind === 'shiftIntended' ? after : ledger.append(workload, after, line),
    })),
  },
  {
    name: 'a dial that is set and not read back',
    seed: 306,
    rule: /scaled down|ends whole|points at|has an end|every release ends|goes back does not go on/,
    wrap: { deps: withoutReadBack },
  },
  {
    name: 'an append without its condition',
    seed: 71,
    rule: /does not go on|happens once|one-way door|one release|is over/,
    wrap: withLedger(ledger => ({
      async append(workload, after, line) {
        try {
          return await ledger.append(workload, after, line);
        } catch (error) {
          if (!(error instanceof LedgerConflictError)) throw error;
          return ledger.append(workload, await ledger.read(workload), line);
        }
      },
    })),
  },
  {
    name: 'a window that straddles a shift is judged',
    seed: 139,
    rule: /has its evidence|straddles/,
    wrap: withLedger(ledger => ({
      windows: async releaseId => (await ledger.windows(releaseId)).map(record => ({ ...record, straddles: false })),
    })),
  },
  {
    name: 'a stale writer that nothing fences off',
    seed: 39,
    rule: /does not go on/,
    wrap: believing(['shift-traffic', 'size-canary', 'next-step'], notGoingBack),
  },
  {
    name: 'retiring without looking for a claim',
    seed: 59,
    rule: /does not go on|not promoted/,
    wrap: believing(['look', 'retire-stable'], notGoingBack),
  },
  {
    name: 'a canary that is scaled down before it has drained',
    seed: 1,
    rule: /drains/,
    wrap: answering('verify-traffic', move => (move.kind === 'lookAgain' ? { ...move, kind: 'advance' } : move)),
  },
  {
    name: 'a shift to a slot without healthy targets',
    seed: 10,
    rule: /points at what is ready/,
    wrap: {
      deps: deps => {
        const targets = overriding(deps.targets, {
          async read(workload) {
            const { blue, green } = await deps.targets.read(workload);
            const atLeastOne = <Counts extends { healthy: number }>(counts: Counts): Counts => ({
              ...counts,
              healthy: Math.max(1, counts.healthy),
            });
            return { blue: atLeastOne(blue), green: atLeastOne(green) };
          },
        });
        return { ...deps, targets };
      },
    },
  },
  {
    name: 'a degraded verdict that a later look overrules',
    seed: 11,
    rule: /degraded is final|bad is not promoted/,
    wrap: {
      ...answering('look', move =>
        move.kind === 'rollBack' && move.reason === 'degraded' ? { ...move, kind: 'lookAgain', seconds: 10 } : move,
      ),
      // only what the newest windows say counts
      ...withLedger(ledger => ({
        async windows(releaseId) {
          const newestFirst = (await ledger.windows(releaseId)).sort((a, b) => b.startEpochMs - a.startEpochMs);
          return newestFirst.map((record, index) => (index < 3 ? record : forgiven(record)));
        },
      })),
    },
  },
  {
    name: 'alarms that are believed to be as they were at admission',
    seed: 168,
    rule: /nothing goes forward over an alarm/,
    wrap: {
      deps: deps => ({
        ...deps,
        alarms: overriding(deps.alarms, {
          async read(alarms) {
            if (currentInvocation()?.name === 'admit') return deps.alarms.read(alarms);
            return alarms.map(alarm => ({ alarm, state: 'OK' as const, reason: '' }));
          },
        }),
      }),
    },
  },
  {
    name: 'a new slot that does not drain where the traffic was turned back by hand',
    seed: 91,
    rule: /a slot drains before its pods go/,
    wrap: believing(['retire-stable'], release => {
      const { turnedBack } = release;
      return turnedBack === undefined ? release : { ...release, turnedBack: { ...turnedBack, atEpochMs: 0 } };
    }),
  },
  {
    name: 'a deadline that nobody keeps',
    seed: 42,
    rule: /deadline|every release ends/,
    wrap: believing([], release => {
      const { admission } = release;
      if (admission === undefined) return release;
      return { ...release, admission: { ...admission, deadlineEpochMs: admission.deadlineEpochMs + 86_400_000 } };
    }),
  },
  {
    name: 'a reconciler that is off, and nobody who hears of ends',
    seed: 1,
    rule: /every release ends/,
    wrap: silent('reconcile', 'execution-ended'),
  },
  {
    name: 'an approval that counts for whatever release is active',
    seed: 24,
    rule: /counts for its release/,
    wrap: {
      handlers: (handlers, stage) => ({
        ...handlers,
        approve: async (event, context) => {
          const { active } = stage.state('shop');
          const [open] = active === undefined ? [] : openApprovals(active);
          if (active === undefined || open === undefined) return handlers.approve?.(event, context);
          const { name, opening } = open;
          return handlers.approve?.({ ...(event as object), releaseId: active.releaseId, name, opening }, context);
        },
      }),
    },
  },
];
