import type { JudgeTiming } from '../judge-timing.ts';
import type { FlaggerJudgeSpec } from './spec.ts';

export const flaggerTiming = {
  kind: 'flagger',
  timing: ({ intervalSeconds }) => ({ initialDelaySeconds: 0, intervalSeconds }),
} satisfies JudgeTiming<FlaggerJudgeSpec>;
