import type { Watcher } from '../observed-ports.ts';
import type { Stage } from '../stage.ts';
import { checkAlarms } from './alarms.ts';
import { checkDial } from './dial.ts';
import { checkIntent } from './intent.ts';
import { JudgementChecks } from './judgement.ts';
import { checkLine } from './lines.ts';

/** All that has to hold after every step, whatever went wrong before. */
export function openChecks(stage: Stage): Watcher {
  const judgement = new JudgementChecks(stage);
  return {
    effect(effect) {
      checkIntent(stage, effect);
      checkDial(stage, effect);
    },
    appended(workload, entry, _, by) {
      checkLine(stage, workload, entry, by);
      checkAlarms(stage, workload, entry, by);
      judgement.appended(workload, entry, by);
    },
    windowPut: (releaseId, record) => judgement.windowPut(releaseId, record),
  };
}
