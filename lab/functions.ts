import * as abort from '../functions/abort.ts';
import * as admit from '../functions/admit.ts';
import * as alarmChanged from '../functions/alarm-changed.ts';
import * as approve from '../functions/approve.ts';
import * as audit from '../functions/audit.ts';
import * as awaitApproval from '../functions/await-approval.ts';
import * as callHook from '../functions/call-hook.ts';
import * as close from '../functions/close.ts';
import * as executionEnded from '../functions/execution-ended.ts';
import * as imagePushed from '../functions/image-pushed.ts';
import type { LambdaHandler } from '../functions/lambda/handler.ts';
import * as look from '../functions/look.ts';
import * as nextStep from '../functions/next-step.ts';
import * as openApproval from '../functions/open-approval.ts';
import * as openPreview from '../functions/open-preview.ts';
import * as readSlot from '../functions/read-slot.ts';
import * as reconcile from '../functions/reconcile.ts';
import * as recordLive from '../functions/record-live.ts';
import * as restoreTraffic from '../functions/restore-traffic.ts';
import * as retireCanary from '../functions/retire-canary.ts';
import * as retireStable from '../functions/retire-stable.ts';
import * as shiftTraffic from '../functions/shift-traffic.ts';
import * as sizeCanary from '../functions/size-canary.ts';
import * as soak from '../functions/soak.ts';
import * as start from '../functions/start.ts';
import * as startNextRun from '../functions/start-next-run.ts';
import * as startRollBack from '../functions/start-roll-back.ts';
import * as startWithPlan from '../functions/start-with-plan.ts';
import * as status from '../functions/status.ts';
import * as undo from '../functions/undo.ts';
import * as verifyTraffic from '../functions/verify-traffic.ts';
import * as writeCanary from '../functions/write-canary.ts';

/** All that any handler needs; what a Lambda opens from its environment. */
export type AllDeps = admit.AdmitDeps &
  look.LookDeps &
  restoreTraffic.RestoreTrafficDeps &
  startWithPlan.StartWithPlanDeps &
  executionEnded.ExecutionEndedDeps;

/** The product's handlers by the names of their files, as Lambda knows functions. A test compares with functions/. */
export const labFunctions = (deps: AllDeps): Record<string, LambdaHandler<unknown>> => ({
  abort: abort.makeHandler(deps),
  admit: admit.makeHandler(deps),
  'alarm-changed': alarmChanged.makeHandler(deps),
  approve: approve.makeHandler(deps),
  audit: audit.makeHandler(deps),
  'await-approval': awaitApproval.makeHandler(deps),
  'call-hook': callHook.makeHandler(deps),
  close: close.makeHandler(deps),
  'execution-ended': executionEnded.makeHandler(deps),
  'image-pushed': imagePushed.makeHandler(deps),
  look: look.makeHandler(deps),
  'next-step': nextStep.makeHandler(deps),
  'open-approval': openApproval.makeHandler(deps),
  'open-preview': openPreview.makeHandler(deps),
  'read-slot': readSlot.makeHandler(deps),
  'record-live': recordLive.makeHandler(deps),
  reconcile: reconcile.makeHandler(deps),
  'restore-traffic': restoreTraffic.makeHandler(deps),
  'retire-canary': retireCanary.makeHandler(deps),
  'retire-stable': retireStable.makeHandler(deps),
  'shift-traffic': shiftTraffic.makeHandler(deps),
  'size-canary': sizeCanary.makeHandler(deps),
  soak: soak.makeHandler(deps),
  start: start.makeHandler(deps),
  'start-with-plan': startWithPlan.makeHandler(deps),
  'start-next-run': startNextRun.makeHandler(deps),
  'start-roll-back': startRollBack.makeHandler(deps),
  status: status.makeHandler(deps),
  undo: undo.makeHandler(deps),
  'verify-traffic': verifyTraffic.makeHandler(deps),
  'write-canary': writeCanary.makeHandler(deps),
});
