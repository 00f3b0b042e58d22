import type { Fact } from '../../../domain/ledger/facts.ts';
import type { Step } from '../../../domain/plan/plan.ts';
import type { Appended } from '../observed-ports.ts';
import type { Stage } from '../stage.ts';
import type { ToldRelease } from './told-release.ts';

type Says = (rule: string, how: string) => void;

/** A step is over only when it was done: no step is left out, cut short, or left with too little known. */
export function checkRoad(stage: Stage, { release, entry }: Appended): void {
  const says: Says = (rule, how) => stage.violate(rule, `${entry.releaseId}, line ${entry.seq}: ${how}`);
  const { fact } = entry;
  const nowMs = Date.now() + 2 * stage.clockSkewMs;
  const mine = release.lines.slice(0, -1);
  switch (fact.kind) {
    case 'shiftIntended':
      shifts(release, fact.weight, mine, says);
      return;
    case 'stepDone': {
      const done = mine.filter(({ fact: { kind } }) => kind === 'stepDone' || kind === 'shiftConfirmed').length;
      if (fact.index !== done) says('steps come in order', `step ${fact.index} is over when ${done} were`);
      const step = release.steps[fact.index];
      if (step === undefined) says('steps come in order', `the plan has no step ${fact.index}`);
      else stepAtItsEnd(release, step, { mine, nowMs, says });
      return;
    }
    case 'soakStarted':
      if (release.stepsDone < release.steps.length) says('steps come in order', 'it soaks before its last step');
      return;
    case 'soakDone': {
      const since = mine.findLast(line => line.fact.kind === 'soakStarted')?.atEpochMs;
      if (since === undefined) says('steps come in order', 'a soak is over that never began');
      else lasted(nowMs - since, release.soakSeconds, 'the soak', says);
      known(release, mine, { isSoak: true, nowMs, says });
      return;
    }
    case 'retiring': {
      const isFirst = release.admission?.first === true;
      if (!isFirst && !release.says('soakDone'))
        says('promoted is soaked', 'stable is given up before the soak is over');
      return;
    }
    default:
      return;
  }
}

type Lines = readonly { fact: Fact; atEpochMs: number }[];

function shifts(release: ToldRelease, weight: number, mine: Lines, says: Says): void {
  const step = release.steps[release.stepsDone];
  if (step?.kind !== 'setWeight' || step.weight !== weight) {
    says('steps come in order', `${weight} % is not what step ${release.stepsDone} asks for`);
  }
  const isReady = mine.some(({ fact }) => fact.kind === 'readied' && fact.weight >= weight);
  if (!isReady) says('a weight is readied before it is set', `${weight} %, and the canary was not ready for it`);
  const wantsPreview = release.asked.preview !== undefined && release.undoOf === undefined;
  if (wantsPreview && !mine.some(({ fact }) => fact.kind === 'previewOpened')) {
    says('a preview comes first', `${weight} % before the preview was open`);
  }
}

function stepAtItsEnd(
  release: ToldRelease,
  step: Step,
  { mine, nowMs, says }: { mine: Lines; nowMs: number; says: Says },
): void {
  const since = mine.findLast(({ fact }) => fact.kind === 'stepStarted')?.atEpochMs;
  switch (step.kind) {
    case 'bake': {
      const early = release.verdict?.kind === 'healthy' ? release.asked.promoteEarly?.afterSeconds : undefined;
      const seconds = Math.min(step.seconds, early ?? step.seconds);
      if (since === undefined) says('steps come in order', 'a bake is over that never began');
      else lasted(nowMs - since, seconds, 'the bake', says);
      known(release, mine, { isSoak: false, nowMs, says });
      return;
    }
    case 'analysis':
      known(release, mine, { isSoak: false, nowMs, says });
      return;
    case 'hook': {
      const hasPassed = mine.some(({ fact }) => fact.kind === 'hookAnswered' && fact.name === step.name && fact.passed);
      if (!hasPassed) says('a hook has passed', `${step.name} is over, and did not say that it passed`);
      return;
    }
    case 'approval':
      return; // by people: lines.ts
    case 'setWeight':
      says('steps come in order', 'a weight is over by its confirmation, not by a word');
  }
}

function lasted(ms: number, seconds: number, what: string, says: Says): void {
  if (ms < seconds * 1000 - 1)
    says('a step lasts its time', `${what} ended after ${Math.round(ms / 1000)} of ${seconds} s`);
}

/** Nothing goes on while nobody knows whether it is good, unless the plan, or a person, says so after the hold. */
function known(
  { verdict, asked, justEnded, soakSeconds }: ToldRelease,
  mine: Lines,
  { isSoak, nowMs, says }: { isSoak: boolean; nowMs: number; says: Says },
): void {
  if (verdict === undefined) {
    const hadTraffic = mine.some(({ fact }) => fact.kind === 'shiftConfirmed' && fact.weight > 0);
    if (hadTraffic && asked.metrics.length > 0) says('no step ends unjudged', 'nothing was ever judged');
    return;
  }
  if (verdict.kind !== 'inconclusive' || justEnded.isToProceed) return;
  if (isSoak && soakSeconds === 0) return; // what the step before it went on with
  const { hold } = justEnded;
  const heldMs = hold === undefined ? 0 : nowMs - hold.sinceEpochMs;
  // whether it was for want of data until the last look only that look knows
  if (hold !== undefined && heldMs >= asked.hold.atMostSeconds * 1000 - 1) return;
  says('inconclusive does not go on', `after a hold of ${Math.round(heldMs / 1000)} s, and nobody said that it may`);
}
