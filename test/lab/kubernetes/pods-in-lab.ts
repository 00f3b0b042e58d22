import { expect, onTestFinished } from 'vitest';
import type { Program } from '../../../lab/kubernetes/pod.ts';
import type { LabInTest } from './cluster-in-lab.ts';
import { binding, openLab } from './cluster-in-lab.ts';

export const IMAGE = `registry.example/app@sha256:${'1'.repeat(64)}`;
export const NEXT = `registry.example/app@sha256:${'2'.repeat(64)}`;

/** A lab that is closed when its test is over. */
export async function open(program: Program, options: Parameters<typeof openLab>[1] & { next?: Program } = {}) {
  const lab = await openLab({ [IMAGE]: program, ...(options.next ? { [NEXT]: options.next } : {}) }, options);
  // not by a hook of this module: a worker loads it once, and only its first test file would have the hook
  onTestFinished(() => lab.kubernetes.close());
  for (const object of binding) lab.kubernetes.apply(object);
  return lab;
}

export const eventually = <T>(read: () => T) => expect.poll(read, { timeout: 15_000, interval: 30 });
export const ready = ({ kubernetes }: LabInTest) => kubernetes.pods().filter(pod => pod.ready && !pod.terminating);
export const waiting = ({ kubernetes }: LabInTest) => {
  const [pod] = kubernetes.list('Pod', 'shop');
  const status = pod?.status as
    | { containerStatuses: { state: { waiting?: object }; restartCount: number }[] }
    | undefined;
  return { ...status?.containerStatuses[0]?.state.waiting, restarts: status?.containerStatuses[0]?.restartCount };
};
export const status = ({ kubernetes }: LabInTest) => kubernetes.list('Deployment', 'shop')[0]?.status;
export const isRunning = (pid: number | undefined): boolean => {
  try {
    process.kill(pid ?? 0, 0);
    return true;
  } catch {
    return false;
  }
};
