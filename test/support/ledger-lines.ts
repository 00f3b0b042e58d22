import { sha256 } from '../../adapters/sha256.ts';
import { dialFor } from '../../domain/dial.ts';
import type { Admission, Entry, Fact, ReleaseImage } from '../../domain/ledger/facts.ts';
import { fold, hashOf } from '../../domain/ledger/fold.ts';
import { emptyState, type ReleaseState, type WorkloadState } from '../../domain/ledger/state.ts';
import type { Metric, Plan, Step } from '../../domain/plan/plan.ts';
import type { WorkloadOf } from '../../domain/workload.ts';

/*
 * a release's lines as its ledger has them, written by hand: lines of [seconds after NOON, fact, ...].
 */

/** A whole minute since the epoch. */
export const NOON = 1_700_000_040_000;
export const at = (seconds: number): number => NOON + seconds * 1000;

export const shop: WorkloadOf<'alb'> = {
  name: 'shop',
  cluster: { name: 'prod', namespace: 'default' },
  deployment: 'shop',
  container: 'app',
  repositories: [{ name: 'shop', tags: '*' }],
  router: {
    kind: 'alb',
    rules: ['arn:rule/shop'],
    targetGroups: { blue: 'arn:tg/shop-blue', green: 'arn:tg/shop-green' },
    previewRule: 'arn:rule/shop-preview',
  },
  backgroundWork: 'none',
  connections: 'cut',
  maxDrainSeconds: 900,
};

export const errors: Metric = {
  name: 'errors',
  source: { kind: 'cloudwatch', measure: { kind: 'failedRequests' } },
  judge: {
    kind: 'threshold',
    successCondition: 'result[0] < 0.05',
    failureLimit: 0,
    inconclusiveLimit: 0,
    consecutiveErrorLimit: 4,
    intervalSeconds: 60,
    initialDelaySeconds: 0,
  },
};

export const weight = (weight: number): Step => ({ kind: 'setWeight', weight });
export const bake = (seconds: number): Step => ({ kind: 'bake', seconds });
export const hook = (more: Partial<Extract<Step, { kind: 'hook' }>> = {}): Step => ({
  kind: 'hook',
  name: 'smoke',
  url: 'https://hooks.example.com/smoke',
  timeoutSeconds: 300,
  retries: 0,
  ...more,
});
export const approval = (more: Partial<Extract<Step, { kind: 'approval' }>> = {}): Step => ({
  kind: 'approval',
  name: 'go-live',
  groups: ['leads'],
  required: 1,
  notTheStarter: false,
  withinSeconds: 3_600,
  ...more,
});

/** 10 %, a bake of 5 minutes, 100 %; windows of a minute; holds for 10 minutes; two hours in all. */
export const planOf = (more: Partial<Plan> = {}): Plan => ({
  workload: 'shop',
  strategy: 'canary',
  onNewImage: 'queue',
  deadlineSeconds: 7_200,
  progressDeadlineSeconds: 600,
  hold: { atMostSeconds: 600, then: 'rollBack' },
  windowSeconds: 60,
  metrics: [errors],
  steps: [weight(10), bake(300), weight(100)],
  soakSeconds: 0,
  notify: [],
  ...more,
});

/** The digest is `digit` 64 times. */
export const imageOf = (digit: string, tag = `v${digit}`): ReleaseImage => ({
  repository: 'shop',
  reference: tag,
  digest: `sha256:${digit.repeat(64)}`,
  uri: `registry.example.com/shop@sha256:${digit.repeat(64)}`,
  pushedAtEpochMs: NOON - 60_000,
});

/** Blue is live with 4 replicas, green gets revision `new`. */
export const admissionOf = (more: Partial<Admission> = {}): Admission => ({
  stable: 'blue',
  canary: 'green',
  revision: 'new',
  stableRevision: 'old',
  stableReplicas: 4,
  deadlineEpochMs: at(7_200),
  propagationSeconds: 30,
  draining: { connectionsSeconds: 30, clientsSeconds: 0 },
  wayBack: { kind: 'alb', stable: 'blue', rules: [] },
  ...more,
});

export interface LineOptions {
  releaseId?: string;
  by?: string;
}
export type Line = [seconds: number, fact: Fact, options?: LineOptions];

export const requested = (more: Partial<Extract<Fact, { kind: 'requested' }>> = {}): Fact => ({
  kind: 'requested',
  images: { app: imageOf('2') },
  plan: planOf(),
  workload: shop,
  ...more,
});

/** The log that these lines make; each is about `shop-1` and by `ann` unless it says otherwise. */
export function logOf(lines: readonly Line[]): Entry[] {
  const entries: Entry[] = [];
  for (const [seconds, fact, { releaseId = 'shop-1', by = 'ann' } = {}] of lines) {
    const before = entries.at(-1);
    const previousHash = before === undefined ? '' : hashOf(before, sha256);
    entries.push({ seq: entries.length + 1, releaseId, atEpochMs: at(seconds), by, fact, previousHash });
  }
  return entries;
}

export const foldAll = (entries: readonly Entry[]): WorkloadState =>
  entries.reduce((state, entry) => fold(state, entry, sha256), emptyState());

export const stateOf = (...lines: Line[]): WorkloadState => foldAll(logOf(lines));

/** Lines of a release that was requested and admitted at 0, and what came then. */
export const releaseLines = (plan: Partial<Plan>, ...more: Line[]): Line[] => [
  [0, requested({ plan: planOf(plan) })],
  [0, { kind: 'runClaimed', run: 1 }],
  [0, { kind: 'admitted', admission: admissionOf() }],
  ...more,
];

/** The active release after these lines. */
export function releaseOf(plan: Partial<Plan>, ...more: Line[]): ReleaseState {
  const { active } = stateOf(...releaseLines(plan, ...more));
  if (active === undefined) throw new Error('these lines leave no release active');
  return active;
}

/** Lines that size the canary for a weight and find it ready. */
export const readied = (seconds: number, weight: number, replicas = 1): Line[] => [
  [seconds, { kind: 'sizeIntended', slot: 'green', replicas, weight }],
  [seconds, { kind: 'slotSeen', slot: 'green', desired: replicas, available: replicas, ready: true }],
  [seconds, { kind: 'readied', weight }],
];

/** Lines of a shift that took one second. */
export const shifted = (seconds: number, { from, to }: { from: number; to: number }): Line[] => [
  [seconds, { kind: 'shiftIntended', from: dialFor('green', from), to: dialFor('green', to), weight: to }],
  [seconds + 1, { kind: 'shiftConfirmed', dial: dialFor('green', to), weight: to }],
];
