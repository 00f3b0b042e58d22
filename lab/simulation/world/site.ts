import { isDeepStrictEqual } from 'node:util';
import type { Cluster, SlotStatus, Template } from '../../../adapters/cluster/cluster.ts';
import { type FakeCluster, fakeCluster } from '../../../adapters/cluster/fake-cluster.ts';
import { type FakeRouter, fakeRouter } from '../../../adapters/router/fake-router.ts';
import type { Targets } from '../../../adapters/router/targets.ts';
import { type Dial, SLOTS, type Slot } from '../../../domain/dial.ts';
import type { Draining } from '../../../domain/routers/draining.ts';
import type { WorkloadOf } from '../../../domain/workload.ts';
import { type Random, randomOf } from '../random.ts';
import { type PodTimes, SlotPods } from './pods.ts';
import type { Quality } from './quality.ts';
import { Traffic, type TrafficSpec } from './traffic.ts';

export interface SiteSpec {
  workload: WorkloadOf<'alb'>;
  seed: number;
  stableReplicas: number;
  /** A new service: nothing is live, and the replicas are those of its template. */
  isNew?: boolean;
  /** At the start the rules name the live group alone: the other's targets are checked by nobody. */
  namesLiveAlone?: boolean;
  /** Of both slots' autoscalers; absent: there are none. */
  autoscalerMinimum?: number;
  podTimes: PodTimes;
  draining: Draining;
  traffic: TrafficSpec;
  /** While no node has room a pod that begins waits for one, so long after the start. */
  noRoom?: { fromMs: number; untilMs: number }[];
  /** Of the images by URI; one that is not in it is good. */
  qualities: Map<string, Quality>;
}

const container = { name: 'app', image: 'app:latest', ports: [{ containerPort: 8080 }] };

/** As the team's Deployment has it after so many edits, one or more. */
const podTemplate = (edits: number) => ({
  spec: { containers: [{ ...container, env: [{ name: 'EDITS', value: String(edits) }] }] },
});

/** The team's own Deployment. */
const template: Template = {
  podTemplate: { spec: { containers: [container] } },
  configMaps: {},
  minReadySeconds: 0,
  containers: ['app'],
  replicas: 0,
};

const STABLE_REVISION = 'before-the-ledger';

/** Where one workload runs: its slots with pods and targets, its rules, and what its traffic does. */
export class Site {
  readonly workload: WorkloadOf<'alb'>;
  readonly spec: SiteSpec;
  readonly router: FakeRouter;
  readonly cluster: Cluster;
  readonly targets: Targets;
  readonly traffic: Traffic;
  readonly pods: Record<Slot, SlotPods>;
  readonly slots: FakeCluster;

  private constructor(spec: SiteSpec) {
    const random: Random = randomOf(spec.seed, `pods of ${spec.workload.name}`);
    const deregistrationMs = () => spec.draining.connectionsSeconds * 1000;
    const startedAtEpochMs = Date.now();
    const roomFromEpochMs = () => {
      const elapsedMs = Date.now() - startedAtEpochMs;
      const full = spec.noRoom?.find(({ fromMs, untilMs }) => elapsedMs >= fromMs && elapsedMs < untilMs);
      return full === undefined ? 0 : startedAtEpochMs + full.untilMs;
    };
    const podsOf = () => new SlotPods({ times: spec.podTimes, deregistrationMs, roomFromEpochMs, random });
    this.spec = spec;
    this.workload = spec.workload;
    this.pods = { blue: podsOf(), green: podsOf() };
    this.slots = fakeCluster();
    this.router = fakeRouter(spec.workload);
    this.traffic = new Traffic(spec.traffic, randomOf(spec.seed, `noise of ${spec.workload.name}`).whole(0, 1e9));
    this.cluster = this.openCluster();
    this.targets = this.openTargets();
  }

  /** Blue is live with its replicas, unless the service is new; green was never written. */
  static async open(spec: SiteSpec): Promise<Site> {
    const site = new Site(spec);
    if (spec.namesLiveAlone === true) {
      for (const arn of spec.workload.router.rules) {
        const rule = site.router.rules.get(arn);
        if (rule !== undefined) rule.groups = [{ arn: spec.workload.router.targetGroups.blue, weight: 1 }];
      }
    }
    const { workload, autoscalerMinimum } = spec;
    site.slots.putTemplate(workload, site.templateNow());
    if (autoscalerMinimum !== undefined) {
      for (const slot of SLOTS) {
        site.slots.putAutoscaler(workload, slot, autoscalerMinimum);
        site.minimums.set(slot, autoscalerMinimum);
      }
    }
    if (spec.isNew === true) {
      await site.dialMoved();
      return site;
    }
    await site.cluster.writeSlot(workload, 'blue', { revision: STABLE_REVISION, images: {}, template }, 0);
    await site.cluster.scaleSlot(workload, 'blue', spec.stableReplicas, 0);
    site.pods.blue.settle(Date.now());
    await site.dialMoved();
    return site;
  }

  /** The dial as it was when a rule last changed. */
  private lastDial: Dial = { blue: 100, green: 0 };
  /** When somebody who is not Sluice turned it last, unless Sluice has turned it since. */
  turnedByHandAtEpochMs: number | undefined;

  private lastHandEpochMs = Number.NEGATIVE_INFINITY;

  /** Whether anybody who is not Sluice turned the dial since then. */
  wasTurnedByHandSince(epochMs: number): boolean {
    return this.lastHandEpochMs >= epochMs;
  }

  private readonly editedAtEpochMs = new Map<Slot, number>();

  /** When a person changed what is in a slot, unless it was written since. */
  editedByHandAtEpochMs(slot: Slot): number | undefined {
    return this.editedAtEpochMs.get(slot);
  }

  /** Whether a person has ever changed what is in a slot. */
  wasEditedByHand = false;

  /** `kubectl set image`, of an image that works; its pods are replaced. */
  editImage(slot: Slot): void {
    const { workload, pods } = this;
    this.slots.setImage(workload, slot, workload.container, `registry.example.com/shop@sha256:${'e'.repeat(64)}`);
    this.editedAtEpochMs.set(slot, Date.now());
    this.wasEditedByHand = true;
    pods[slot].replace({ kind: 'good' }, Date.now());
    this.traffic.serves(slot, { kind: 'good' });
  }

  /** When the team's Deployment was changed, oldest first. */
  readonly templateEditsEpochMs: number[] = [];

  /** Somebody adds a variable to the team's Deployment. */
  editTemplate(): void {
    this.templateEditsEpochMs.push(Date.now());
    this.slots.putTemplate(this.workload, this.templateNow());
  }

  private templateNow(): Template {
    const edits = this.templateEditsEpochMs.length;
    const replicas = this.spec.isNew === true ? this.spec.stableReplicas : template.replicas;
    return edits === 0 ? { ...template, replicas } : { ...template, replicas, podTemplate: podTemplate(edits) };
  }

  /** How many of the edits are in what was last written to a slot. */
  editsIn(slot: Slot): number {
    const { podTemplate: written } = this.slots.written(this.workload, slot)?.template ?? template;
    const edits = Array.from({ length: this.templateEditsEpochMs.length }, (_, index) => index + 1);
    return edits.findLast(count => isDeepStrictEqual(written, podTemplate(count))) ?? 0;
  }

  private readonly minimums = new Map<Slot, number>();
  private readonly scaledByHand = new Map<Slot, number>();

  /** The minimum of a slot's autoscaler; undefined: it has none. */
  minimumOf(slot: Slot): number | undefined {
    return this.minimums.get(slot);
  }

  /** Somebody who is not Sluice gave it its size. */
  isScaledByHand(slot: Slot): boolean {
    return this.scaledByHand.has(slot);
  }

  /** When; undefined: nobody did, or Sluice has given it its size since. */
  scaledByHandAtEpochMs(slot: Slot): number | undefined {
    return this.scaledByHand.get(slot);
  }

  dialNow(): Dial {
    return this.lastDial;
  }

  dial(): Promise<Dial> {
    return this.router.readDial(this.workload);
  }

  /** To be called whenever a rule may have changed: from now on requests go where the rules say. @returns the dial */
  async dialMoved(options: { noisy?: boolean; byHand?: boolean } = {}): Promise<Dial> {
    // a rule that answers by itself sends requests to nobody
    const dial = await this.dial().catch(() => ({ blue: 0, green: 0 }));
    this.lastDial = dial;
    this.groupsMoved();
    this.turnedByHandAtEpochMs = options.byHand === true ? Date.now() : undefined;
    if (options.byHand === true) this.lastHandEpochMs = Date.now();
    this.traffic.turned(dial, Date.now(), options.noisy ?? false);
    return dial;
  }

  /** Targets are checked where a rule names their group, that of the preview included; elsewhere they are `unused`. */
  groupsMoved(): void {
    const named = new Set([...this.router.rules.values()].flatMap(({ groups }) => groups.map(({ arn }) => arn)));
    for (const slot of SLOTS) {
      this.pods[slot].setChecked(named.has(this.workload.router.targetGroups[slot]), Date.now());
    }
  }

  private openCluster(): Cluster {
    const { slots, pods } = this;
    return {
      ...slots,
      readSlot: async (workload, slot): Promise<SlotStatus> => {
        const { problem: _, ...status } = await slots.readSlot(workload, slot);
        const available = pods[slot].available(Date.now());
        const problem = pods[slot].problem(Date.now());
        const ready = status.observed && available === status.desired;
        const restarts = pods[slot].restarts(Date.now());
        return { ...status, available, ready, restarts, ...(problem === undefined ? {} : { problem }) };
      },

      writeSlot: async (workload, slot, content, position) => {
        const before = slots.written(workload, slot);
        await slots.writeSlot(workload, slot, content, position);
        const isEdited = this.editedAtEpochMs.delete(slot);
        if (before?.revision === content.revision && !isEdited) return;
        const quality = this.qualityOfImages(content.images);
        pods[slot].replace(quality, Date.now());
        this.traffic.serves(slot, quality);
      },
      scaleSlot: async (workload, slot, replicas, position) => {
        await slots.scaleSlot(workload, slot, replicas, position);
        this.scaledByHand.delete(slot);
        pods[slot].scale(replicas, Date.now());
      },
      setAutoscalerMinimum: async (workload, slot, minimum, position) => {
        await slots.setAutoscalerMinimum(workload, slot, minimum, position);
        await this.readMinimum(slot);
      },
      restoreAutoscalerMinimum: async (workload, slot, minimum, position) => {
        await slots.restoreAutoscalerMinimum(workload, slot, minimum, position);
        await this.readMinimum(slot);
      },
    };
  }

  /** What an autoscaler does with its minimum within seconds: it has at least as many pods. */
  private async readMinimum(slot: Slot): Promise<void> {
    const { autoscalerMinimum } = await this.slots.readSlot(this.workload, slot);
    if (autoscalerMinimum !== undefined) this.minimums.set(slot, autoscalerMinimum);
    if (autoscalerMinimum === undefined) return;
    const { size } = this.pods[slot];
    if (size > 0 && size < autoscalerMinimum) await this.scaleFromOutside(slot, autoscalerMinimum);
  }

  /** A slot gets a size that is not of Sluice: its autoscaler's, or a person's. */
  private async scaleFromOutside(slot: Slot, replicas: number): Promise<void> {
    // not by Sluice's own writes: the position that those carry stays what it was
    const { position = 0 } = await this.slots.readSlot(this.workload, slot);
    await this.slots.scaleSlot(this.workload, slot, replicas, position);
    this.pods[slot].scale(replicas, Date.now());
  }

  /** The autoscaler of a slot wants so many replicas; it never scales from none. @returns what it gave */
  async autoscale(slot: Slot, replicas: number): Promise<number | undefined> {
    const minimum = this.minimums.get(slot);
    if (minimum === undefined || this.pods[slot].size === 0) return undefined;
    await this.scaleFromOutside(slot, Math.max(minimum, replicas));
    return this.pods[slot].size;
  }

  async scaleByHand(slot: Slot, replicas: number): Promise<void> {
    if (this.slots.written(this.workload, slot) === undefined) return;
    await this.scaleFromOutside(slot, replicas);
    this.scaledByHand.set(slot, Date.now());
  }

  private openTargets(): Targets {
    const { pods, spec } = this;
    return {
      read: async () => ({ blue: pods.blue.counts(Date.now()), green: pods.green.counts(Date.now()) }),
      readDraining: async () => ({ ...spec.draining }),
      cutConnections: async (_, slot) => pods[slot].cut(Date.now()),
    };
  }

  /** What is in a slot, in truth. */
  qualityOf(slot: Slot): Quality {
    return this.qualityOfImages(this.slots.written(this.workload, slot)?.images ?? {});
  }

  private qualityOfImages(images: Record<string, string>): Quality {
    const found = Object.values(images).map(uri => this.spec.qualities.get(uri));
    return found.find(quality => quality !== undefined) ?? { kind: 'good' };
  }
}
