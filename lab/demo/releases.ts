import { fileURLToPath } from 'node:url';
import type { Outcome, RollBackReason } from '../../domain/ledger/facts.ts';
import type { Program } from '../kubernetes/pod.ts';

/** A release of the demo, and how it has to end. */
export interface DemoRelease {
  /** Also the workload's name and, with `.lab`, its host. */
  name: string;
  /** What is wrong with it, for people. */
  summary: string;
  plan: 'canary' | 'blueGreen';
  /** Settings of the canary's program: lab/programs/server.ts. */
  canary: string[];
  expected: Outcome;
  /** One of these; absent: none. */
  expectedReasons?: readonly RollBackReason[];
  /** Weights that it must reach at least; nothing above 0 where it is never to get traffic. */
  leastWeights: number;
  mostWeight: number;
}

/**
 * Requests a second for each of the six: at 10 % the canary gets 6 in a window of a second, enough to see that a third of
 * them fail, and all six together stay well below what two cores carry.
 */
export const REQUESTS_PER_SECOND = 60;

/** The healthy version's own latency: so that an answer in no time is not what "fast" is measured against. */
const USUAL = ['LATENCY_MS=5'];

export const DEMO_RELEASES: readonly DemoRelease[] = [
  {
    name: 'healthy',
    summary: 'works as before',
    plan: 'canary',
    canary: [],
    expected: 'promoted',
    leastWeights: 4,
    mostWeight: 100,
  },
  {
    name: 'errors',
    summary: 'answers every third request with 500',
    plan: 'canary',
    canary: ['ERROR_SHARE=0.34'],
    expected: 'rolledBack',
    expectedReasons: ['degraded'],
    leastWeights: 1,
    mostWeight: 10,
  },
  {
    name: 'crash',
    summary: 'its process dies under load',
    plan: 'canary',
    canary: ['CRASH_AFTER=2'],
    expected: 'rolledBack',
    // whichever comes first: its failed requests, or that nobody answers at the load balancer any more
    expectedReasons: ['degraded', 'notReady'],
    leastWeights: 1,
    mostWeight: 10,
  },
  {
    name: 'slow',
    summary: 'half of its answers take 1.5 s more',
    plan: 'canary',
    canary: ['EXTRA_LATENCY_MS=1500', 'EXTRA_LATENCY_SHARE=0.5'],
    expected: 'rolledBack',
    expectedReasons: ['degraded'],
    leastWeights: 1,
    mostWeight: 25,
  },
  {
    name: 'never-ready',
    summary: 'its pods never become ready',
    plan: 'canary',
    canary: ['NEVER_READY=1'],
    expected: 'rolledBack',
    expectedReasons: ['notReady'],
    leastWeights: 0,
    mostWeight: 0,
  },
  {
    name: 'blue-green',
    summary: 'previewed, checked, approved, then all at once',
    plan: 'blueGreen',
    canary: [],
    expected: 'promoted',
    leastWeights: 1,
    mostWeight: 100,
  },
];

const SERVER = fileURLToPath(new URL('../programs/server.ts', import.meta.url));

export const serverProgram = (version: string, settings: string[]): Program => ({
  command: [process.execPath, SERVER, `VERSION=${version}`, ...USUAL, ...settings],
});
