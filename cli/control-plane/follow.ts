import { setTimeout as delay } from 'node:timers/promises';
import { newsTeller } from '../../domain/ledger/news-teller.ts';
import type { WorkloadState } from '../../domain/ledger/state.ts';
import { stepsOf } from '../../domain/ledger/steps-of.ts';
import { openApprovals } from '../../domain/release/approvals.ts';
import { workloadOf } from '../../domain/release-id.ts';
import { approveCommandOf } from '../approval-text.ts';
import { exitCodeOf } from '../exit-code.ts';
import { newsStyle } from '../styles.ts';
import { paintOf, say, type Terminal } from '../terminal.ts';
import type { Operations } from './operations.ts';

const ASK_EVERY_MS = 1_000;

/**
 * Prints a release's news until it has ended, and sets the exit code of its end.
 * @param paste a command for the same control plane that can be pasted
 */
export async function followToTheEnd(
  terminal: Terminal,
  operations: Operations,
  { releaseId, paste }: { releaseId: string; paste: (command: string) => string },
): Promise<void> {
  const workload = workloadOf(releaseId);
  const tell = newsTeller();
  const find = ({ active, waiting, ended }: WorkloadState) =>
    [active, waiting, ...ended].find(one => one?.releaseId === releaseId);
  // from its own first line on: a workload's log may be years long
  let afterSeq = (find((await operations.status({ workload })).state)?.requestedSeq ?? 1) - 1;
  for (;;) {
    const { state, entries, nextAfterSeq } = await operations.status({ workload, afterSeq });
    afterSeq = entries.at(-1)?.seq ?? afterSeq;
    const release = find(state);
    for (const { fact, seq, releaseId: of } of entries) {
      if (of !== releaseId || release === undefined) continue;
      const news = tell(fact, stepsOf(release));
      if (news === undefined) continue;
      const style = newsStyle(fact);
      const text = style === undefined ? news : paintOf(terminal)(style, news);
      say(terminal, `${releaseId}  ${text}\n`, { hang: releaseId.length + 2 });
      const open = fact.kind === 'approvalOpened' && openApprovals(release).find(({ opening }) => opening === seq);
      if (open) say(terminal, `    ${paste(approveCommandOf(releaseId, open))}\n`);
    }
    if (nextAfterSeq !== undefined) continue; // the rest of the log, at once
    const ended = state.ended.find(one => one.releaseId === releaseId);
    if (ended === undefined) {
      await delay(ASK_EVERY_MS);
      continue;
    }
    // it is the same revision: what came of that one came of this one
    terminal.exitCode = exitCodeOf(state.ended.find(one => one.releaseId === ended.sameAs) ?? ended);
    return;
  }
}
