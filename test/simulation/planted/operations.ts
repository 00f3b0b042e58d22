import { openApprovals } from '../../../domain/release/approvals.ts';
import { believing, believingAll, nothing, type PlantedBug, silent, withPort } from './plant.ts';

/** Operations of people and of events, and what people are told. */
export const OPERATION_BUGS: PlantedBug[] = [
  {
    name: 'an approval that counts for whatever release is active',
    in: 'approve',
    seed: 26,
    rule: /counts for its/,
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
  {
    name: 'an approval by whoever comes by',
    in: 'approve',
    seed: 1,
    rule: /counts for its groups/,
    wrap: {
      handlers: handlers => ({
        ...handlers,
        approve: async (event, context) => handlers.approve?.({ ...(event as object), groups: ['leads'] }, context),
      }),
    },
  },
  {
    name: 'an approval by the one who started',
    in: 'approvals',
    seed: 41,
    rule: /given by people/,
    wrap: believing(['approve'], release => ({ ...release, requestedBy: 'nobody' })),
  },
  {
    name: 'one approval where two are required',
    in: 'approvals',
    seed: 24,
    rule: /given by people/,
    wrap: believing(['look', 'next-step'], release => ({
      ...release,
      approvals: Object.fromEntries(
        Object.entries(release.approvals).map(([name, approval]) => [
          name,
          approval.approvedBy.length === 0 ? approval : { completeAtEpochMs: Date.now(), ...approval },
        ]),
      ),
    })),
  },
  {
    name: 'an approval that does not end its pause',
    in: 'await-approval',
    rule: 'the pause ends by itself within a minute, and the approval is in the ledger: it is only later',
    wrap: withPort('ledger', ['await-approval'], () => ({ putToken: nothing })),
  },
  {
    name: 'a push that is released again and again',
    in: 'push',
    seed: 4,
    rule: /one push is one release/,
    wrap: believingAll(['image-pushed', 'reconcile'], state => {
      const { newestPush: _, live: __, ...rest } = state;
      return { ...rest, ended: [] };
    }),
  },
  {
    name: 'a push without an event that nobody looks for',
    in: 'find-pushes',
    seed: 30,
    rule: /a push is not lost/,
    wrap: withPort('images', ['reconcile'], () => ({ listTagged: async () => [] })),
  },
  {
    name: 'an undo that finds another revision than it names',
    in: 'admission',
    seed: 435,
    rule: /what was released|for a reason/,
    wrap: withPort('cluster', ['admit'], (cluster, stage) => ({
      async readSlot(workload, slot) {
        const status = await cluster.readSlot(workload, slot);
        const { active, ended } = stage.state(workload.name);
        const undone = ended.find(({ releaseId }) => releaseId === active?.undoOf)?.admission;
        return undone?.stable === slot ? { ...status, revision: undone.stableRevision } : status;
      },
    })),
  },
  {
    name: 'an alarm that takes back what has no traffic',
    in: 'alarm-changed',
    seed: 196,
    rule: /for a reason/,
    wrap: believing(['alarm-changed'], release => ({
      ...release,
      shifts: [{ from: { blue: 100, green: 0 }, to: { blue: 0, green: 100 }, weight: 100, intendedAtEpochMs: 0 }],
    })),
  },
  {
    name: 'alarms that nobody reads at admission',
    in: 'admit',
    seed: 17,
    rule: /over an alarm/,
    wrap: withPort('alarms', ['admit'], () => ({
      read: async alarms => alarms.map(alarm => ({ alarm, state: 'OK' as const, reason: '' })),
    })),
  },
  {
    name: 'alarms that are believed to be as they were at admission',
    in: 'watch-alarms',
    seed: 100,
    rule: /over an alarm/,
    wrap: withPort('alarms', ['look', 'shift-traffic', 'retire-stable', 'next-step'], () => ({
      read: async alarms => alarms.map(alarm => ({ alarm, state: 'OK' as const, reason: '' })),
    })),
  },
  {
    name: 'a new slot that does not drain where the traffic was turned back by hand',
    in: 'retire-turned-back',
    seed: 91,
    rule: /a slot drains before its pods go/,
    wrap: believing(['retire-stable'], release => {
      const { turnedBack } = release;
      return turnedBack === undefined ? release : { ...release, turnedBack: { ...turnedBack, atEpochMs: 0 } };
    }),
  },
  {
    name: 'a release in the name of nobody',
    in: 'start',
    seed: 2,
    rule: /has its actor/,
    wrap: {
      handlers: handlers => ({
        ...handlers,
        start: async (event, context) => handlers.start?.({ ...(event as object), by: 'nobody' }, context),
      }),
    },
  },
  {
    name: 'a slot that is recorded as live and is the other one',
    in: 'record-live',
    seed: 494,
    rule: /the right slot|every release ends/,
    wrap: withPort('ledger', ['record-live'], ledger => ({
      async append(workload, after, line) {
        const { fact } = line;
        if (fact.kind !== 'liveRecorded') return ledger.append(workload, after, line);
        const slot = fact.slot === 'blue' ? 'green' : 'blue';
        return ledger.append(workload, after, { ...line, fact: { ...fact, slot } });
      },
    })),
  },
  {
    name: 'an undo of another release than the last',
    in: 'undo',
    rule: 'it is refused: by the operation, or at admission, for the slot has not what that release left in it',
    wrap: believingAll(['undo'], state => ({ ...state, ended: state.ended.slice(1) })),
  },
  {
    name: 'pushes that nobody hears of',
    in: 'image-pushed',
    rule: 'the reconciler finds them, five minutes later',
    wrap: silent('image-pushed'),
  },
  {
    name: 'ends of executions that nobody hears of',
    in: 'execution-ended',
    rule: 'the reconciler finds them, a minute later',
    wrap: silent('execution-ended'),
  },
  ...Object.entries({ admit: 1, 'open-approval': 1, look: 1, close: 1, reconcile: 12 }).map(
    ([handler, seed]): PlantedBug => ({
      name: `nobody is told by ${handler}`,
      in: handler,
      seed,
      rule: /a person is (told|called)/,
      wrap: withPort('notifier', [handler], () => ({ notify: nothing })),
    }),
  ),
];
