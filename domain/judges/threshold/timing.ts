import type { JudgeTiming } from '../judge-timing.ts';
import type { ThresholdJudgeSpec } from './spec.ts';

export const thresholdTiming: JudgeTiming<ThresholdJudgeSpec> = { kind: 'threshold', timing: judge => judge };
