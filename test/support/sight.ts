import { type Dial, dialFor } from '../../domain/dial.ts';
import type { Verdict } from '../../domain/judges/verdict.ts';
import type { ReleaseState } from '../../domain/ledger/state.ts';
import { confirmedWeight } from '../../domain/ledger/weight.ts';
import type { Observation } from '../../domain/release/move.ts';
import { at } from './ledger-lines.ts';

export const healthy: Verdict = { kind: 'healthy', because: 'all good' };
export const watching: Verdict = { kind: 'watching', because: 'nothing wrong' };
export const degraded: Verdict = { kind: 'degraded', because: 'errors: 5 of 100', metric: 'errors' };
export const tooLittle: Verdict = { kind: 'inconclusive', because: 'too little data', fault: false };
export const noSource: Verdict = { kind: 'inconclusive', because: 'the metrics cannot be read', fault: true };

/** What a look sees `seconds` after NOON: the dial where the release has put it, four healthy targets, nothing wrong. */
export const sight = (release: ReleaseState, seconds: number, more: Partial<Observation> = {}): Observation => {
  const verdict = more.verdict ?? watching;
  return {
    nowEpochMs: at(seconds),
    dial: dialFor(release.admission?.canary ?? 'green', confirmedWeight(release)),
    healthyCanaryTargets: 4,
    unsureCanaryTargets: 0,
    alarms: [],
    verdict,
    byMetric: { errors: verdict },
    nextReadingSeconds: 60,
    analysisComplete: false,
    ...more,
  };
};

export const dial = (blue: number, green: number): Dial => ({ blue, green });
