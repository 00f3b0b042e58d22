import type { Slot } from '../../domain/dial.ts';
import type { Labels } from '../../domain/slot/label-selector.ts';
import type { NamespaceSelectors } from '../../domain/slot/namespace-selectors.ts';
import { containersOf, podTemplateSchema } from '../../domain/slot/pod-template.ts';
import { pushedImages } from '../../domain/slot/pushed-images.ts';
import { podLabels, slotLabels } from '../../domain/slot/slot-labels.ts';
import { slotName, slotObjects } from '../../domain/slot/slot-objects.ts';
import type { Workload } from '../../domain/workload.ts';
import type { Cluster, SlotContent, SlotStatus, Template } from './cluster.ts';
import { ClusterRefusedError, ClusterUnreachableError, FieldOwnedError, TemplateNotFoundError } from './errors.ts';
import { newerWrite } from './fence.ts';

export interface FakeCluster extends Cluster {
  putTemplate(workload: Workload, template: Template): void;
  removeTemplate(workload: Workload): void;
  /** Another field manager takes a field of the slot's Deployment. */
  own(workload: Workload, slot: Slot, manager: string, field: string): void;
  /** Another field manager adds a field under the pod template of the slot's Deployment. */
  add(workload: Workload, slot: Slot, manager: string, field: string): void;
  /** @param maximum absent: none is reached */
  putAutoscaler(workload: Workload, slot: Slot, minimum: number, maximum?: number): void;
  /** A person sets the replicas, as `kubectl scale` does. */
  setReplicas(workload: Workload, slot: Slot, replicas: number): void;
  /** A person sets the image of a container, as `kubectl set image` does. */
  setImage(workload: Workload, slot: Slot, container: string, image: string): void;
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
  /** Another tool writes the selector of a Service that is there. */
  selectBy(workload: Workload, name: string, selector: Labels): void;
  /** What else selects pods in the namespace. */
  putSelectors(workload: Workload, more: Partial<NamespaceSelectors>): void;
  /** The slot at which a Service points; undefined: none. */
  pointsAt(workload: Workload, name: string): Slot | undefined;
  /** What was last written to a slot. */
  written(workload: Workload, slot: Slot): SlotContent | undefined;
}

/** What carries the position of the line of which it was written last. */
interface Fenced {
  position?: number;
}

interface FakeSlot extends Fenced {
  content?: SlotContent;
  replicas: number;
  owner?: { manager: string; field: string };
  added?: string;
  /** `own`: the team's minimum, while it is set to another. */
  autoscaler?: Fenced & { minimum: number; maximum?: number; own?: number };
  restarts?: number[];
  lastExit?: string;
  lost?: number;
}

/** A cluster in memory whose pods are ready as soon as they are asked for, unless their image is broken. */
export function fakeCluster(): FakeCluster {
  const templates = new Map<string, Template>();
  const slots = new Map<string, FakeSlot>();
  const services = new Map<string, Fenced & { slot?: Slot; selector?: Labels }>();
  const selectors = new Map<string, Partial<NamespaceSelectors>>();
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
  const claim = (what: string, object: Fenced, position: number | undefined) => {
    if (position === undefined) return;
    if (object.position !== undefined && object.position > position) throw newerWrite(what, object.position, position);
    object.position = position;
  };
  const deploymentText = (workload: Workload, slot: Slot) => `Deployment ${slotName(workload, slot)}`;
  const autoscalerText = (workload: Workload, slot: Slot) => `the autoscaler of ${slotName(workload, slot)}`;

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
    readSelectors: async workload => {
      reach();
      const { namespace, name } = workload.cluster;
      const prefix = `${name}/${namespace}/`;
      const own = [...services].filter(([key]) => key.startsWith(prefix));
      const { services: more = [], ...rest } = selectors.get(prefix) ?? {};
      return structuredClone({
        services: [
          ...own
            .map(([key, service]) => {
              const name = key.slice(prefix.length);
              return { name, selector: selectorOf(workload, name, service) };
            })
            .filter(({ selector }) => Object.keys(selector).length > 0),
          ...more,
        ],
        deployments: [],
        networkPolicies: [],
        disruptionBudgets: [],
        ...rest,
      });
    },
    readService: async workload => {
      reach();
      const { service: name = '' } = workload;
      const found = services.get(keyOf(workload, name));
      return found && structuredClone(selectorOf(workload, name, found));
    },
    readSlot: async (workload, slot): Promise<SlotStatus> => {
      reach();
      const {
        content,
        replicas,
        autoscaler,
        restarts,
        lastExit,
        lost = 0,
        added,
        position: written = -1,
      } = slotOf(workload, slot);
      const position = Math.max(written, autoscaler?.position ?? -1);
      const more = {
        ...(autoscaler !== undefined && { autoscalerMinimum: autoscaler.minimum }),
        ...(autoscaler?.maximum !== undefined && { autoscalerMaximum: autoscaler.maximum }),
        ...(autoscaler?.own !== undefined && { ownMinimum: autoscaler.own }),
        ...(position >= 0 && { position }),
      };
      if (content === undefined) {
        return { desired: 0, updated: 0, available: 0, observed: false, ready: false, ...more };
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
        podLabels: podLabels(workload, slot, {
          pods: podTemplateSchema.parse(content.template.podTemplate),
          selector: content.template.selector,
        }),
        images: imagesOf(content),
        ...(added !== undefined && { added }),
        ...(problem !== undefined ? { problem } : {}),
        ...more,
      };
    },
    writeSlot: async (workload, slot, content, position) => {
      reach();
      const found = slotOf(workload, slot);
      try {
        // the same refusals as the real one, from the same code; the names of the copies do not matter here
        slotObjects({ workload, slot, content, hash: text => `${text.length}` });
      } catch (cause) {
        throw new ClusterRefusedError((cause as Error).message, { cause });
      }
      if (found.owner !== undefined) {
        const { manager, field } = found.owner;
        throw new FieldOwnedError(`${field} is owned by the field manager "${manager}"`);
      }
      claim(deploymentText(workload, slot), found, position);
      found.content = structuredClone(content);
      if (found.added !== undefined) throw new FieldOwnedError(found.added);
    },
    scaleSlot: async (workload, slot, replicas, position) => {
      reach();
      const found = slotOf(workload, slot);
      if (found.content === undefined) {
        if (replicas === 0) return;
        throw new ClusterRefusedError(`there is no Deployment ${slotName(workload, slot)} to scale`);
      }
      claim(deploymentText(workload, slot), found, position);
      found.replicas = replicas;
    },
    setAutoscalerMinimum: async (workload, slot, minimum, position) => {
      reach();
      const { autoscaler } = slotOf(workload, slot);
      if (autoscaler === undefined) return;
      claim(autoscalerText(workload, slot), autoscaler, position);
      autoscaler.own ??= autoscaler.minimum;
      autoscaler.minimum = Math.min(minimum, autoscaler.maximum ?? Number.POSITIVE_INFINITY);
    },
    restoreAutoscalerMinimum: async (workload, slot, minimum, position) => {
      reach();
      const { autoscaler } = slotOf(workload, slot);
      if (autoscaler === undefined) return;
      claim(autoscalerText(workload, slot), autoscaler, position);
      autoscaler.minimum = minimum ?? autoscaler.own ?? autoscaler.minimum;
      delete autoscaler.own;
    },

    pointService: async (workload, slot, position) => {
      reach();
      const { service } = workload;
      if (service === undefined) return;
      const found = services.get(keyOf(workload, service));
      if (found === undefined) throw new ClusterRefusedError(`there is no Service ${service} to point`);
      claim(`Service ${service}`, found, position);
      found.slot = slot;
      delete found.selector;
    },

    putService: (workload, name) => void services.set(keyOf(workload, name), {}),
    selectBy: (workload, name, selector) => {
      const found = services.get(keyOf(workload, name));
      if (found === undefined) throw new Error(`there is no Service ${name}`);
      found.selector = selector;
    },
    putSelectors: ({ cluster: { name, namespace } }, more) => {
      const prefix = `${name}/${namespace}/`;
      selectors.set(prefix, { ...selectors.get(prefix), ...more });
    },
    pointsAt: (workload, name) => services.get(keyOf(workload, name))?.slot,
    putTemplate: (workload, template) => {
      templates.set(keyOf(workload, workload.deployment), structuredClone(template));
    },
    removeTemplate: workload => {
      templates.delete(keyOf(workload, workload.deployment));
    },
    own: (workload, slot, manager, field) => {
      slotOf(workload, slot).owner = { manager, field };
    },
    add: (workload, slot, manager, field) => {
      slotOf(workload, slot).added = `${field} is of the field manager "${manager}"`;
    },
    putAutoscaler: (workload, slot, minimum, maximum) => {
      slotOf(workload, slot).autoscaler = { minimum, ...(maximum !== undefined && { maximum }) };
    },
    setReplicas: (workload, slot, replicas) => {
      slotOf(workload, slot).replicas = replicas;
    },
    setImage: (workload, slot, container, image) => {
      const { content } = slotOf(workload, slot);
      if (content !== undefined) content.images = { ...content.images, [container]: image };
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

/** As it was written last; until anybody does, the team's own. */
const selectorOf = (workload: Workload, name: string, service: { slot?: Slot; selector?: Labels }): Labels =>
  service.selector ?? (service.slot === undefined ? { app: name } : slotLabels(workload, service.slot));

/** As the Deployment would have them: the template's, and those that a push set. */
function imagesOf({ template, images }: SlotContent): Record<string, string> {
  const pods = podTemplateSchema.parse(template.podTemplate);
  const own = containersOf(pods).map(({ name, image }) => [name, image ?? '']);
  return { ...Object.fromEntries(own), ...images, ...pushedImages(pods, images) };
}
