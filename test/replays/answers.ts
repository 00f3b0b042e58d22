import { isDeepStrictEqual } from 'node:util';
import { sha256 } from '../../adapters/sha256.ts';
import { dialFor } from '../../domain/dial.ts';
import type { Verdict } from '../../domain/judges/verdict.ts';
import { fold } from '../../domain/ledger/fold.ts';
import { type EndedRelease, emptyState, type ReleaseState, type WorkloadState } from '../../domain/ledger/state.ts';
import { stepsOf } from '../../domain/ledger/steps-of.ts';
import { confirmedWeight } from '../../domain/ledger/weight.ts';
import type { Decision, Observation } from '../../domain/release/move.ts';
import { nextMove } from '../../domain/release/next-move.ts';
import { nextStep } from '../../domain/release/next-step.ts';
import type { Recording } from './recording.ts';

/** A state as it was read from a ledger, without what only says how that version kept it. */
export type SeenState = Record<string, unknown>;

/** What a version of Sluice made of a ledger after one of its lines. */
export interface Answer {
  seq: number;
  state: SeenState;
  /** The next step and, by what the metrics say, the next move; empty where nothing waits for one. Sentences are no decisions. */
  next: Record<string, string>;
}

/** The verdicts that a look may come to: each leads another way. */
const VERDICTS: readonly Verdict[] = [
  { kind: 'healthy', because: 'it is proven' },
  { kind: 'watching', because: 'nothing is wrong' },
  { kind: 'inconclusive', because: 'too few requests', fault: false },
  { kind: 'inconclusive', because: 'the source does not answer', fault: true },
  { kind: 'degraded', metric: 'errors', because: 'too many failed' },
];

/** Looks come a few seconds after a line, and long after it: what has an end in time is over by then. */
const LOOKS_AFTER_MS = [5_000, 3_600_000] as const;

/** What this version makes of a recording, line by line. */
export function answersOf({ entries }: Recording): Answer[] {
  let state = emptyState();
  return entries.map(entry => {
    state = fold(state, entry, sha256);
    const { active } = state;
    const isWaiting = active?.admission !== undefined && active.rollBack === undefined && active.refused === undefined;
    return { seq: entry.seq, state: seenState(state), next: isWaiting ? nextOf(active, entry.atEpochMs) : {} };
  });
}

function nextOf(release: ReleaseState, atEpochMs: number): Answer['next'] {
  const { kind, ...step } = nextStep(release, atEpochMs);
  const looks = LOOKS_AFTER_MS.flatMap(afterMs => VERDICTS.map(verdict => ({ afterMs, verdict })));
  const moves = looks.map(({ afterMs, verdict }) => {
    const fault = verdict.kind === 'inconclusive' && verdict.fault ? ' (fault)' : '';
    const decision = nextMove(release, observed(release, atEpochMs + afterMs, verdict));
    return [`${verdict.kind}${fault} after ${afterMs / 1000} s`, decisionText(decision)];
  });
  return { step: [kind, ...Object.values(step)].join(' '), ...Object.fromEntries(moves) };
}

/** `lookAgain 10; held; holds` */
function decisionText({ move, facts, holds }: Decision): string {
  const { because: _, ...rest } = move;
  const said = facts.map(({ kind }) => kind);
  return [Object.values(rest).join(' '), ...said, ...(holds === true ? ['holds'] : [])].join('; ');
}

/** A world in which nothing is wrong besides what the metrics say. */
const observed = (release: ReleaseState, nowEpochMs: number, verdict: Verdict): Observation => ({
  nowEpochMs,
  dial: dialFor(release.admission?.canary ?? 'green', confirmedWeight(release)),
  healthyCanaryTargets: 2,
  unsureCanaryTargets: 0,
  alarms: [],
  verdict,
  byMetric: { errors: verdict },
  nextReadingSeconds: 10,
  analysisComplete: verdict.kind === 'healthy',
});

const seenState = ({ active, waiting, ended, lastHash: _, ...rest }: WorkloadState): SeenState =>
  JSON.parse(
    JSON.stringify({
      ...rest,
      ...(active !== undefined && { active: seenRelease(active) }),
      ...(waiting !== undefined && { waiting: seenRelease(waiting) }),
      ended: ended.map(seenEnd),
    }),
  );

/** The plan is what was requested, and stands in the ledger's line; what a release walks through is what was made of it. */
function seenRelease({ plan, ...release }: ReleaseState): object {
  const { steps, soakSeconds } = stepsOf({ plan, ...release });
  return { ...release, ...(release.admission !== undefined && { walks: { steps, soakSeconds } }) };
}

const seenEnd = ({ plan: _, ...end }: EndedRelease): object => end;

/** A line as it is kept: what it changed, since the whole state at each line would be the same again and again. */
interface KeptAnswer {
  seq: number;
  changed: Record<string, unknown>;
  gone?: string[];
  next?: Record<string, string>;
}

/** The answers as they are kept, a line each. */
export function answersText(answers: readonly Answer[]): string {
  let [state, next]: [Flat, Flat] = [{}, {}];
  const lines = answers.map(answer => {
    const flat = flatOf(answer.state);
    const kept: KeptAnswer = { seq: answer.seq, changed: changes(state, flat) };
    const gone = Object.keys(state).filter(key => !Object.hasOwn(flat, key));
    if (gone.length > 0) kept.gone = gone;
    if (Object.keys(changes(next, answer.next)).length > 0 || Object.keys(answer.next).length === 0)
      kept.next = answer.next;
    [state, next] = [flat, answer.next];
    return JSON.stringify(kept);
  });
  return `[\n  ${lines.join(',\n  ')}\n]\n`;
}

/** What `answersText` kept, whole again. */
export function answersFrom(text: string): { seq: number; state: Flat; next: Flat }[] {
  let [state, next]: [Flat, Flat] = [{}, {}];
  return (JSON.parse(text) as KeptAnswer[]).map(({ seq, changed, gone = [], next: then = next as Answer['next'] }) => {
    const left = Object.entries(state).filter(([key]) => !gone.includes(key));
    [state, next] = [{ ...Object.fromEntries(left), ...changed }, then];
    return { seq, state, next };
  });
}

type Flat = Record<string, unknown>;

const changes = (before: Flat, after: Flat): Flat =>
  Object.fromEntries(Object.entries(after).filter(([key, value]) => !isDeepStrictEqual(before[key], value)));

/** `active.hold`: two levels are enough to see what a line did. */
export const flatOf = (state: SeenState): Flat =>
  Object.fromEntries(
    Object.entries(state).flatMap(([key, value]) =>
      (key === 'active' || key === 'waiting') && typeof value === 'object' && value !== null
        ? Object.entries(value).map(([inner, one]) => [`${key}.${inner}`, one])
        : [[key, value]],
    ),
  );
