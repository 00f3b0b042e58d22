import type { Fact } from '../../../domain/ledger/facts.ts';
import type { Effect } from '../observed-ports.ts';
import type { Stage } from '../stage.ts';
import { isSame } from './dials.ts';

/** No effect without its intent in the ledger, about the release for which it happens. */
export function checkIntent(stage: Stage, effect: Effect): void {
  const releaseId = releaseOf(stage, effect);
  const facts = releaseId === undefined ? [] : stage.linesOf(effect.workload, releaseId).map(({ fact }) => fact);
  if (isIntended(effect, facts)) return;
  stage.violate('no effect lacks its intent', `${effect.by.who}: ${effect.kind} for ${releaseId ?? 'no release'}`);
}

/** The release that the call is about; an execution tells by its name, an operation acts for the active one. */
function releaseOf(stage: Stage, effect: Effect): string | undefined {
  if (effect.kind === 'startExecution') return /^(?:rb-)?(?<releaseId>.+)-\d+$/.exec(effect.name)?.groups?.releaseId;
  const { releaseId } = effect.by.event as { releaseId?: string };
  return releaseId ?? stage.told(effect.workload).active?.releaseId;
}

function isIntended(effect: Effect, facts: Fact[]): boolean {
  const some = (test: (fact: Fact) => boolean) => facts.some(test);
  const went = (kind: Fact['kind']) => some(fact => fact.kind === kind);
  switch (effect.kind) {
    case 'setDial':
      // back to the two-group form at 0 once the canary is verified empty, or a shift that was written down
      return (
        (effect.by.name === 'retire-canary' && went('dialVerified')) ||
        some(fact => fact.kind === 'shiftIntended' && isSame(fact.to, effect.dial))
      );
    case 'goBack':
      // rule 10: it acts even when the ledger cannot be written; a claim is there before any execution is
      return effect.by.isWithoutLedger ? went('rollBackClaimed') : went('goingBack');
    case 'setPreview':
      return some(fact => fact.kind === 'previewIntended' && fact.slot === effect.slot);
    case 'cutConnections':
      // by rule 10 the dial may have been restored while the ledger could not be written
      return went('rollBackClaimed');
    case 'writeSlot':
      return some(
        fact => fact.kind === 'canaryIntended' && fact.slot === effect.slot && fact.revision === effect.revision,
      );
    case 'scaleSlot':
      return effect.replicas > 0
        ? some(fact => fact.kind === 'sizeIntended' && fact.replicas === effect.replicas)
        : went('retiring') || went('dialVerified');
    case 'setAutoscalerMinimum':
    case 'restoreAutoscalerMinimum':
      return went('sizeIntended') || went('retiring') || went('dialVerified');
    case 'startExecution': {
      const number = Number(/-(\d+)$/.exec(effect.name)?.[1]);
      return effect.machine === 'release'
        ? some(fact => fact.kind === 'runClaimed' && fact.run === number)
        : some(fact => fact.kind === 'rollBackClaimed' && fact.attempt === number);
    }
    case 'callHook':
      return some(fact => fact.kind === 'hookCalled' && fact.name === effect.hook);
  }
}
