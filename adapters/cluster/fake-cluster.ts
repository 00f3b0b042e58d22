import type { Slot } from '../../domain/dial.ts';
import { slotName, slotObjects } from '../../domain/slot/slot-objects.ts';
import type { Workload } from '../../domain/workload.ts';
import type { Cluster, SlotContent, SlotStatus, Template } from './cluster.ts';
import { ClusterRefusedError, ClusterUnreachableError, FieldOwnedError, TemplateNotFoundError } from './errors.ts';

export interface FakeCluster extends Cluster {
  putTemplate(workload: Workload, template: Template): void;
  removeTemplate(workload: Workload): void;
  /** Another field manager takes a field of the slot's Deployment. */
  own(workload: Workload, slot: Slot, manager: string, field: string): void;
  /** @param maximum absent: none is reached */
  putAutoscaler(workload: Workload, slot: Slot, minimum: number, maximum?: number): void;
  /** Pods of these images never become ready, for this reason. */
  breakImage(image: string, problem: string): void;
  /** Restarts of the slot's pods from now on, by pod; and how a container ended. */
  restart(workload: Workload, slot: Slot, restarts: number[], lastExit?: string): void;
  /** So many of the slot's replicas are not available. */
  lose(workload: Workload, slot: Slot, replicas: number): void;
  /** No answer from now on; until told otherwise. */
  setReachable(reachable: boolean): void;
  /** The team's own Service is there, and selects its own pods: those of no slot. */
  putService(workload: Workload, name: string): void;
  /** The slot at which a Service points; undefined: none. */
  pointsAt(workload: Workload, name: string): Slot | undefined;
  /** What was last written to a slot. */
  written(workload: Workload, slot: Slot): SlotContent | undefined;
}

interface FakeSlot {
  content?: SlotContent;
  replicas: number;
  owner?: { manager: string; field: string };
  autoscalerMinimum?: number;
  autoscalerMaximum?: number;
  restarts?: number[];
  lastExit?: string;
  lost?: number;
}

/** A cluster in memory whose pods are ready as soon as they are asked for, unless their image is broken. */
export function openFakeCluster(): FakeCluster {
  const templates = new Map<string, Template>();
  const slots = new Map<string, FakeSlot>();
  const services = new Map<string, Slot | undefined>();
  const broken = new Map<string, string>();
  let isReachable = true;
  const keyOf = (workload: Workload, name: string) => `${workload.cluster.name}/${workload.cluster.namespace}/${name}`;
  const slotOf = (workload: Workload, slot: Slot): FakeSlot => {
    const key = keyOf(workload, slotName(workload, slot));
    const found = slots.get(key) ?? { replicas: 0 };
    slots.set(key, found);
    return found;
  };
  const reach = () => {
    if (!isReachable) throw new ClusterUnreachableError('no answer from the cluster');
  };

  return {
    readTemplate: async workload => {
      reach();
      const template = templates.get(keyOf(workload, workload.deployment));
      const { service } = workload;
      if (service !== undefined && !services.has(keyOf(workload, service))) {
        throw new TemplateNotFoundError(`there is no Service ${service}`);
      }
      if (template === undefined) throw new TemplateNotFoundError(`there is no Deployment ${workload.deployment}`);
      return structuredClone(template);
    },
    readSlot: async (workload, slot): Promise<SlotStatus> => {
      reach();
      const { content, replicas, autoscalerMinimum, autoscalerMaximum, ...pods } = slotOf(workload, slot);
      const { restarts, lastExit, lost = 0 } = pods;
      const bounds = {
        ...(autoscalerMinimum !== undefined && { autoscalerMinimum }),
        ...(autoscalerMaximum !== undefined && { autoscalerMaximum }),
      };
      if (content === undefined) {
        return { desired: 0, updated: 0, available: 0, observed: false, ready: false, ...bounds };
      }
      const image = Object.values(content.images).find(candidate => broken.has(candidate));
      const problem = image === undefined || replicas === 0 ? undefined : broken.get(image);
      return {
        desired: replicas,
        updated: replicas,
        available: problem === undefined ? Math.max(0, replicas - lost) : 0,
        observed: true,
        ready: problem === undefined && lost === 0,
        ...(restarts !== undefined && { restarts }),
        ...(lastExit !== undefined && { lastExit }),
        revision: content.revision,
        ...(problem !== undefined ? { problem } : {}),
        ...bounds,
      };
    },
    writeSlot: async (workload, slot, content) => {
      reach();
      const found = slotOf(workload, slot);
      try {
        // the same refusals as the real one, from the same code; the names of the copies do not matter here
        const targetGroupArn = workload.router.targetGroups[slot];
        slotObjects({ workload, slot, content, targetGroupArn, hash: text => `${text.length}` });
      } catch (cause) {
        throw new ClusterRefusedError((cause as Error).message, { cause });
      }
      if (found.owner !== undefined) {
        const { manager, field } = found.owner;
        throw new FieldOwnedError(`${field} is owned by the field manager "${manager}"`);
      }
      found.content = structuredClone(content);
    },
    scaleSlot: async (workload, slot, replicas) => {
      reach();
      const found = slotOf(workload, slot);
      if (found.content === undefined && replicas > 0) {
        throw new ClusterRefusedError(`there is no Deployment ${slotName(workload, slot)} to scale`);
      }
      found.replicas = replicas;
    },
    setAutoscalerMinimum: async (workload, slot, minimum) => {
      reach();
      const found = slotOf(workload, slot);
      if (found.autoscalerMinimum === undefined) return;
      found.autoscalerMinimum = Math.min(minimum, found.autoscalerMaximum ?? Number.POSITIVE_INFINITY);
    },

    pointService: async (workload, slot) => {
      reach();
      const { service } = workload;
      if (service === undefined) return;
      if (!services.has(keyOf(workload, service)))
        throw new ClusterRefusedError(`there is no Service ${service} to point`);
      services.set(keyOf(workload, service), slot);
    },

    putService: (workload, name) => void services.set(keyOf(workload, name), undefined),
    pointsAt: (workload, name) => services.get(keyOf(workload, name)),
    putTemplate: (workload, template) => {
      templates.set(keyOf(workload, workload.deployment), structuredClone(template));
    },
    removeTemplate: workload => {
      templates.delete(keyOf(workload, workload.deployment));
    },
    own: (workload, slot, manager, field) => {
      slotOf(workload, slot).owner = { manager, field };
    },
    putAutoscaler: (workload, slot, minimum, maximum) => {
      const found = slotOf(workload, slot);
      found.autoscalerMinimum = minimum;
      if (maximum !== undefined) found.autoscalerMaximum = maximum;
    },
    breakImage: (image, problem) => {
      broken.set(image, problem);
    },
    restart: (workload, slot, restarts, lastExit) => {
      Object.assign(slotOf(workload, slot), { restarts, ...(lastExit !== undefined && { lastExit }) });
    },
    lose: (workload, slot, replicas) => {
      slotOf(workload, slot).lost = replicas;
    },
    setReachable: reachable => {
      isReachable = reachable;
    },
    written: (workload, slot) => slotOf(workload, slot).content,
  };
}
