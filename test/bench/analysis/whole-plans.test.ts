import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { plansIn, planText, runPlanTask } from '../../../bench/analysis/plan-releases.ts';
import { FAULTS, PLANS, TRAFFIC, tasksOf } from '../../../bench/analysis/whole-plans.ts';
import { modelOf } from '../../../domain/forecast/model.ts';
import { drawPasts, endedSo, playReleases } from '../../../domain/forecast/trial.ts';
import { mistakesOf, planOf, shortly } from '../../adapters/plan-file/plan-text.ts';
import { SYNTH_TIMEOUT_MS, synthExample } from '../../infra/synthesised.ts';

const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(ending))
    .map(name => `${folder}/${name}`);

const texts = new Map<string, string>();
for (const file of ['README.md', ...filesIn('docs', '.md')]) {
  for (const [index, text] of plansIn(readFileSync(file, 'utf8')).entries()) texts.set(`${file}, ${index + 1}`, text);
}
for (const file of filesIn('examples', '.yaml')) {
  const text = readFileSync(file, 'utf8');
  if (/^kind: Plan$/m.test(text)) texts.set(file, text);
}
const [workload] = Object.values(synthExample().ofType('Custom::SluiceWorkload'));
texts.set('infra/example-workload-stack.ts', String(workload?.Properties.Plan));

/** Total requests a second, and shares of them that fail of the stable version. */
const CELLS = [300, 50, 3].flatMap(requestsPerSecond =>
  [0, 0.01].map(failureRate => ({ requestsPerSecond, failureRate, slowRate: 0.01, dispersion: 1 })),
);

describe('a plan that people may copy', () => {
  it('stands in the README, in the docs, in the examples and in the stack to copy', () => {
    expect([...texts.keys()].toSorted()).toEqual([
      'README.md, 1',
      'docs/design.md, 1',
      'docs/design.md, 2',
      'examples/argo-rollouts.yaml',
      'examples/blue-green.yaml',
      'examples/canary.yaml',
      'examples/flagger.yaml',
      'examples/kayenta.yaml',
      'examples/slo.yaml',
      'infra/example-workload-stack.ts',
    ]);
  });

  it.each([...texts])('%s: passes its check', (_, text) => {
    expect(mistakesOf(text).map(shortly)).toEqual([]);
  });

  it.each([...texts])(
    '%s: gets 98 of 100 healthy releases to their end, with much traffic and little, with failures and without',
    (_, text) => {
      const plan = planOf(text);
      // an objective is no comparison: a service that fails 1 % of its requests does not keep 99.9 %, whatever its canary does
      const keepsObjective = ({ failureRate }: { failureRate: number }) =>
        failureRate === 0 || !text.includes('burnRate');
      const promoted = CELLS.filter(keepsObjective).map(traffic => {
        const { requestsPerSecond, failureRate } = traffic;
        const pasts = drawPasts(modelOf(plan, traffic), { seed: 11, pasts: 2 });
        // with little traffic they hold, and playing one takes longer
        const releases = requestsPerSecond > 3 ? 50 : 16;
        const trials = playReleases(pasts, { name: 'none', failureRate }, { releases, seed: 11 });
        return { requestsPerSecond, failureRate, promoted: endedSo(trials, 'promoted') };
      });
      expect(promoted.filter(({ promoted }) => promoted < 0.98)).toEqual([]);
    },
    SYNTH_TIMEOUT_MS,
  );
});

describe('plans in Markdown', () => {
  it('are those of yaml fences that are plans, each by itself, and nothing else', () => {
    const plan = (name: string) => `apiVersion: sluice/v1\nkind: Plan\nworkload: ${name}\n`;
    const markdown = [
      '# A page',
      `\`\`\`yaml\n${plan('one')}--- # another file\n${plan('two')}---\nkind: Workload\nname: two\n\`\`\``,
      '```\nkind: Plan\n```',
      '```yaml\nkind: Deployment\n```',
      `\`\`\`yml\n${plan('three')}\`\`\``,
    ].join('\n\n');
    expect(plansIn(markdown)).toEqual([plan('one'), plan('two'), plan('three')]);
  });

  it('or in a file of its own', () => {
    expect(planText('README.md')).toBe(plansIn(readFileSync('README.md', 'utf8'))[0]);
    expect(planText('examples/canary.yaml')).toBe(readFileSync('examples/canary.yaml', 'utf8'));
  });
});

describe("the bench's releases by whole plans", () => {
  const SEED = 5;
  const released = (requestsPerSecond: number, failureRate: number, fault: number, releases = 40) => {
    const canaryFailureRate = FAULTS[fault]?.rate(failureRate) ?? 0;
    return runPlanTask({
      ...{ file: 'README.md', requestsPerSecond, failureRate, canaryFailureRate, releases, seed: SEED },
    });
  };

  it('are of every plan at every traffic with every fault', () => {
    const cells = TRAFFIC.reduce((sum, { failureRates }) => sum + failureRates.length, 0);
    for (const file of PLANS) {
      const tasks = tasksOf(file, 10, SEED);
      expect(tasks).toHaveLength(cells * FAULTS.length);
      expect(tasks[0]).toEqual({
        ...{ file, requestsPerSecond: 300, failureRate: 0, canaryFailureRate: 0, releases: 10, seed: SEED },
      });
    }
    // a point more where that is more than a doubling, and ten points
    expect(FAULTS.map(({ rate }) => [rate(0), rate(0.002), rate(0.03)])).toEqual([
      [0, 0.002, 0.03],
      [0.01, 0.012, 0.06],
      [0.1, expect.closeTo(0.102, 12), expect.closeTo(0.13, 12)],
    ]);
  });

  it('of the README get a good canary through, without a hold where there is traffic', () => {
    expect(released(300, 0.002, 0)).toEqual({
      ...{ releases: 40, promoted: 40, degraded: 0, noEvidence: 0, beforeAll: 0, bySecondWindow: 0 },
      ...{ held: 0, longestHoldSeconds: 0 },
    });
    const quiet = released(3, 0.01, 0);
    expect([quiet.promoted, quiet.held]).toEqual([40, 40]);
    expect(quiet.longestHoldSeconds).toBe(1_800);
  });

  it('take one with the effect that matters back before it has all requests, in 8 of 10', () => {
    for (const failureRate of [0, 0.002, 0.01]) {
      const { releases, beforeAll, degraded } = released(50, failureRate, 1);
      expect(beforeAll).toBeGreaterThanOrEqual(0.8 * releases);
      expect(degraded).toBeGreaterThanOrEqual(beforeAll);
    }
  });

  it('take a gross fault back by the second window, and with little traffic all the same', () => {
    for (const failureRate of [0, 0.01]) {
      expect(released(300, failureRate, 2)).toMatchObject({ degraded: 40, bySecondWindow: 40, beforeAll: 40 });
      expect(released(3, failureRate, 2).degraded).toBeGreaterThanOrEqual(38);
    }
  });

  it('are the same with the same seed', () => {
    expect(released(50, 0.01, 1, 20)).toEqual(released(50, 0.01, 1, 20));
  });
});
