import type { ReplayJudge } from '../domain/replay/replay.ts';
import type { Recording } from './backtest-input.ts';
import { type Drawn, MOST_DRAWN } from './backtest-picture.ts';
import type { ReplayRow } from './backtest-text.ts';

/** Every release through every judge, one release after the other. @param draws whether there will be a picture */
export function replayAll(
  recording: Recording,
  judges: readonly ReplayJudge[],
  draws: boolean,
): { rows: ReplayRow[]; drawn: Drawn[] } {
  const rows: ReplayRow[] = [];
  const drawn: Drawn[] = [];
  let seen = 0;
  for (const release of recording.releases()) {
    seen += 1;
    const { startedAtEpochMs } = release;
    for (const judge of judges) {
      const { evidence, nearness, ...row } = judge.replay(release, { evidence: draws && seen <= MOST_DRAWN });
      rows.push({ ...row, startedAtEpochMs });
      if (draws && seen <= MOST_DRAWN)
        drawn.push({ ...row, evidence, ...(nearness && { nearness }), startedAtEpochMs });
    }
  }
  return { rows, drawn };
}
