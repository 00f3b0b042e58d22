import type { ExecutionEndedDeps } from '../../application/events/execution-ended.ts';
import type { ImagePushedDeps } from '../../application/events/image-pushed.ts';
import type { ReconcileDeps } from '../../application/events/reconcile.ts';
import type { StartWithPlanDeps } from '../../application/operations/start-with-plan.ts';
import type { AdmitDeps } from '../../application/release/admit.ts';
import type { LookDeps } from '../../application/release/look.ts';
import type { RestoreTrafficDeps } from '../../application/roll-back/restore-traffic.ts';
import * as abort from '../abort.ts';
import * as admit from '../admit.ts';
import * as alarmChanged from '../alarm-changed.ts';
import * as approve from '../approve.ts';
import * as audit from '../audit.ts';
import * as awaitApproval from '../await-approval.ts';
import * as callHook from '../call-hook.ts';
import * as close from '../close.ts';
import * as executionEnded from '../execution-ended.ts';
import * as imagePushed from '../image-pushed.ts';
import * as look from '../look.ts';
import * as lookInCluster from '../look-in-cluster.ts';
import * as nextStep from '../next-step.ts';
import * as openApproval from '../open-approval.ts';
import * as openPreview from '../open-preview.ts';
import * as readSlot from '../read-slot.ts';
import * as reconcile from '../reconcile.ts';
import * as recordLive from '../record-live.ts';
import * as restoreTraffic from '../restore-traffic.ts';
import * as restoreTrafficInCluster from '../restore-traffic-in-cluster.ts';
import * as retireCanary from '../retire-canary.ts';
import * as retireStable from '../retire-stable.ts';
import * as shiftTraffic from '../shift-traffic.ts';
import * as shiftTrafficInCluster from '../shift-traffic-in-cluster.ts';
import * as sizeCanary from '../size-canary.ts';
import * as soak from '../soak.ts';
import * as start from '../start.ts';
import * as startNextRun from '../start-next-run.ts';
import * as startRollBack from '../start-roll-back.ts';
import * as startWithPlan from '../start-with-plan.ts';
import * as status from '../status.ts';
import * as undo from '../undo.ts';
import * as verifyTraffic from '../verify-traffic.ts';
import * as verifyTrafficInCluster from '../verify-traffic-in-cluster.ts';
import * as writeCanary from '../write-canary.ts';
import type { LambdaHandler } from './handler.ts';

/** All that any handler needs; what a Lambda opens from its environment. */
export type AllDeps = AdmitDeps &
  LookDeps &
  RestoreTrafficDeps &
  StartWithPlanDeps &
  ExecutionEndedDeps &
  ReconcileDeps &
  ImagePushedDeps;

/**
 * Every handler by the name of its file, as Lambda knows functions: for who runs them in one process, the lab, the simulator
 * and tests. A test compares with functions/, so that a new one cannot be forgotten. No bundle has this file.
 */
export const makeHandlers = (deps: AllDeps): Record<string, LambdaHandler<unknown>> => ({
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
  'look-in-cluster': lookInCluster.makeHandler(deps),
  'next-step': nextStep.makeHandler(deps),
  'open-approval': openApproval.makeHandler(deps),
  'open-preview': openPreview.makeHandler(deps),
  'read-slot': readSlot.makeHandler(deps),
  'record-live': recordLive.makeHandler(deps),
  reconcile: reconcile.makeHandler(deps),
  'restore-traffic': restoreTraffic.makeHandler(deps),
  'restore-traffic-in-cluster': restoreTrafficInCluster.makeHandler(deps),
  'retire-canary': retireCanary.makeHandler(deps),
  'retire-stable': retireStable.makeHandler(deps),
  'shift-traffic': shiftTraffic.makeHandler(deps),
  'shift-traffic-in-cluster': shiftTrafficInCluster.makeHandler(deps),
  'size-canary': sizeCanary.makeHandler(deps),
  soak: soak.makeHandler(deps),
  start: start.makeHandler(deps),
  'start-with-plan': startWithPlan.makeHandler(deps),
  'start-next-run': startNextRun.makeHandler(deps),
  'start-roll-back': startRollBack.makeHandler(deps),
  status: status.makeHandler(deps),
  undo: undo.makeHandler(deps),
  'verify-traffic': verifyTraffic.makeHandler(deps),
  'verify-traffic-in-cluster': verifyTrafficInCluster.makeHandler(deps),
  'write-canary': writeCanary.makeHandler(deps),
});
