import { JUDGE_PLANS } from '../../domain/judges/plan-registry.ts';
import { ROUTER_PLANS } from '../../domain/routers/plan-registry.ts';
import { SOURCE_FACTS } from '../../domain/sources/facts-registry.ts';
import { STEP_PLANS } from '../../domain/steps/plan-registry.ts';
import type { Exemption, Family } from './kinds.ts';

/** The families whose kinds have a folder each (docs/decisions/0043-a-kind-is-a-folder.md). */
export const FAMILIES: readonly Family[] = [
  {
    name: 'judge',
    kinds: JUDGE_PLANS.map(({ kind }) => kind),
    rooms: ['domain/judges'],
    registries: ['domain/judges/plan-registry.ts', 'domain/judges/run-registry.ts', 'domain/judges/timing-registry.ts'],
    called: /judge/i,
    // how something is done, a limit, a way, another tool's name, what rings
    everyday: ['sequential', 'threshold', 'relative', 'flagger', 'alarm'],
  },
  {
    name: 'step',
    kinds: STEP_PLANS.map(({ kind }) => kind),
    rooms: ['domain/steps'],
    registries: ['domain/steps/plan-registry.ts', 'domain/steps/run-registry.ts'],
    called: /step/i,
    // what a release waits for, what a page or a row of a status is about
    everyday: ['bake', 'analysis', 'hook', 'approval'],
  },
  {
    name: 'source',
    kinds: SOURCE_FACTS.map(({ kind }) => kind),
    rooms: ['domain/sources', 'adapters/metrics', 'lab'],
    registries: [
      'domain/sources/facts-registry.ts',
      'domain/sources/plan-registry.ts',
      'adapters/metrics/run-registry.ts',
    ],
    called: /source/i,
    // a format of many things
    everyday: ['json'],
  },
  {
    name: 'router',
    kinds: ROUTER_PLANS.map(({ kind }) => kind),
    rooms: ['domain/routers', 'adapters/router', 'infra/progressive-workload'],
    registries: [
      'domain/routers/plan-registry.ts',
      'adapters/router/run-registry.ts',
      'infra/progressive-workload/router-registry.ts',
    ],
    called: /rout(?:er|ing)|wayBack/i,
    // of labels
    everyday: ['selector'],
  },
];

export const EXEMPTIONS: readonly Exemption[] = [
  { path: 'infra/example-workload-stack.ts', because: 'it is a plan to copy' },
  { path: 'cli/backtest-input.ts', because: 'a metric that is read and not judged is written out' },
  { path: 'lab/prometheus/counted-traffic.ts', because: 'a metric that is read and not judged is written out' },
  { path: 'lab/simulation/', because: 'its plans are written out, and its oracle decides again by code of its own' },
  {
    path: 'comparison/',
    because: 'its judges are the reference ones of docs/statistics.md, a family of their own',
  },
  { path: 'domain/file/guess.ts', because: "it has other tools' words for ours, by which a mistake is guessed" },
  { path: 'scripts/structure/families.ts', because: 'it says which kinds are everyday words' },
  { path: 'adapters/router/fake-router.ts', because: 'it is the fake of that one router, for tests of what needs one' },
  { path: 'lab/demo/run.ts', because: 'the lab has a load balancer, and workloads behind it' },
  { path: 'lab/run-lab.ts', because: 'the lab has a load balancer, and workloads behind it' },
  { path: 'lab/watch-release.ts', because: 'the lab has a load balancer, and workloads behind it' },
  { path: 'lab/workload.ts', because: 'the lab has a load balancer, and workloads behind it' },
  { path: 'bench/warm-look.ts', because: 'it measures plans that are written out' },
  { path: 'bench/releases-at-once.ts', because: 'it measures plans that are written out' },
];

/** Files of adapters/ that the one way to make an adapter is not for, and why. */
export const MADE_OTHERWISE: readonly Exemption[] = [
  { path: 'adapters/signer-sha256.ts', because: "a library's signer constructs it: it is a hash and no adapter" },
  {
    path: 'adapters/metrics/cloudwatch/fake-traffic.ts',
    because: 'what the fake source and the simulator answer from',
  },
];
