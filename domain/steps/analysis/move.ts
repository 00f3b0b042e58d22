import { MISSED_AFTER_SECONDS } from '../../judges/measurements-due.ts';
import type { StepRelease, StepRunKind } from '../step-run-kind.ts';
import { measuringSeconds } from './measuring.ts';
import type { AnalysisStep } from './plan.ts';

/** As late as measurements can come: a window that nobody could read counts as missed after a while. */
const latestSeconds = (step: AnalysisStep, { plan }: StepRelease): number =>
  measuringSeconds(step, plan) + MISSED_AFTER_SECONDS;

export const analysisStep: StepRunKind<AnalysisStep> = {
  kind: 'analysis',
  lasts: true,
  move(step, release, { nowEpochMs, nextReadingSeconds, analysisComplete, verdict }) {
    const startedEpochMs = release.stepStartedAtEpochMs ?? nowEpochMs;
    if (analysisComplete) return { kind: 'lasts', untilEpochMs: startedEpochMs };
    const named = step.metrics.join(', ');
    if (nowEpochMs < startedEpochMs + latestSeconds(step, release) * 1000) {
      return { kind: 'lookAgain', seconds: nextReadingSeconds, because: `measures ${named}` };
    }
    // the measurements should be there by now: too little data is an inconclusive step, not a step without an end
    const tooLittle = `too few measurements of ${named}: ${verdict.because}`;
    return { kind: 'lasts', untilEpochMs: startedEpochMs, tooLittle };
  },
  awaits: (step, release, { startedEpochMs }) => ({
    kind: 'analysis',
    awaited: `measurements of ${step.metrics.join(', ')}`,
    sinceEpochMs: startedEpochMs,
    after: { seconds: latestSeconds(step, release), of: 'planned' },
  }),
};
