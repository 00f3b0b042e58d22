import { parseWayBack } from '../../../adapters/router/alb/way-back.ts';
import type { Slot } from '../../../domain/dial.ts';
import type { ReleaseState } from '../../../domain/ledger/state.ts';
import { answering, believing, nothing, type PlantedBug, silent, withPort } from './plant.ts';

const notGoingBack = ({ rollBack: _, ...rest }: ReleaseState): ReleaseState => rest;

/** Ways back, the point of no return, and what comes after the end. */
export const END_BUGS: PlantedBug[] = [
  {
    name: 'a stale writer that nothing fences off',
    in: 'release-call',
    seed: 55,
    rule: /does not go on/,
    wrap: believing(['shift-traffic', 'size-canary', 'next-step'], notGoingBack),
  },
  {
    name: 'retiring without looking for a claim',
    in: 'retire-stable',
    seed: 46,
    rule: /does not go on|not promoted/,
    wrap: believing(['look', 'retire-stable'], notGoingBack),
  },
  {
    name: 'a canary that is scaled down before it has drained',
    in: 'verify-traffic',
    seed: 1,
    rule: /drains/,
    wrap: answering('verify-traffic', move => (move.kind === 'lookAgain' ? { ...move, kind: 'advance' } : move)),
  },
  {
    name: 'stable that is scaled down before it has drained',
    in: 'retire-stable',
    seed: 1,
    rule: /drains/,
    wrap: believing(['retire-stable'], release =>
      release.retiringAtEpochMs === undefined ? release : { ...release, retiringAtEpochMs: 0 },
    ),
  },
  {
    name: 'a canary whose dead targets nobody sees',
    in: 'canary-serving',
    seed: 29,
    rule: /slot that serves|scaled down/,
    wrap: withPort('targets', ['look', 'retire-stable'], targets => ({
      async read(workload) {
        const { blue, green } = await targets.read(workload);
        return { blue: { ...blue, healthy: 99 }, green: { ...green, healthy: 99 } };
      },
    })),
  },
  {
    name: 'stable whose pods go whatever the dial says',
    in: 'retire-stable',
    seed: 561,
    rule: /scaled down|not turned/,
    wrap: withPort('router', ['retire-stable'], router => ({
      async readDial(workload) {
        const dial = await router.readDial(workload).catch(() => ({ blue: 0, green: 0 }));
        return dial.green >= dial.blue ? { blue: 0, green: 100 } : { blue: 100, green: 0 };
      },
    })),
  },
  {
    name: 'a way back to the canary',
    in: 'restore-traffic',
    seed: 1,
    rule: /back is to stable/,
    wrap: withPort('router', ['restore-traffic'], router => ({
      goBack: (workload, wayBack, options) =>
        router.goBack(workload, { ...wayBack, stable: other(parseWayBack(wayBack).stable ?? 'blue') }, options),
    })),
  },
  {
    name: 'a way back that turns nothing',
    in: 'restore-traffic',
    seed: 1,
    rule: /every release ends|ends whole|nothing spins/,
    wrap: withPort('router', ['restore-traffic'], () => ({ goBack: nothing })),
  },
  {
    name: 'pods of a canary that go whatever the dial says',
    in: 'retire-canary',
    seed: 81,
    rule: /scaled down|cut off|ends whole|nothing spins/,
    wrap: withPort('router', ['verify-traffic', 'retire-canary'], router => ({
      async readDial(workload) {
        await router.readDial(workload).catch(() => undefined);
        return { blue: 100, green: 0 };
      },
    })),
  },
  {
    name: 'connections of stable that are cut',
    in: 'verify-traffic',
    seed: 2,
    rule: /scaled down/,
    wrap: withPort('targets', ['verify-traffic'], targets => ({
      cutConnections: (workload, slot) => targets.cutConnections(workload, other(slot)),
    })),
  },
  {
    name: 'a canary whose pods stay',
    in: 'retire-canary',
    seed: 1,
    rule: /at rest/,
    wrap: withPort('cluster', ['retire-canary'], () => ({ scaleSlot: nothing })),
  },
  {
    name: "stable's autoscaler that is not put back",
    in: 'retire-canary',
    seed: 1,
    rule: /put back/,
    wrap: withPort('cluster', ['retire-canary', 'retire-stable', 'reconcile'], () => ({
      setAutoscalerMinimum: nothing,
      restoreAutoscalerMinimum: nothing,
    })),
  },
  {
    name: 'a release that is closed as promoted, whatever it was',
    in: 'close',
    seed: 1,
    rule: /promoted/,
    wrap: withPort('ledger', ['close'], ledger => ({
      append: (workload, after, line) =>
        line.fact.kind === 'closed' && line.fact.outcome === 'rolledBack'
          ? ledger.append(workload, after, { ...line, fact: { ...line.fact, outcome: 'promoted' } })
          : ledger.append(workload, after, line),
    })),
  },
  {
    name: 'a release that waits and is not begun',
    in: 'close',
    seed: 2,
    rule: /begins when it can|every release ends/,
    wrap: withPort('executions', ['close'], () => ({ start: nothing })),
  },
  {
    name: 'an execution that is not stopped when its release goes back',
    in: 'restore-traffic',
    rule: 'the fence stops it at its next state, a minute later at most, and until then it does nothing',
    wrap: withPort('executions', ['restore-traffic'], () => ({ stop: nothing })),
  },
  {
    name: 'an abort past the point of no return',
    in: 'abort',
    seed: 109,
    rule: /point of no return/,
    wrap: believing(['abort'], ({ retiringAtEpochMs: _, ...rest }) => rest),
  },
  {
    name: 'a fault past the point of no return that goes back',
    in: 'start-roll-back',
    seed: 4,
    rule: /point of no return/,
    wrap: believing(['start-roll-back', 'execution-ended', 'reconcile'], ({ retiringAtEpochMs: _, ...rest }) => rest),
  },
  {
    name: 'a reconciler that is off, and nobody who hears of ends',
    in: 'reconcile',
    seed: 1,
    rule: /every release ends/,
    wrap: silent('reconcile', 'execution-ended'),
  },
  {
    name: 'a reconciler that takes what runs for dead',
    in: 'rescue',
    seed: 181,
    rule: /for a reason|nothing spins/,
    wrap: withPort('executions', ['reconcile'], executions => ({
      async describe(machine, name) {
        const found = await executions.describe(machine, name);
        return found === 'notThere' ? found : { ...found, status: 'FAILED' as const };
      },
    })),
  },
  {
    name: 'a next run that is claimed for a release that goes back',
    in: 'start-next-run',
    seed: 412,
    rule: /does not go on/,
    wrap: believing(['look', 'start-next-run'], notGoingBack),
  },
];

const other = (slot: Slot): Slot => (slot === 'blue' ? 'green' : 'blue');
