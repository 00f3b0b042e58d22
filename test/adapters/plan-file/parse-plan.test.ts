import { describe, expect, it } from 'vitest';
import { changed, mistakesOf, planOf, SMALL_PLAN } from './plan-text.ts';

describe('a valid plan', () => {
  it('comes out with every default filled in, seconds for durations and shares for per cent', () => {
    // Act
    const plan = planOf(SMALL_PLAN);
    // Assess
    expect(plan).toEqual({
      workload: 'checkout',
      strategy: 'canary',
      onNewImage: 'queue',
      deadlineSeconds: 3600,
      progressDeadlineSeconds: 600,
      canaryHealth: { restarts: 3, lostReplicasSeconds: 300 },
      hold: { atMostSeconds: 1800, then: 'ask' },
      windowSeconds: 60,
      metrics: [
        {
          name: 'errors',
          source: { kind: 'cloudwatch', measure: { kind: 'failedRequests' } },
          judge: { kind: 'relative', max: 1.5, failureLimit: 0, minRequests: 10, ceiling: 0.01 },
        },
        {
          name: 'failing',
          source: { kind: 'cloudwatch', measure: { kind: 'failedRequests' } },
          judge: {
            kind: 'threshold',
            successCondition: 'result[0] < 0.05',
            count: 10,
            failureLimit: 0,
            inconclusiveLimit: 0,
            consecutiveErrorLimit: 4,
            intervalSeconds: 60,
            initialDelaySeconds: 0,
          },
        },
        {
          name: 'p99',
          source: { kind: 'cloudwatch', measure: { kind: 'percentile', percentile: 99 } },
          judge: { kind: 'relative', max: 1.2, failureLimit: 0, minRequests: 10 },
        },
      ],
      steps: [
        { kind: 'hook', name: 'smoke', url: 'https://hooks.example.com/smoke', timeoutSeconds: 300, retries: 0 },
        { kind: 'setWeight', weight: 5 },
        { kind: 'bake', seconds: 300 },
        { kind: 'analysis', metrics: ['failing'], count: 10 },
        {
          kind: 'approval',
          name: 'go-live',
          groups: ['leads'],
          required: 1,
          notTheStarter: false,
          withinSeconds: 14_400,
        },
        { kind: 'setWeight', weight: 100 },
      ],
      soakSeconds: 900,
      notify: [],
    });
  });

  it('needs no more than where it goes and one weight', () => {
    // Act
    const plan = planOf(
      'apiVersion: sluice/v1\nkind: Plan\nworkload: a\nstrategy: canary\nsteps: [{ setWeight: 100 }]\n',
    );
    // Assess
    expect(plan).toMatchObject({ deadlineSeconds: 7200, windowSeconds: 60, soakSeconds: 0, metrics: [], notify: [] });
  });

  it('is the same plan when it is written with an anchor, as JSON, with Windows line ends or a byte order mark', () => {
    // Prepare
    const plan = planOf(SMALL_PLAN);
    const anchored = changed(
      '{ kind: cloudwatch, bad: failedRequests }',
      '&alb { kind: cloudwatch, bad: failedRequests }',
    );
    const texts = [
      changed(
        'source: { kind: cloudwatch, bad: failedRequests }\n    judge: { kind: threshold',
        'source: *alb\n    judge: { kind: threshold',
        anchored,
      ),
      SMALL_PLAN.replaceAll('\n', '\r\n'),
      `\uFEFF${SMALL_PLAN}`,
      `# first line\n---\n${SMALL_PLAN}...\n`,
    ];
    // Act
    const plans = texts.map(text => planOf(text));
    // Assess
    for (const one of plans) expect(one).toEqual(plan);
  });

  it.each([
    ['bake: 5m', 'bake: 1h30m', { steps: expect.arrayContaining([{ kind: 'bake', seconds: 5400 }]) }, '3h'],
    ['bake: 5m', 'bake: 90s', { steps: expect.arrayContaining([{ kind: 'bake', seconds: 90 }]) }, '1h'],
    ['setWeight: 5', 'setWeight: 33.3', { steps: expect.arrayContaining([{ kind: 'setWeight', weight: 33.3 }]) }, '1h'],
    ['setWeight: 5', 'setWeight: 0.1', { steps: expect.arrayContaining([{ kind: 'setWeight', weight: 0.1 }]) }, '1h'],
    [
      'ceiling: 1%',
      'ceiling: 0.7%',
      {
        metrics: expect.arrayContaining([
          expect.objectContaining({ judge: expect.objectContaining({ ceiling: 0.007 }) }),
        ]),
      },
      '1h',
    ],
    [
      'ceiling: 1%',
      'ceiling: 0.05',
      {
        metrics: expect.arrayContaining([
          expect.objectContaining({ judge: expect.objectContaining({ ceiling: 0.05 }) }),
        ]),
      },
      '1h',
    ],
    [
      'ceiling: 1%',
      'ceiling: 0%',
      {
        metrics: expect.arrayContaining([expect.objectContaining({ judge: expect.objectContaining({ ceiling: 0 }) })]),
      },
      '1h',
    ],
    [
      'bad: failedRequests',
      'bad: { slowerThan: [300ms, 1s, 1.5s] }',
      {
        metrics: expect.arrayContaining([
          expect.objectContaining({
            source: { kind: 'cloudwatch', measure: { kind: 'slowerThan', thresholdsSeconds: [0.3, 1, 1.5] } },
          }),
        ]),
      },
      '1h',
    ],
  ])('reads %s written as %s', (from, to, expected, deadline) => {
    // Act
    const plan = planOf(changed('deadline: 1h', `deadline: ${deadline}`, changed(from, to)));
    // Assess
    expect(plan).toMatchObject(expected);
  });

  it('may begin with weight 0: the canary is sized and looked at before it gets requests', () => {
    // Act
    const mistakes = mistakesOf(changed('  - setWeight: 5\n', '  - setWeight: 0\n  - setWeight: 5\n'));
    // Assess
    expect(mistakes).toEqual([]);
  });
});
