import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../../adapters/plan-file/read-plan.ts';
import { SMALL_PLAN } from '../../adapters/plan-file/plan-text.ts';
import { issuesOf } from './issue-text.ts';

const planWith = (text: string) => `${SMALL_PLAN.trimEnd()}\ncanaryHealth: ${text}\n`;
const healthOf = (plan: string) => {
  const read = parsePlan(plan, 'plan.yaml');
  return read.kind === 'plan' ? read.plan.canaryHealth : undefined;
};

describe("the canary's pods as evidence", () => {
  it.each<[string, string, object]>([
    ['are on where the plan says nothing', SMALL_PLAN, { restarts: 3, lostReplicasSeconds: 300 }],
    [
      'have limits of their own',
      planWith('{ restarts: 0, lostReplicas: 90s }'),
      { restarts: 0, lostReplicasSeconds: 90 },
    ],
    ['can be off, each by itself', planWith('{ restarts: off }'), { lostReplicasSeconds: 300 }],
    ['can be off, both', planWith('{ restarts: off, lostReplicas: off }'), {}],
  ])('%s', (_, plan, expected) => {
    expect(healthOf(plan)).toEqual(expected);
  });

  it.each<[string, string]>([
    ['{ restarts: -1 }', 'value canaryHealth.restarts: -1; expected a whole number, 0 or more'],
    ['{ lostReplicas: 5 }', 'value canaryHealth.lostReplicas: 5'],
    ['{ lostReplicas: 0s }', 'value canaryHealth.lostReplicas'],
    ['{ restart: 3 }', 'restart'],
    ['off', 'canaryHealth'],
  ])('are refused where they are %s', (text, sentence) => {
    expect(issuesOf(planWith(text))).toEqual([expect.stringContaining(sentence)]);
  });
});
