import { overriding } from '../../../adapters/overriding.ts';
import { parseWayBack } from '../../../adapters/router/alb/way-back.ts';
import type { Dial } from '../../../domain/dial.ts';
import type { AllDeps } from '../../../functions/lambda/handlers.ts';
import { currentInvocation } from '../../../lab/simulation/invocation.ts';
import { answering, believing, nothing, type PlantedBug, withoutLine, withPort } from './plant.ts';

const ROAD = ['look', 'next-step', 'size-canary', 'shift-traffic', 'call-hook', 'open-preview', 'open-approval'];

/** The steps of a release, its slots and its dial. */
export const ROAD_BUGS: PlantedBug[] = [
  {
    name: 'a shift before the canary is ready for it',
    in: 'next-step',
    seed: 1,
    rule: /readied before|points at what is ready|as many as/,
    wrap: believing(ROAD, release => (release.size === undefined ? release : { ...release, readiedForWeight: 100 })),
  },
  {
    name: 'a hook that is left out',
    in: 'next-step',
    seed: 3,
    rule: /steps come in order|a hook has passed/,
    wrap: believing(ROAD, release =>
      release.plan.steps[release.stepsDone]?.kind === 'hook'
        ? { ...release, stepsDone: release.stepsDone + 1 }
        : release,
    ),
  },
  {
    name: 'a hook whose answer is taken for a yes',
    in: 'hook-move',
    seed: 3,
    rule: /a hook has passed/,
    wrap: believing(['look'], release => ({
      ...release,
      hooks: Object.fromEntries(
        Object.entries(release.hooks).map(([name, hook]) => [name, { ...hook, answer: { passed: true, because: '' } }]),
      ),
    })),
  },
  {
    name: 'a preview that is left out',
    in: 'next-step',
    seed: 1,
    rule: /preview comes first/,
    wrap: believing(ROAD, release => ({ ...release, preview: { slot: 'green', opened: true } })),
  },
  {
    name: 'a soak that is left out',
    in: 'next-step',
    seed: 1,
    rule: /promoted is soaked/,
    wrap: answering('next-step', move => (move.kind === 'soak' ? { ...move, kind: 'retireStable' } : move)),
  },
  {
    name: 'a soak that is not written down',
    in: 'soak',
    seed: 1,
    rule: /spins|comes in order|every release ends/,
    wrap: withoutLine('soakStarted'),
  },
  {
    name: 'an approval that is left out',
    in: 'next-step',
    seed: 1,
    rule: /steps come in order/,
    wrap: believing(ROAD, release =>
      release.plan.steps[release.stepsDone]?.kind === 'approval'
        ? { ...release, stepsDone: release.stepsDone + 1 }
        : release,
    ),
  },
  {
    name: 'a weight that is not the one of the step',
    in: 'shift-traffic',
    seed: 1,
    rule: /what was intended|intent/,
    wrap: withPort('router', ['shift-traffic'], router => ({
      setDial: (workload, { blue, green }) => router.setDial(workload, { blue: green, green: blue }),
    })),
  },
  {
    name: 'a dial that is set and not read back',
    in: 'shift-traffic',
    seed: 51,
    rule: /scaled down|ends whole|points at|has an end|every release ends|written over|somebody else turned/,
    wrap: { deps: withoutReadBack },
  },
  {
    name: 'a dial that a person turned is taken for ours',
    in: 'dial-owner',
    seed: 140,
    rule: /somebody else turned/,
    wrap: {
      deps(deps, stage) {
        const router = overriding(deps.router, {
          async readDial(workload) {
            const dial = await deps.router.readDial(workload);
            const { shifts = [], admission } = stage.state(workload.name).active ?? {};
            const by = currentInvocation()?.name;
            if (admission === undefined || (by !== 'look' && by !== 'shift-traffic')) return dial;
            const last = shifts.at(-1);
            if (last === undefined) return { blue: 0, green: 0, [admission.stable]: 100 };
            const isSet = Math.abs(dial.blue - last.to.blue) < 0.1;
            return isSet || last.confirmedAtEpochMs === undefined ? dial : last.to;
          },
        });
        return { ...deps, router };
      },
    },
  },
  {
    name: 'a shift to a slot without healthy targets',
    in: 'shift-traffic',
    seed: 10,
    rule: /points at what is ready|slot that serves/,
    wrap: withPort('targets', [], targets => ({
      async read(workload) {
        const { blue, green } = await targets.read(workload);
        return { blue: atLeastOne(blue), green: atLeastOne(green) };
      },
    })),
  },
  {
    name: 'a canary of one pod, whatever its weight',
    in: 'sizing',
    seed: 78,
    rule: /as many as the traffic needs/,
    wrap: withPort('cluster', [], (cluster, stage) => ({
      async readSlot(workload, slot) {
        const status = await cluster.readSlot(workload, slot);
        const isStable = stage.state(workload.name).active?.admission?.stable === slot;
        return isStable ? { ...status, desired: Math.min(1, status.desired) } : status;
      },
    })),
  },
  {
    name: 'a size that is set and not scaled to',
    in: 'size-canary',
    seed: 2,
    rule: /intent|as many as the traffic needs/,
    wrap: {
      deps(deps) {
        // half of it, and the cluster is believed to have it all
        const wanted = new Map<string, number>();
        const cluster = overriding(deps.cluster, {
          async scaleSlot(workload, slot, replicas, position) {
            wanted.set(slot, replicas);
            await deps.cluster.scaleSlot(workload, slot, Math.ceil(replicas / 2), position);
          },
          async readSlot(workload, slot) {
            const status = await deps.cluster.readSlot(workload, slot);
            const desired = status.desired === 0 ? 0 : (wanted.get(slot) ?? status.desired);
            return { ...status, desired, available: status.ready ? desired : status.available };
          },
        });
        const targets = overriding(deps.targets, {
          async read(workload) {
            const { blue, green } = await deps.targets.read(workload);
            return { blue: { ...blue, healthy: 2 * blue.healthy }, green: { ...green, healthy: 2 * green.healthy } };
          },
        });
        return { ...deps, cluster, targets };
      },
    },
  },
  {
    name: "stable's autoscaler that may shrink it",
    in: 'size-canary',
    seed: 2,
    rule: /stable keeps its full size/,
    wrap: withPort('cluster', ['size-canary'], () => ({ setAutoscalerMinimum: nothing })),
  },
  {
    name: 'a slot that is written with an image of before',
    in: 'write-canary',
    seed: 1,
    rule: /what was released|for a reason/,
    wrap: withPort('cluster', ['write-canary'], cluster => ({
      writeSlot: (workload, slot, content, position) =>
        cluster.writeSlot(
          workload,
          slot,
          { ...content, images: { app: 'registry.example.com/shop@sha256:0' } },
          position,
        ),
    })),
  },
  {
    name: 'a slot that is never written',
    in: 'write-canary',
    seed: 1,
    rule: /what was released|for a reason/,
    wrap: withPort('cluster', ['write-canary'], cluster => ({
      async writeSlot(workload, slot, content, position) {
        const { revision } = await cluster.readSlot(workload, slot);
        if (revision === undefined) await cluster.writeSlot(workload, slot, content, position);
      },
    })),
  },
  {
    name: 'a revision that goes into the live slot',
    in: 'write-canary',
    seed: 1,
    rule: /intent|scaled down/,
    wrap: withPort('cluster', ['write-canary'], cluster => ({
      writeSlot: (workload, slot, content, position) =>
        cluster.writeSlot(workload, slot === 'blue' ? 'green' : 'blue', content, position),
    })),
  },
  {
    name: 'pods that are called ready as soon as they are asked for',
    in: 'read-slot',
    rule: 'the targets are asked as well, by another system, and say the same: nothing comes of it',
    wrap: withPort('cluster', ['read-slot'], cluster => ({
      async readSlot(workload, slot) {
        const status = await cluster.readSlot(workload, slot);
        return { ...status, ready: status.desired > 0, available: status.desired };
      },
    })),
  },
];

const atLeastOne = <Counts extends { healthy: number }>(counts: Counts): Counts => ({
  ...counts,
  healthy: Math.max(1, counts.healthy),
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
    async goBack(workload, wayBack, options) {
      const other = { blue: 0, green: 0, [parseWayBack(wayBack).stable ?? 'blue']: 100 };
      set.set('shop', other);
      await deps.router.goBack(workload, wayBack, options);
    },
  });
  return { ...deps, router };
}
