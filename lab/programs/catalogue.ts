import type { RollBackReason } from '../../domain/ledger/facts.ts';

/** How a release of a program has to end under the lab's own plan. */
export type Expected =
  | { outcome: 'promoted' }
  /** It is bad, and the load balancer's metrics do not show how: promoted, or taken back for what it does besides. */
  | { outcome: 'unseen' }
  /** `because`: what the sentence that says why has to name. */
  | { outcome: 'rolledBack'; reasons: readonly RollBackReason[]; because: RegExp };

export interface CatalogueEntry {
  /** A kind of misbehaviours.ts. */
  kind: string;
  /** For people: what the program does. */
  does: string;
  expected: Expected;
  /** The lab is told where readiness is asked; otherwise a program is ready when its port accepts connections. */
  readyPath?: string;
}

const PROMOTED: Expected = { outcome: 'promoted' };
const UNSEEN: Expected = { outcome: 'unseen' };
const back = (reasons: readonly RollBackReason[], because: RegExp): Expected => ({
  outcome: 'rolledBack',
  reasons,
  because,
});
/** Metrics of the default plan. */
const ERRORS = back(['degraded'], /^errors: /);
const REFUSED = back(['degraded'], /^answers4xx: /);
const REDIRECTED = back(['degraded'], /^redirects: /);
const SLOW = back(['degraded'], /^slow: /);
const NOT_READY = back(['notReady'], /ready/);
/** Whichever is seen first: no healthy target, its restarts, or the requests that it did not answer. */
const GONE = back(['notReady', 'degraded'], /no target of green is healthy|restarted \d+ times|^errors: /);

export const CATALOGUE: readonly CatalogueEntry[] = [
  { kind: 'healthy', does: 'answers 200', expected: PROMOTED },
  { kind: 'starts-slowly', does: 'listens after 3 s, and is healthy from then on', expected: PROMOTED },
  { kind: 'closes-connections', does: 'answers HTTP/1.0 and closes each connection', expected: PROMOTED },
  { kind: 'flaps', does: 'exits with 1, 1.5 to 3 s after it listens, again and again', expected: GONE },
  { kind: 'ends-with-0', does: 'ends as if its work were done, 2 s after it listens', expected: GONE },
  { kind: 'second-replica-flaps', does: 'as flaps, but the first of its replicas is healthy', expected: GONE },
  { kind: 'second-replica-fails', does: 'answers 500, but the first of its replicas is healthy', expected: ERRORS },
  { kind: 'dies-for-good', does: 'exits after 6 s under traffic, and from then on before it listens', expected: GONE },
  { kind: 'leaks-memory', does: 'keeps something of each request, and is killed (137)', expected: GONE },
  { kind: 'stops-listening', does: 'closes its socket after 5 s; the process lives', expected: GONE },
  { kind: 'hangs', does: 'accepts connections and never answers', expected: ERRORS },
  { kind: 'hangs-later', does: 'the same, from 8 s on', expected: ERRORS },
  { kind: 'resets-connections', does: 'resets the connection of every fifth request', expected: ERRORS },
  { kind: 'breaks-off', does: 'sends less than its content-length to every fifth', expected: ERRORS },
  { kind: 'breaks-off-chunked', does: 'leaves every fifth chunked answer without its end', expected: ERRORS },
  { kind: 'stalls-in-the-body', does: 'sends a part of every fifth answer and then nothing', expected: ERRORS },
  { kind: 'says-two-lengths', does: 'sends two content-lengths that differ', expected: ERRORS },
  { kind: 'speaks-no-http', does: 'answers something that is not HTTP', expected: ERRORS },
  { kind: 'refuses-some-503', does: 'answers 503 with retry-after to every fifth', expected: ERRORS },
  { kind: 'refuses-some-429', does: 'answers 429 with retry-after to every fifth', expected: REFUSED },
  { kind: 'redirects-to-itself', does: 'answers 302 to where the request came from', expected: REDIRECTED },
  { kind: 'grows-slower', does: 'takes 10 ms longer with each second of its life', expected: SLOW },
  { kind: 'stalls-now-and-then', does: 'does nothing for 0.7 s of every 3', expected: SLOW },
  { kind: 'fails-under-full-load', does: 'answers 500 once it gets all requests', expected: ERRORS },
  { kind: 'refuses-under-full-load', does: 'answers 401 once it gets all requests', expected: REFUSED },
  { kind: 'is-slow-under-full-load', does: 'takes 0.6 s longer once it gets all requests', expected: SLOW },
  { kind: 'ignores-port', does: 'listens on a port that it was not told', expected: NOT_READY },
  { kind: 'is-never-ready', does: 'answers 200, and 503 to its readiness', expected: NOT_READY, readyPath: '/ready' },
  {
    kind: 'is-ready-no-more',
    does: 'the same, from 6 s on',
    expected: back(['notReady'], /no target of green is healthy/),
    readyPath: '/ready',
  },
  // for a load balancer these answer 200 in time, as healthy ones do: it counts no bodies, and no client that gives up in
  // the middle of one. A hook sees both, and a histogram of the program's own the second
  { kind: 'answers-nothing', does: 'answers 204 without a body', expected: UNSEEN },
  { kind: 'drips-its-answer', does: 'sends a byte a second of an answer that never ends', expected: UNSEEN },
];
