import { stepsOf } from '../../domain/ledger/steps-of.ts';
import { nextStep, weightOfStep } from '../../domain/release/next-step.ts';
import { output } from '../outputs.ts';
import type { ReleaseCall } from '../release-call.ts';
import { awaits } from './awaits.ts';

/** Names the next step, and writes down when a step began. */
export async function nameNextStep(call: ReleaseCall) {
  const { stepsDone, stepStartedAtEpochMs } = call.release;
  const { steps } = stepsOf(call.release);
  const prepares = nextStep(call.release, call.now);
  // a bake before the first weight lasts its time from when the canary is ready, not from when it was asked for
  const isPrepared = prepares.kind !== 'openPreview' && (prepares.kind !== 'sizeCanary' || readyIsTheStep(call));
  if (isPrepared && stepsDone < steps.length && stepStartedAtEpochMs === undefined) {
    await call.append({ kind: 'stepStarted', index: stepsDone });
  }
  const next = nextStep(call.release, call.now); // a weight wants the slots read since its step began
  const because = `step ${Math.min(stepsDone + 1, steps.length)} of ${steps.length}: ${next.kind}`;
  const seconds = next.kind === 'pause' ? next.seconds : 1;
  const { slotAskedAtEpochMs } = call.before;
  const asked = awaits(call.release, {
    nowEpochMs: call.now,
    seconds,
    ...(slotAskedAtEpochMs !== undefined && { slotAskedAtEpochMs }),
  });
  return output({ kind: next.kind, seconds, because, asks: asked });
}

/** Of a setWeight, making the canary ready is a part. */
const readyIsTheStep = (call: ReleaseCall): boolean => weightOfStep(call.release) !== undefined;
