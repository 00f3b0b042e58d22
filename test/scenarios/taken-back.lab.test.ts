import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { releaseExecutionName, rollBackExecutionName } from '../../domain/release-id.ts';
import { bake, go, planOf, quickPlan, setWeight } from './plans.ts';
import { atRest, openStories, STORY_WITHIN_MS, type Stories, server } from './stories.ts';

let stories: Stories;
beforeAll(async () => {
  stories = await openStories();
}, STORY_WITHIN_MS);
afterAll(() => stories.close());

/** Nobody means to see its end. */
const longBake = planOf({ steps: [setWeight(20), bake(36_000), setWeight(100)] });

describe.concurrent('a release that is taken back', { timeout: STORY_WITHIN_MS }, () => {
  it('loses its traffic when it answers with 500s, and nobody else loses a request', async () => {
    const canary = server('VERSION=v2', 'ERROR_SHARE=0.5');
    const story = await stories.open('errors', { plan: planOf(), canary });

    await story.start();
    await story.ended();

    const row = await story.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'degraded', weights: [20, 0], lost: 0 });
    expect(row.because).toMatch(/^errors: \d+ of \d+ canary requests failed \([\d.]+ %\)/);
    expect(row.failedByCanary).toBeGreaterThan(0);
    expect(row.failed).toBe(row.failedByCanary);
    expect(row.secondsFromFirstBadToZero).toBeGreaterThan(0);
    expect(await story.rest('blue')).toEqual(atRest('blue'));
  });

  it('never gets traffic when its pods do not become ready', async () => {
    const plan = planOf({ progressDeadlineSeconds: 300 });
    const story = await stories.open('never-ready', { plan, canary: server('VERSION=v2', 'NEVER_READY=1') });

    await story.start();
    await story.ended();

    const row = await story.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'notReady', steps: [], failed: 0, lost: 0 });
    expect(row.because).toMatch(/^0 of 1 pods ready in green: .*readiness probe GET \/ready.* after 300 s$/);
    expect((await story.report()).groups).not.toHaveProperty('never-ready-green');
    expect(await story.rest('blue')).toEqual(atRest('blue'));
  });

  it('never gets traffic when its pods are ready but all of its targets fail', async () => {
    const plan = planOf({ progressDeadlineSeconds: 300 });
    const canary = server('VERSION=v2', 'NEVER_READY=1');
    // the pods are ready when they listen; what the load balancer asks they answer with 503
    const story = await stories.open('targets', { plan, canary, readyPath: undefined });
    await story.askTargets('green', '/ready');

    await story.start();
    await story.ended();

    const row = await story.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'notReady', steps: [], failed: 0, lost: 0 });
    expect(row.because).toBe(
      '0 of 1 targets healthy in green: the load balancer says: 1 unhealthy: Target.ResponseCodeMismatch after 300 s',
    );
    expect((await story.report()).groups).not.toHaveProperty('targets-green');
    expect(await story.rest('blue')).toEqual(atRest('blue'));
  });

  it('loses its traffic when it dies for good, though nothing measures it', async () => {
    const steps = [setWeight(20), bake(36_000), setWeight(100)];
    const canary = server('VERSION=v2', 'CRASH_AFTER=10');
    const story = await stories.open('dying', { plan: quickPlan({ steps }), canary });

    await story.start();
    const { images } = (await story.until('requested')).fact;
    await story.until('shiftConfirmed');
    // the process that was started before is ended by its tenth request; those after it end at once
    stories.lab.programs.set(images.app?.uri ?? '', server('EXIT_AT_ONCE=1'));
    const { atEpochMs: claimedEpochMs } = await story.until('rollBackClaimed');
    await story.ended();

    const row = await story.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'notReady', weights: [20, 0] });
    expect(row.because).toBe('no target of green is healthy, and 20 % of the requests go there');
    const [shifted] = story.linesOf('shiftConfirmed');
    // ten requests at two in a second of the wall are five minutes of the plan; 42 it was when only metrics were asked
    expect((claimedEpochMs - (shifted?.atEpochMs ?? 0)) / 60_000).toBeLessThan(12);
    expect(await story.rest('blue')).toEqual(atRest('blue'));
  });

  it('loses its traffic when all of its targets fail while people are asked', async () => {
    const steps = [setWeight(20), go, setWeight(100)];
    const plan = quickPlan({ steps, progressDeadlineSeconds: 600 });
    const canary = server('VERSION=v2', 'NEVER_READY=1');
    const story = await stories.open('fading', { plan, canary, readyPath: undefined });

    await story.start();
    await story.untilIn(1);
    await story.askTargets('green', '/ready');
    await story.ended();

    const row = await story.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'notReady', weights: [20, 0], lost: 0 });
    // what the load balancer says of it stands beside it
    expect(row.because).toMatch(
      /^no target of green is healthy \(1 unhealthy: .+\), and 20 % of the requests go there$/,
    );
    expect(await story.rest('blue')).toEqual(atRest('blue'));
  });

  it('goes back when another field manager owns a field of its Deployment, and names the manager', async () => {
    const story = await stories.open('owned', { plan: planOf() });
    stories.lab.kubernetes.apply(
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'owned-green', namespace: 'default' },
        spec: {
          replicas: 0,
          selector: { matchLabels: { app: 'owned-green' } },
          template: {
            metadata: { labels: { app: 'owned-green' } },
            spec: { containers: [{ name: 'app', image: 'somebody-elses:1' }] },
          },
        },
      },
      'somebody-else',
    );

    await story.start();
    await story.ended();

    const row = await story.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'fault', steps: [], failed: 0, lost: 0 });
    expect(row.because).toMatch(/^FieldOwnedError: .*deployments\/owned-green/);
    expect(row.because).toContain('is owned by the field manager "somebody-else"');
    expect(await story.rest('blue')).toEqual(atRest('blue'));
  });

  it('goes back once when people abort it twice in a bake', async () => {
    const story = await stories.open('aborted', { plan: longBake });

    await story.start();
    await story.untilIn(1);
    const answers = await Promise.all([story.abort('aborted-1', 'ann'), story.abort('aborted-1', 'bea')]);
    await story.ended();

    expect(answers).toEqual([
      { kind: 'goesBack', releaseId: 'aborted-1' },
      { kind: 'goesBack', releaseId: 'aborted-1' },
    ]);
    expect(story.linesOf('rollBackClaimed')).toHaveLength(1);
    const row = await story.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'aborted', weights: [20, 0], failed: 0, lost: 0 });
    expect(row.because).toMatch(/^(ann|bea) has seen enough$/);
    expect(await story.rest('blue')).toEqual(atRest('blue'));
    await expect(story.abort('aborted-1')).rejects.toThrow('aborted-1 is over: rolledBack');
  });

  it('goes back by itself when its execution is stopped from outside', async () => {
    const story = await stories.open('stopped', { plan: longBake });

    await story.start();
    await story.untilIn(1);
    await stories.lab.deps.executions.stop('release', releaseExecutionName('stopped-1', 1), 'by mistake');
    await story.ended();

    const row = await story.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'fault', weights: [20, 0], failed: 0, lost: 0 });
    // the event says who stopped it; the reconciler, where it comes first, only that it ended
    expect(row.because).toMatch(/^stopped-1-1 ended \(ABORTED\) without closing the release(: by mistake)?$/);
    expect(await story.rest('blue')).toEqual(atRest('blue'));
  });

  it('goes on going back when somebody stops that too', async () => {
    const story = await stories.open('stubborn', { plan: longBake });

    await story.start();
    await story.untilIn(1);
    await story.abort('stubborn-1');
    await story.until('dialRestored');
    await stories.lab.deps.executions.stop('rollBack', rollBackExecutionName('stubborn-1', 1), 'by mistake');
    await story.ended();

    expect(story.linesOf('rollBackClaimed').map(({ fact }) => fact.attempt)).toEqual([1, 2]);
    const row = await story.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'aborted', failed: 0, lost: 0 });
    expect(row.weights.slice(0, 2)).toEqual([20, 0]); // the second attempt may find the dial at 0 and restore it once more
    expect(await story.rest('blue')).toEqual(atRest('blue'));
  });

  it('goes back when an alarm of its workload goes into ALARM', async () => {
    const { alarms } = stories.lab;
    alarms.set('orders-are-lost', 'OK');
    const story = await stories.open('alarmed', { plan: longBake, alarms: ['orders-are-lost'] });

    await story.start();
    await story.untilIn(1);
    alarms.set('orders-are-lost', 'ALARM', '3 orders were lost');
    await story.ended();

    const row = await story.row();
    expect(row).toMatchObject({ outcome: 'rolledBack', reason: 'degraded', weights: [20, 0], failed: 0, lost: 0 });
    expect(row.because).toBe('alarm orders-are-lost went into ALARM: 3 orders were lost');
    expect(await story.rest('blue')).toEqual(atRest('blue'));
  });
});
