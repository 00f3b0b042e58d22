import { describe, expect, it } from 'vitest';
import { sha256 } from '../../adapters/sha256.ts';
import { runSeeds } from '../../lab/simulation/run-seeds.ts';
import { scenarioOf } from '../../lab/simulation/scenario-of.ts';
import { simulate } from '../../lab/simulation/simulate.ts';

describe('a seed', () => {
  it('prints the same trace to the last letter in every thread', { timeout: 90_000 }, async () => {
    // Prepare
    const seeds = [2, 3, 4, 5];
    const traces = new Map<number, string>();
    // Act
    await runSeeds({ from: 2, count: seeds.length, workers: 2 }, ({ seed, traceHash }) => {
      traces.set(seed, traceHash);
    });
    // Assess
    for (const seed of seeds) {
      const { trace } = await simulate(scenarioOf(seed));
      expect([seed, sha256(trace.join('\n'))]).toEqual([seed, traces.get(seed)]);
    }
  });

  it('is another trace than its neighbour', async () => {
    const [one, two] = [await simulate(scenarioOf(1)), await simulate(scenarioOf(2))];
    expect(one.trace.join('\n')).not.toBe(two.trace.join('\n'));
  });
});
