import { setTimeout as delay } from 'node:timers/promises';
import type { Pod } from './pod.ts';
import { at, resourceOf } from './resources.ts';
import { selects } from './selector.ts';
import type { Store } from './store.ts';

/** A pod as a load balancer knows it. */
export interface PodTarget {
  host: string;
  port: number;
}

/** The calls of the AWS Load Balancer Controller; the lab gives the real ELBv2 client. A failed call is tried again. */
export interface TargetRegistrar {
  register(targetGroupArn: string, target: PodTarget): Promise<void>;
  deregister(targetGroupArn: string, target: PodTarget): Promise<void>;
}

export interface BindingController {
  /** Resolves when no target group holds the pod any more, or after 2 s of wall time: an API may be away. */
  untilDrained(namespace: string, podName: string): Promise<void>;
  close(): Promise<void>;
}

/** A target that this controller registered, with the pod it stands for. */
interface Registered {
  targetGroupArn: string;
  target: PodTarget;
  namespace: string;
  podName: string;
}

const BINDING = resourceOf('TargetGroupBinding');
const SERVICE = resourceOf('Service');
const POD = resourceOf('Pod');
const RETRY_MS = 250;
const DRAIN_LIMIT_MS = 2_000;

/**
 * Keeps each bound target group equal to the ready pods that the binding's Service selects. It acts on changes only:
 * a target that someone else deregistered is not put back, as with the real controller.
 */
export function openBindingController(store: Store, registrar: TargetRegistrar, pods: () => Pod[]): BindingController {
  const registered = new Map<string, Registered>();
  let waiting: (() => void)[] = [];
  let isDirty = false;
  let working: Promise<void> | undefined;
  const closing = new AbortController();

  const keyOf = ({ targetGroupArn, target }: Pick<Registered, 'targetGroupArn' | 'target'>) =>
    `${targetGroupArn} ${target.host}:${target.port}`;

  function wanted(): Map<string, Registered> {
    const found = new Map<string, Registered>();
    for (const binding of store.list(BINDING)) {
      const namespace = String(at(binding, 'metadata', 'namespace'));
      const service = store.get(SERVICE, namespace, String(at(binding, 'spec', 'serviceRef', 'name')));
      const selector = at(service, 'spec', 'selector');
      const targetGroupArn = String(at(binding, 'spec', 'targetGroupARN'));
      for (const pod of pods()) {
        const port = pod.port();
        if (pod.namespace !== namespace || pod.isTerminating() || port === undefined) continue;
        if (pod.readySinceEpochMs() === undefined) continue;
        if (!selects(selector, at(store.get(POD, namespace, pod.name), 'metadata', 'labels'))) continue;
        const entry = { targetGroupArn, target: { host: pod.host, port }, namespace, podName: pod.name };
        found.set(keyOf(entry), entry);
      }
    }
    return found;
  }

  /** One round over the differences; @returns whether every call succeeded */
  async function converge(): Promise<boolean> {
    const target = wanted();
    const gone = [...registered].filter(([key]) => !target.has(key));
    const fresh = [...target].filter(([key]) => !registered.has(key));
    // the two lists wait for nothing of each other: a pod that ends must not wait for one that comes
    const results = await Promise.allSettled([
      ...gone.map(async ([key, entry]) => {
        await registrar.deregister(entry.targetGroupArn, entry.target);
        registered.delete(key);
      }),
      ...fresh.map(async ([key, entry]) => {
        await registrar.register(entry.targetGroupArn, entry.target);
        registered.set(key, entry);
      }),
    ]);
    return results.every(({ status }) => status === 'fulfilled');
  }

  async function work(): Promise<void> {
    while (isDirty && !closing.signal.aborted) {
      isDirty = false;
      if (!(await converge())) {
        isDirty = true;
        await delay(RETRY_MS, undefined, { signal: closing.signal }).catch(() => undefined);
      }
      const callers = waiting;
      waiting = [];
      for (const call of callers) call();
    }
    working = undefined;
  }

  function changed(): void {
    if (closing.signal.aborted) return;
    isDirty = true;
    working ??= Promise.resolve().then(work);
  }

  store.onChange(({ resource }) => {
    if (resource === BINDING || resource === SERVICE || resource === POD) changed();
  });

  return {
    untilDrained: async (namespace, podName) => {
      changed();
      const isHeld = () => [...registered.values()].some(e => e.namespace === namespace && e.podName === podName);
      const deadline = Date.now() + DRAIN_LIMIT_MS;
      while (isHeld() || working !== undefined) {
        const leftMs = deadline - Date.now();
        if (leftMs <= 0 || closing.signal.aborted) return;
        const limit = new AbortController();
        await Promise.race([
          new Promise<void>(resolve => waiting.push(resolve)),
          delay(leftMs, undefined, { signal: limit.signal }).catch(() => undefined),
        ]);
        limit.abort();
      }
    },
    close: async () => {
      closing.abort();
      for (const call of waiting) call();
      await working;
    },
  };
}
