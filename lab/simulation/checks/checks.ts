import type { Watcher } from '../observed-ports.ts';
import type { Stage } from '../stage.ts';
import { checkAlarms } from './alarms.ts';
import { checkDial } from './dial.ts';
import { checkIntent } from './intent.ts';
import { JudgementChecks } from './judgement.ts';
import { checkLine } from './lines.ts';
import { checkRoad } from './road.ts';

/** All that has to hold after every step, whatever went wrong before. */
export function openChecks(stage: Stage): Watcher {
  const judgement = new JudgementChecks(stage);
  return {
    effect(effect) {
      checkIntent(stage, effect);
      checkDial(stage, effect);
    },
    appended(line) {
      checkLine(stage, line);
      checkAlarms(stage, line);
      checkRoad(stage, line);
      judgement.appended(line);
    },
    windowPut: (releaseId, record) => judgement.windowPut(releaseId, record),
  };
}
