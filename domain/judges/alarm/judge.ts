import { type Check, checkJudge, neither } from '../check-judge.ts';
import type { AlarmJudgeSpec } from './plan.ts';

/**
 * A CloudWatch alarm as a check, window by window: a window in which it was in ALARM is bad, one at whose end it had no
 * data says neither, any other is good. What it cannot see: whether the canary or something else set the alarm off.
 */
const alarmCheck: Check = reading => {
  if (reading.kind !== 'alarm') return neither('the reading is not the state of an alarm');
  switch (reading.state) {
    case 'ALARM':
      return { phase: 'failed', because: 'the alarm was in ALARM' };
    case 'OK':
      return { phase: 'successful', because: 'the alarm was OK' };
    default:
      return neither('the alarm had insufficient data');
  }
};

export const alarmJudge = checkJudge<AlarmJudgeSpec>('alarm', () => alarmCheck);
