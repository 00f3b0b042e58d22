import { setTimeout as delay } from 'node:timers/promises';
import { endText, newsOf } from '../../domain/ledger/news.ts';
import type { EndedRelease } from '../../domain/ledger/state.ts';
import { workloadOf } from '../../domain/release-id.ts';
import { exitCodeOf } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import type { Doors } from './doors.ts';

const ASK_EVERY_MS = 1_000;

/** Prints a release's news until it has ended, and sets the exit code of its end. */
export async function followToTheEnd(terminal: Terminal, doors: Doors, releaseId: string): Promise<void> {
  const workload = workloadOf(releaseId);
  let afterSeq = 0;
  for (;;) {
    const { state, entries } = await doors.status({ workload, afterSeq });
    afterSeq = entries.at(-1)?.seq ?? afterSeq;
    const release = [state.active, state.waiting, ...state.ended].find(one => one?.releaseId === releaseId);
    for (const { fact, releaseId: of } of entries) {
      // the end is the answer, and printed below
      if (of !== releaseId || release === undefined || fact.kind === 'closed') continue;
      const news = newsOf(fact, release.plan);
      if (news !== undefined) terminal.out(`${releaseId} ${news}\n`);
    }
    const ended = state.ended.find(one => one.releaseId === releaseId);
    if (ended !== undefined) return tellEnd(terminal, ended);
    await delay(ASK_EVERY_MS);
  }
}

function tellEnd(terminal: Terminal, ended: EndedRelease): void {
  terminal.out(`${ended.releaseId} ${endText(ended)}\n`);
  terminal.exitCode = exitCodeOf(ended);
}
