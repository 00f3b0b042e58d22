import type { Slot } from '../../domain/dial.ts';
import type { Labels } from '../../domain/slot/label-selector.ts';
import type { NamespaceSelectors } from '../../domain/slot/namespace-selectors.ts';
import type { SlotTemplate } from '../../domain/slot/slot-objects.ts';
import type { Workload } from '../../domain/workload.ts';

/** What the cluster holds of the team's own objects, read at admission. Plain JSON. */
export interface Template extends SlotTemplate {
  podTemplate: Record<string, unknown>;
  /** Container names in order: a push sets the image of one of them. */
  containers: string[];
  /** `spec.replicas` of the template: the size of a first release, where no stable slot says otherwise. */
  replicas: number;
}

export interface SlotStatus {
  /** spec.replicas; 0 where the Deployment is not there. */
  desired: number;
  updated: number;
  available: number;
  /** observedGeneration >= generation. */
  observed: boolean;
  /** Rolled out: observed, and updated = desired = available. */
  ready: boolean;
  /** The revision annotation that Sluice wrote; absent where the slot was never written. */
  revision?: string;
  /** Why it is not ready, in one sentence, where the cluster says (waiting reason, exit code, failing probe). */
  problem?: string;
  /** Labels of the Deployment's pods; absent where it is not there. */
  podLabels?: Record<string, string>;
  /** Image by container, init containers too, of the Deployment's pods; absent where the Deployment is not there. */
  images?: Record<string, string>;
  /** What other field managers have put under its pod template, in one sentence that names them; absent: nothing. */
  added?: string;
  /** Restarts of the containers of each pod that had any, in no order. Absent: of none, or it was not read. */
  restarts?: number[];
  /** How the container that restarted most ended last: its name, exit code and reason. */
  lastExit?: string;
  /** The slot's autoscaler, where there is one. */
  autoscalerMinimum?: number;
  autoscalerMaximum?: number;
  /** What the team gave that autoscaler, while Sluice has set it to another for a release. */
  ownMinimum?: number;
  /** The greatest ledger position that the slot's Deployment and autoscaler carry; absent where neither has one. */
  position?: number;
}

export interface SlotContent {
  /** Hash of the image digests by container, the pod template and the ConfigMaps. */
  revision: string;
  /** Image URI (by digest) per container that a push names; others of the same repository get it, the rest keep the template's. */
  images: Record<string, string>;
  template: Template;
}

/**
 * `position` of a write: the line of the workload's ledger up to which the writer had read it when it decided to write. It is
 * written with the object, and an object that carries a greater one is left as it is: what a newer claim wrote, also if it was
 * written while the older write was on its way.
 */
export interface Cluster {
  /** @throws TemplateNotFoundError the Deployment, or the Service that the workload names, is not there @throws ClusterUnreachableError */
  readTemplate(workload: Workload): Promise<Template>;
  /** What selects pods in the workload's namespace: Services, Deployments, NetworkPolicies, PodDisruptionBudgets. */
  readSelectors(workload: Workload): Promise<NamespaceSelectors>;
  readSlot(workload: Workload, slot: Slot): Promise<SlotStatus>;
  /** The selector of the team's own Service, {} where it has none. Undefined: it is not there, or the workload names none. */
  readService(workload: Workload): Promise<Labels | undefined>;
  /**
   * Server-side apply of the slot's Deployment, Service, what its router needs besides, and ConfigMap copies with Sluice's own field
   * manager. Does not touch `replicas`. Safe to repeat.
   * A slot that is written for the first time has no replicas until it is scaled.
   * @throws FieldOwnedError another field manager owns a field of the slot, or has added one under its pod template: names the
   * manager and the field
   * @throws NewerWriteError
   */
  writeSlot(workload: Workload, slot: Slot, content: SlotContent, position: number): Promise<void>;
  /**
   * Sets `replicas`, whoever set it last; 0 where there is no Deployment does nothing. Where an autoscaler has the slot, its
   * minimum is what holds the size: see setAutoscalerMinimum. @throws NewerWriteError
   */
  scaleSlot(workload: Workload, slot: Slot, replicas: number, position: number): Promise<void>;
  /**
   * Sets the minimum of the slot's autoscaler, at most to its maximum, for as long as a release needs it, and keeps the team's
   * beside it; does nothing where there is none. @throws NewerWriteError
   */
  setAutoscalerMinimum(workload: Workload, slot: Slot, minimum: number, position: number): Promise<void>;
  /**
   * Gives the slot's autoscaler the minimum that is the team's; undefined: the one that was kept, where one was. Does nothing
   * where there is no autoscaler. @throws NewerWriteError
   */
  restoreAutoscalerMinimum(
    workload: Workload,
    slot: Slot,
    minimum: number | undefined,
    position: number,
  ): Promise<void>;
  /**
   * Points the team's own Service at a slot's pods, for callers inside the cluster. Does nothing where the workload names none.
   * Safe to repeat. @param position undefined: the ledger cannot say it, and the Service keeps the one that it carries
   * @throws ClusterRefusedError it names one that is not there @throws NewerWriteError
   */
  pointService(workload: Workload, slot: Slot, position: number | undefined): Promise<void>;
}
