import type { Watcher } from '../observed-ports.ts';
import type { Stage } from '../stage.ts';
import { checkAlarms } from './alarms.ts';
import { checkDial, checkNoReturn } from './dial.ts';
import { countFalseAlarms } from './false-alarms.ts';
import { checkIntent } from './intent.ts';
import { JudgementChecks } from './judgement.ts';
import { checkLine } from './lines.ts';
import { PaceChecks } from './pace.ts';
import { checkPeopleAreTold } from './people.ts';
import { checkPods } from './pods.ts';
import { checkReasons } from './reasons.ts';
import { checkRoad } from './road.ts';
import { checkContentAtNoReturn, checkSlots } from './slots.ts';
import { checkTemplateIsFollowed } from './templates.ts';
import { checkTruth } from './truth.ts';
import { WindowChecks } from './windows.ts';

/** All that has to hold after every step, whatever went wrong before. */
export function openChecks(stage: Stage): Watcher {
  const judgement = new JudgementChecks(stage);
  const windows = new WindowChecks(stage);
  const pace = new PaceChecks(stage);
  return {
    effect(effect) {
      checkIntent(stage, effect);
      checkDial(stage, effect);
      checkSlots(stage, effect);
      pace.effect(effect);
    },
    appended(line) {
      checkLine(stage, line);
      checkAlarms(stage, line);
      checkRoad(stage, line);
      checkReasons(stage, line);
      checkNoReturn(stage, line);
      checkContentAtNoReturn(stage, line);
      checkPods(stage, line);
      checkTemplateIsFollowed(stage, line);
      checkPeopleAreTold(stage, line);
      checkTruth(stage, line);
      countFalseAlarms(stage, line);
      judgement.appended(line);
      pace.line(line.workload);
    },
    windowPut(releaseId, record) {
      windows.put(releaseId, record);
      judgement.windowPut(releaseId, record);
    },
    metricsRead: (releaseId, readings) => windows.read(releaseId, readings),
  };
}
