import * as z from 'zod';
import { type Dial, dialFor, SLOTS, type Slot } from '../../../domain/dial.ts';
import { selectorText } from '../../../domain/slot/label-selector.ts';
import { slotLabels } from '../../../domain/slot/slot-labels.ts';
import type { Workload, WorkloadOf } from '../../../domain/workload.ts';
import type { Cluster } from '../../cluster/cluster.ts';
import { ClusterRefusedError, ClusterUnreachableError } from '../../cluster/errors.ts';
import { RouterRuleError, RouterUnreachableError } from '../errors.ts';
import type { TrafficRouter, WayBack } from '../router.ts';

type SelectorWorkload = WorkloadOf<'selector'>;

/**
 * The dial of a Service's selector: what it says now, 0 or 100. Every write holds only for the Service as it was read, and
 * carries the line of the ledger as the slots' writes do (decision 22).
 * @param cluster undefined: of a function that does not reach it; nothing is known there
 */
export function selectorRouter(cluster: Cluster | undefined): TrafficRouter<SelectorWorkload> {
  const turn = (workload: SelectorWorkload, slot: Slot, position: number | undefined) =>
    asked(cluster, workload, there => there.pointService(turned(workload), slot, position));

  return {
    async readDial(workload) {
      const selector = await asked(cluster, workload, there => there.readService(turned(workload)));
      const { service } = workload.router;
      if (selector === undefined) throw new RouterRuleError(`there is no Service ${service}`);
      const slot = SLOTS.find(one => sameLabels(selector, slotLabels(workload, one)));
      if (slot !== undefined) return dialFor(slot, 100);
      const wanted = SLOTS.map(one => selectorText({ matchLabels: slotLabels(workload, one) })).join(' or ');
      const found = Object.keys(selector).length === 0 ? 'nothing' : selectorText({ matchLabels: selector });
      throw new RouterRuleError(`Service ${service} selects ${found}, and no slot: it must be ${wanted}`);
    },

    async setDial(workload, dial, position) {
      await turn(workload, slotOf(dial), position);
    },

    async joinGroups() {
      // pods are probed by their kubelet, whatever selects them
    },

    async readPages() {
      return [];
    },

    async readProblem(workload) {
      if (cluster === undefined) return undefined; // asked at admission, which reaches it
      const selector = await asked(cluster, workload, there => there.readService(turned(workload)));
      return selector === undefined ? `there is no Service ${workload.router.service}` : undefined;
    },

    async readOthers() {
      return undefined; // a Service says nothing of stacks
    },

    async planWayBack(_, stable) {
      return { kind: 'selector', stable };
    },

    async goBack(workload, wayBack, { position } = {}) {
      await turn(workload, stableOf(wayBack), position);
    },

    async setPreview({ name }) {
      throw new RouterRuleError(`workload ${name} has no preview: a selector sends all requests to one slot`);
    },
  };
}

/** The workload whose own Service is the router's: what the cluster reads and points. */
const turned = (workload: SelectorWorkload): Workload => ({ ...workload, service: workload.router.service });

const wayBackSchema = z.looseObject({ kind: z.literal('selector'), stable: z.enum(SLOTS) });

function stableOf(wayBack: WayBack): Slot {
  const parsed = wayBackSchema.safeParse(wayBack);
  if (parsed.success) return parsed.data.stable;
  throw new RouterRuleError(`the way back cannot be read: ${z.prettifyError(parsed.error)}`, { cause: parsed.error });
}

/** @throws RangeError for what is no dial, and for one with a weight between */
function slotOf(dial: Dial): Slot {
  const slot = SLOTS.find(one => dial[one] === 100);
  if (slot !== undefined && dial.blue + dial.green === 100) return slot;
  const text = `{blue: ${dial.blue}, green: ${dial.green}}`;
  const isDial = dial.blue >= 0 && dial.green >= 0 && Math.abs(dial.blue + dial.green - 100) < 1e-6;
  throw new RangeError(
    isDial ? `${text} has a weight between 0 and 100, and a selector has none` : `${text} is not a dial`,
  );
}

function sameLabels(a: Record<string, string>, b: Record<string, string>): boolean {
  return Object.keys(a).length === Object.keys(b).length && Object.entries(b).every(([key, value]) => a[key] === value);
}

/** @throws RouterUnreachableError it does not answer @throws RouterRuleError it refuses, or this function does not reach it */
async function asked<T>(
  cluster: Cluster | undefined,
  workload: SelectorWorkload,
  ask: (cluster: Cluster) => Promise<T>,
) {
  const what = `Service ${workload.router.service}`;
  if (cluster === undefined) throw new RouterRuleError(`${what} is in the cluster, which this function does not ask`);
  try {
    return await ask(cluster);
  } catch (error) {
    if (error instanceof ClusterUnreachableError) {
      throw new RouterUnreachableError(`${what}: ${error.message}`, { cause: error });
    }
    if (error instanceof ClusterRefusedError) throw new RouterRuleError(`${what}: ${error.message}`, { cause: error });
    throw error;
  }
}
