import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { provenProposals } from '../../cli/proven-proposals.ts';
import { foreseen } from '../../domain/forecast/forecast.ts';
import { proposals } from '../../domain/forecast/propose.ts';
import type { Traffic } from '../../domain/forecast/traffic.ts';
import { changed, mistakesOf, planOf } from '../adapters/plan-file/plan-text.ts';

const PLAN = `apiVersion: sluice/v1
kind: Plan
workload: checkout
strategy: canary
metrics:
  - name: errors
    source: { kind: cloudwatch, bad: failedRequests }
    judge: { kind: sequential, ceiling: auto } # the promise
steps:
  - setWeight: 10
  - bake: 5m
  - approval: { name: go-live, groups: [leads] }
  - setWeight: 100
soak: 10m
`;
const traffic = (requestsPerSecond: number, failureRate: number): Traffic => ({
  requestsPerSecond,
  failureRate,
  slowRate: 0.01,
  dispersion: 1,
});
const options = { releases: 100, seed: 2, withinSeconds: 3_600 };
const proven = (text: string, of: Traffic) => provenProposals(text, planOf(text), of, options);

describe('a proposed plan', () => {
  it.each<[string, string, Traffic]>([
    ['a small plan', PLAN, traffic(50, 0.01)],
    ['a service that never fails', PLAN, traffic(20, 0)],
    ['much traffic', PLAN, traffic(2_000, 0.001)],
    [
      'an example with hooks, an analysis and three judges',
      readFileSync('examples/canary.yaml', 'utf8'),
      traffic(300, 0.002),
    ],
    ['blue-green with a control', readFileSync('examples/blue-green.yaml', 'utf8'), traffic(50, 0.01)],
  ])(
    'is a whole text that passes the check, and what is said of it was simulated from that text: %s',
    (_, text, of) => {
      const better = proven(text, of);
      expect(better.length).toBeGreaterThan(0);
      for (const { proposal, text: written, healthy, effect } of better) {
        expect(mistakesOf(written)).toEqual([]);
        const plan = planOf(written);
        // from that text, and with the same seed the same
        expect(foreseen(plan, of, options)).toEqual({ healthy, effect });
        expect(healthy.promoted).toBeGreaterThanOrEqual(0.98);
        expect(effect?.found).toBeGreaterThanOrEqual(0.75);
        // what was proposed is what is written
        expect(plan.deadlineSeconds).toBe(proposal.deadlineSeconds);
        expect(plan.sequential?.detect).toEqual(proposal.detect);
      }
    },
  );

  it('keeps its gates and comments, and does what it is proposed for: all is seen before the second weight', () => {
    const [shortest] = proven(PLAN, traffic(50, 0.01));
    expect(shortest?.text).toContain('# the promise');
    const steps = planOf(shortest?.text ?? '').steps.map(step => ('seconds' in step ? 'bake' : step.kind));
    expect(steps).toEqual(['setWeight', 'bake', 'approval', 'setWeight']);
    expect(shortest?.effect?.foundByStay[0]).toBeGreaterThanOrEqual(0.75);
  });

  it('is none where a proposal does not keep in its releases what it promises', () => {
    // another judge takes healthy releases back, whatever the steps are: a third of windows have more than 1.2 %
    const coin = changed(
      'steps:',
      "  - name: coin\n    source: { kind: cloudwatch, bad: failedRequests }\n    judge: { kind: threshold, failureCondition: 'result[0] > 0.012', failureLimit: 3 }\nsteps:",
      PLAN,
    );
    const of = traffic(50, 0.01);
    expect(proposals(planOf(coin), of, options).length).toBeGreaterThan(0);
    expect(proven(coin, of)).toEqual([]);
  });

  it('is none where nothing is proposed', () => {
    expect(proven(PLAN, traffic(0.2, 0.001))).toEqual([]);
  });
});
