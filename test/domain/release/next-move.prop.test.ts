import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Step } from '../../../domain/plan/plan.ts';
import { nextMove } from '../../../domain/release/next-move.ts';
import { approval, bake, hook, type Line, readied, releaseOf, shifted, weight } from '../../support/ledger-lines.ts';
import { degraded, dial, healthy, noSource, sight, tooLittle, watching } from '../../support/sight.ts';

const steps = fc.constantFrom<Step[][]>(
  [weight(10), bake(300), weight(100)],
  [weight(10), approval(), weight(100)],
  [weight(10), hook(), weight(100)],
  [weight(10), { kind: 'analysis', metrics: ['errors'], count: 3 }, weight(100)],
  [weight(10), weight(100)],
);
const ledgerLines = fc.subarray<Line>(
  [
    [50, { kind: 'held', because: 'x', fault: false }],
    [60, { kind: 'approvalOpened', name: 'proceed?' }],
    [70, { kind: 'approvalOpened', name: 'go-live' }],
    [80, { kind: 'hookCalled', name: 'smoke', attempt: 1 }],
    [90, { kind: 'sizeIntended', slot: 'green', replicas: 4, weight: 100 }],
    [95, { kind: 'stepDone', index: 1, because: '' }],
  ],
  { minLength: 0 },
);
const seen = fc.record({
  verdict: fc.constantFrom(healthy, watching, tooLittle, noSource, degraded),
  dial: fc.constantFrom(dial(90, 10), dial(100, 0), dial(100, 10), dial(0, 100)),
  healthyCanaryTargets: fc.nat(5),
  unsureCanaryTargets: fc.nat(5),
  nextReadingSeconds: fc.constantFrom(0, 0.2, 1, 10, 59.5),
  analysisComplete: fc.boolean(),
});
const then = fc.constantFrom('rollBack' as const, 'ask' as const, 'proceed' as const);

it('whatever a look sees: waits are whole seconds from 1 up, degraded goes back, no fault of the source lets a step pass', () => {
  fc.assert(
    fc.property(
      steps,
      ledgerLines,
      seen,
      then,
      fc.double({ min: 100, max: 9_000, noNaN: true }),
      (plan, lines, fakes, end, seconds) => {
        const release = releaseOf(
          { steps: plan, hold: { atMostSeconds: 600, then: end } },
          ...readied(0, 10),
          ...shifted(20, { from: 0, to: 10 }),
          [40, { kind: 'stepStarted', index: 1 }],
          ...lines,
        );
        const observation = sight(release, Math.round(seconds), fakes);
        const decided = nextMove(release, observation);
        const { move, facts } = decided;
        if (move.kind === 'lookAgain') {
          expect(Number.isInteger(move.seconds)).toBe(true);
          expect(move.seconds).toBeGreaterThanOrEqual(1);
        }
        if (fakes.verdict.kind === 'degraded') expect(move).toMatchObject({ kind: 'rollBack', reason: 'degraded' });
        const measured = plan[release.stepsDone]?.kind === 'bake' || plan[release.stepsDone]?.kind === 'analysis';
        if (fakes.verdict === noSource && measured) expect(facts.map(fact => fact.kind)).not.toContain('stepDone');
        expect(nextMove(release, observation)).toEqual(decided);
      },
    ),
    { numRuns: 400 },
  );
});
