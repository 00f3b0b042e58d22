import type { RollBackReason } from '../../../domain/ledger/facts.ts';
import type { Appended } from '../observed-ports.ts';
import type { Stage } from '../stage.ts';
import type { ToldRelease } from './told-release.ts';

/** A release goes back for what it says, and that has happened. */
export function checkReasons(stage: Stage, { workload, release, entry, by }: Appended): void {
  const { fact } = entry;
  if (fact.kind !== 'rollBackClaimed' || fact.attempt > 1) return;
  // an account at its limit, and services that take no more calls, delay a release: they never take it back
  if (fact.reason === 'fault' && /TooManyRequests|Throttl/.test(fact.because)) {
    stage.violate('throttling is no reason to go back', `${release.releaseId}, line ${entry.seq}: ${fact.because}`);
  }
  // one that could not be asked is looked at again: before admission nothing had begun, and the hold says its own words
  if (fact.reason === 'fault' && release.admission !== undefined && /ClusterUnreachableError/.test(fact.because)) {
    stage.violate('a cluster that is away blocks the next weight alone', `${release.releaseId}: ${fact.because}`);
  }
  const missing = groundMissing(stage, workload, release, { ...fact, by: by?.name });
  if (missing === undefined) return;
  stage.violate(
    'a release goes back for a reason',
    `${release.releaseId}, line ${entry.seq}: ${fact.reason}, and ${missing}`,
  );
}

/** A deadline counts from when Admit looked, which is so long before its line at most. */
const ADMITTING_MS = 20_000;

function groundMissing(
  stage: Stage,
  workload: string,
  release: ToldRelease,
  { reason, because, by }: { reason: RollBackReason; because: string; by: string | undefined },
): string | undefined {
  const now = Date.now() + 2 * stage.clockSkewMs;
  switch (reason) {
    case 'degraded': {
      const hookFailed = release.lines.some(({ fact }) => fact.kind === 'hookAnswered' && !fact.passed);
      const since = release.firstTrafficEpochMs;
      const rang = since !== undefined && stage.lastRangEpochMs >= since - stage.clockSkewMs;
      if (release.verdict?.kind === 'degraded' || hookFailed || rang) return undefined;
      return 'no metric, no hook and no alarm said so while it had traffic';
    }
    case 'deadline': {
      const admitted = (release.admittedAtEpochMs ?? Number.POSITIVE_INFINITY) - ADMITTING_MS;
      if (now >= admitted + release.asked.deadlineSeconds * 1000) return undefined;
      const isUnanswered = release.steps.some(step => {
        const asked = step.kind === 'approval' ? release.open.get(step.name) : undefined;
        return step.kind === 'approval' && asked !== undefined && now >= asked.sinceEpochMs + step.withinSeconds * 1000;
      });
      return isUnanswered ? undefined : 'its time is not up';
    }
    case 'aborted': {
      const isReplaced = release.asked.onNewImage === 'replace' && stage.told(workload).waiting !== undefined;
      return by === 'abort' || isReplaced ? undefined : 'nobody asked for it';
    }
    case 'noEvidence':
      if (release.hold !== undefined && now >= release.hold.sinceEpochMs + release.asked.hold.atMostSeconds * 1000) {
        return undefined;
      }
      return 'it was not held for as long as its plan says';
    case 'notReady': {
      const { admission, admittedAtEpochMs = 0 } = release;
      const site = stage.site(workload);
      // of a canary that never had traffic: nothing else but Sluice puts its group into the rule
      const isByHand = site.wasTurnedByHandSince(admittedAtEpochMs) || release.firstTrafficEpochMs !== undefined;
      const isLeftOut = admission !== undefined && !site.pods[admission.canary].isChecked;
      if (isLeftOut && !isByHand && site.pods[admission.canary].available(Date.now()) > 0) {
        return 'its pods are ready, and no rule names its group';
      }
      return calmly(stage, workload, release);
    }
    case 'fault':
      if (/somebody else wrote it/.test(because) && !stage.site(workload).wasEditedByHand) return 'nobody else did';
      return calmly(stage, workload, release);
    default:
      return undefined;
  }
}

/** Where nothing fails, and nobody does anything, a good image is neither unready nor faulty. */
const calmly = (stage: Stage, workload: string, release: ToldRelease): string | undefined =>
  stage.isCalm && isGood(stage, workload, release) ? 'nothing was the matter' : undefined;

function isGood(stage: Stage, workload: string, { admission }: ToldRelease): boolean {
  return admission !== undefined && stage.site(workload).qualityOf(admission.canary).kind === 'good';
}
