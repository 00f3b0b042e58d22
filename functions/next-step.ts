import type { Ledger } from '../adapters/ledger/ledger.ts';
import { nextStep } from '../domain/release/next-step.ts';
import type { SharedDeps } from './shared/handler.ts';
import { asks, type RoadMove, roadMove } from './shared/move.ts';
import { lazily, openLedger, openShared } from './shared/open.ts';
import { makeRoadLambda } from './shared/road-lambda.ts';

export interface NextStepDeps extends SharedDeps {
  ledger: Ledger;
}

/** Names the next step, and writes down when a step began. */
export const makeHandler = (deps: NextStepDeps) =>
  makeRoadLambda('next-step', deps, async (call): Promise<RoadMove> => {
    const { plan, stepsDone, stepStartedAtEpochMs } = call.release;
    if (stepsDone < plan.steps.length && stepStartedAtEpochMs === undefined) {
      await call.append({ kind: 'stepStarted', index: stepsDone });
    }
    const next = nextStep(call.release, call.now);
    const because = `step ${Math.min(stepsDone + 1, plan.steps.length)} of ${plan.steps.length}: ${next.kind}`;
    const seconds = next.kind === 'pause' ? next.seconds : 1;
    return roadMove({ kind: next.kind, seconds, because, asks: asks(call.release, call.now) });
  });

export const handler = lazily(env => makeHandler({ ...openShared(env), ledger: openLedger(env) }));
