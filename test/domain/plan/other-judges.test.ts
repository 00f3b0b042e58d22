import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judgingAt, planTimeline } from '../../../domain/plan/timeline.ts';
import { timelineText } from '../../../domain/plan/timeline-text.ts';
import { planOf } from '../../adapters/plan-file/plan-text.ts';

const example = (name: string) => planOf(readFileSync(`examples/${name}.yaml`, 'utf8'));
const judgeOf = (name: string, metric: string) => example(name).metrics.find(one => one.name === metric)?.judge;

describe('a plan with the judges of others', () => {
  it("has Kayenta's parameters with their defaults filled in, and the scores of the plan in every metric", () => {
    const scores = { pass: 95, marginal: 75, weights: { errors: 60, latency: 40 } };
    expect(judgeOf('kayenta', 'errors')).toEqual({
      kind: 'mannWhitney',
      direction: 'increase',
      tolerance: 0.25,
      confidence: 0.999,
      nanStrategy: 'remove',
      critical: true,
      groups: ['errors'],
      scores,
      effectSize: {
        measure: 'meanRatio',
        allowedIncrease: 1,
        allowedDecrease: 1,
        criticalIncrease: 2,
        criticalDecrease: 1,
      },
      intervalSeconds: 600,
    });
    expect(judgeOf('kayenta', 'slow')).toMatchObject({ outlierFactor: 3, scores });
    expect(judgeOf('kayenta', 'p99')).toMatchObject({
      effectSize: { measure: 'cles', allowedIncrease: 0.6, allowedDecrease: 0.5, criticalIncrease: 0.5 },
    });
  });

  it("has Flagger's range in Flagger's units", () => {
    expect(judgeOf('flagger', 'request-success-rate')).toEqual({
      kind: 'flagger',
      min: 90,
      threshold: 5,
      intervalSeconds: 60,
    });
    expect(judgeOf('flagger', 'request-duration')).toEqual({
      kind: 'flagger',
      max: 500,
      threshold: 5,
      intervalSeconds: 60,
    });
  });

  it("has Argo's limit of good ones in a row only where it is asked for", () => {
    expect(judgeOf('argo-rollouts', 'warm')).toMatchObject({ failureLimit: -1, consecutiveSuccessLimit: 3 });
    expect(judgeOf('argo-rollouts', 'error-rate')).not.toHaveProperty('consecutiveSuccessLimit');
  });

  it('knows that Kayenta has nothing to compare with at weight 100, and Flagger needs nothing', () => {
    expect(judgingAt(example('kayenta'), 100).map(({ name }) => name)).toEqual(['failed']);
    expect(judgingAt(example('flagger'), 100)).toHaveLength(3);
  });

  it('says how they judge and what they cannot promise', () => {
    const said = (name: string) => timelineText(example(name), planTimeline(example(name)));
    expect(said('flagger')).toContain("at least 90 in Flagger's units; every 1m; roll back at 5 failed checks");
    expect(said('flagger')).toContain('failed checks add up over the whole release');
    expect(said('kayenta')).toContain(
      'at 99.9 % confidence (Mann-Whitney), critical; every 10m; roll back below a score of 75, hold below 95',
    );
    expect(said('kayenta')).toContain('At weight 100 it sees nothing');
    expect(said('argo-rollouts')).toContain('any number of bad windows allowed; done after 3 good in a row');
    expect(said('argo-rollouts')).toContain('failureLimit -1 never rolls back');
  });
});
