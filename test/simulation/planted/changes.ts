import type { Cluster, Template } from '../../../adapters/cluster/cluster.ts';
import type { Slot } from '../../../domain/dial.ts';
import type { Workload } from '../../../domain/workload.ts';
import { currentInvocation } from '../../../lab/simulation/invocation.ts';
import { answering, nothing, type PlantedBug, withPort } from './plant.ts';

/** What changes under a release, and what may still be on its way: late writes, people, another Deployment, alarms, pods. */
export const CHANGE_BUGS: PlantedBug[] = [
  {
    name: 'a late write of the canary that a newer one does not keep out',
    in: 'fence',
    seed: 19,
    rule: /at rest|put back|what was released|scaled down|full size|written over/,
    wrap: {
      deps(deps, stage) {
        const { slots } = stage.site('shop');
        const { writeSlot, scaleSlot, setAutoscalerMinimum, restoreAutoscalerMinimum } = slots;
        // whatever the position that it comes with, it is the newest
        const newest = async (workload: Workload, slot: Slot, position: number) =>
          Math.max(position, (await slots.readSlot(workload, slot)).position ?? 0);
        Object.assign(slots, {
          writeSlot: async (workload, slot, content, position) =>
            writeSlot(workload, slot, content, await newest(workload, slot, position)),
          scaleSlot: async (workload, slot, replicas, position) =>
            scaleSlot(workload, slot, replicas, await newest(workload, slot, position)),
          setAutoscalerMinimum: async (workload, slot, minimum, position) =>
            setAutoscalerMinimum(workload, slot, minimum, await newest(workload, slot, position)),
          restoreAutoscalerMinimum: async (workload, slot, minimum, position) =>
            restoreAutoscalerMinimum(workload, slot, minimum, await newest(workload, slot, position)),
        } satisfies Partial<Cluster>);
        return deps;
      },
    },
  },
  {
    name: 'a slot of which nobody reads what is in it',
    in: 'slot-content',
    seed: 33,
    rule: /what was released/,
    wrap: withPort('cluster', ['read-slot', 'retire-stable'], cluster => ({
      async readSlot(workload, slot) {
        const { images: _, ...status } = await cluster.readSlot(workload, slot);
        return status;
      },
    })),
  },
  {
    name: 'an image that is asked for once more is the release on its way, whatever the Deployment is now',
    in: 'request-release',
    seed: 41,
    rule: /another template/,
    wrap: {
      handlers: (handlers, stage) => ({
        ...handlers,
        start: async (event, context) => {
          const { active } = stage.state('shop');
          const { image } = event as { image: string };
          const isSame = Object.values(active?.images ?? {}).some(({ uri }) => uri.endsWith(digestOf(image)));
          if (active?.admission === undefined || active.rollBack !== undefined || !isSame) {
            return handlers.start?.(event, context);
          }
          return { kind: 'alreadyRequested', releaseId: active.releaseId };
        },
      }),
    },
  },
  {
    name: 'a Deployment that changes after admission is not seen',
    in: 'follow-template',
    seed: 493,
    rule: /another template/,
    wrap: withPort('cluster', ['admit', 'size-canary'], cluster => {
      const admitted = new Map<string, Template>();
      return {
        async readTemplate(workload) {
          const before = currentInvocation()?.name === 'admit' ? undefined : admitted.get(workload.name);
          const found = before ?? (await cluster.readTemplate(workload));
          admitted.set(workload.name, found);
          return found;
        },
      };
    }),
  },
  {
    name: 'an alarm that is not there is taken for one that is fine',
    in: 'alarm-watch',
    seed: 100,
    rule: /over an alarm/,
    wrap: withPort('alarms', [], alarms => ({
      read: async names =>
        (await alarms.read(names)).map(seen => (seen.state === 'missing' ? { ...seen, state: 'OK' as const } : seen)),
    })),
  },
  {
    name: 'pods that end and are started again count for nothing',
    in: 'canary-pods',
    seed: 1604,
    rule: /crashes/,
    wrap: withPort('cluster', ['read-slot'], cluster => ({
      async readSlot(workload, slot) {
        const { restarts: _, ...status } = await cluster.readSlot(workload, slot);
        return status;
      },
    })),
  },
  {
    name: 'stable is given up for a slot that a person has scaled down',
    in: 'live-slot',
    seed: 53,
    rule: /carries its traffic/,
    // as if its autoscaler had it
    wrap: withPort('cluster', ['retire-stable'], cluster => ({
      readSlot: async (workload, slot) => ({ ...(await cluster.readSlot(workload, slot)), autoscalerMinimum: 1 }),
    })),
  },
  {
    name: 'the group of the canary is in no rule until its first weight',
    in: 'size-canary',
    seed: 1,
    rule: /for a reason/,
    wrap: withPort('router', ['size-canary'], () => ({ joinGroups: nothing })),
  },
  {
    name: 'targets that nobody has checked are taken for unhealthy ones',
    in: 'restore-traffic',
    seed: 191,
    rule: /every release ends|called|spins/,
    wrap: withPort('targets', ['restore-traffic'], targets => ({
      async read(workload) {
        const { blue, green } = await targets.read(workload);
        return { blue: unchecked(blue), green: unchecked(green) };
      },
    })),
  },
  {
    name: 'a look goes on in another execution each time',
    in: 'history',
    seed: 1,
    rule: /spins/,
    wrap: answering('look', move => (move.kind === 'lookAgain' ? { ...move, kind: 'nextRun' } : move)),
  },
  {
    name: 'a service that takes no more calls is a fault like any other',
    in: 'throttling',
    seed: 2,
    rule: /throttling is no reason/,
    wrap: {
      handlers: handlers =>
        Object.fromEntries(
          Object.entries(handlers).map(([name, handler]) => [
            name,
            async (event, context) => {
              try {
                return await handler(event, context);
              } catch (error) {
                const { name: kind, message } = error as Error;
                if (kind !== 'ThrottledError') throw error;
                throw Object.assign(new Error(`ThrottlingException: ${message}`), { name: 'BadInputError' });
              }
            },
          ]),
        ),
    },
  },
  {
    name: 'a canary of its share of what stable was at admission',
    in: 'sizing',
    seed: 36,
    rule: /as many as the traffic needs|full size/,
    wrap: withPort('cluster', ['read-slot', 'size-canary'], (cluster, stage) => ({
      async readSlot(workload, slot) {
        const status = await cluster.readSlot(workload, slot);
        const { admission } = stage.state(workload.name).active ?? {};
        if (slot !== admission?.stable) return status;
        return { ...status, desired: Math.min(status.desired, admission.stableReplicas) };
      },
    })),
  },
  {
    name: 'a canary with traffic that is given its own size again',
    in: 'size-canary',
    seed: 151,
    rule: /scaled down|full size/,
    wrap: withPort('cluster', ['size-canary'], cluster => ({
      readSlot: async (workload, slot) => ({ ...(await cluster.readSlot(workload, slot)), desired: 0 }),
    })),
  },
];

/** As the scenarios have them: of `v2` it is `2` 64 times. */
const digestOf = (tag: string): string => `@sha256:${tag.slice(1).repeat(64)}`;

const unchecked = <Counts extends { initial: number; unused: number; unhealthy: number }>(counts: Counts): Counts => ({
  ...counts,
  initial: 0,
  unused: 0,
  unhealthy: counts.unhealthy + counts.initial + counts.unused,
});
