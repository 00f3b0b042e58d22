import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { targetGroupArn } from '../../lab/aws/elbv2-arns.ts';
import { pushImage } from '../../lab/workload.ts';
import { go, quickPlan, setWeight } from './plans.ts';
import { atRest, openStories, STORY_WITHIN_MS, type Stories, type Story, server } from './stories.ts';

let stories: Stories;
beforeAll(async () => {
  stories = await openStories();
}, STORY_WITHIN_MS);
afterAll(() => stories.close());

const ruleOf = (story: Story): string => story.workload.router.rules[0] ?? '';

describe.concurrent('a release that is refused before anything moves', { timeout: STORY_WITHIN_MS }, () => {
  it('names the rule that is not there', async () => {
    const story = await stories.open('ruleless', { plan: quickPlan(), requestsPerSecond: 0 });
    await stories.lab.edge.removeRule(ruleOf(story));

    await story.start();
    const closed = await story.ended();

    expect(closed).toEqual({ kind: 'closed', outcome: 'rejected', because: expect.any(String) });
    expect(closed.because).toMatch(`DescribeRules of ${ruleOf(story)}: RuleNotFound`);
    expect(story.linesOf('canaryIntended')).toEqual([]);
  });

  it('names the rule that has three groups', async () => {
    const story = await stories.open('crowded', { plan: quickPlan() });
    const { edge } = stories.lab;
    const third = { ...(await edge.targetGroups())[0], arn: targetGroupArn('crowded-red'), name: 'crowded-red' };
    await edge.putTargetGroup(third as Parameters<typeof edge.putTargetGroup>[0]);
    const rule = (await edge.rules()).find(({ arn }) => arn === ruleOf(story));
    if (rule === undefined || !('targetGroups' in rule.action)) throw new Error('there is no such rule');
    const targetGroups = [...rule.action.targetGroups, { arn: third.arn, weight: 0 }];
    await edge.putRule({ ...rule, action: { ...rule.action, targetGroups } });

    await story.start();
    await story.ended();

    const row = await story.row();
    expect(row).toMatchObject({ outcome: 'rejected', weights: [], failed: 0, lost: 0 });
    expect(row.because).toContain(
      `rule ${ruleOf(story)} cannot have Sluice's traffic weights: it forwards to 3 target groups`,
    );
    expect(row.reason).toBeNull();
  });

  it('names the Deployment that is not there', async () => {
    const story = await stories.open('templateless', { plan: quickPlan() });
    stories.lab.kubernetes.remove('Deployment', 'default', 'templateless');

    await story.start();
    await story.ended();

    const because = 'there is no Deployment templateless in lab/default';
    expect(await story.row()).toMatchObject({ outcome: 'rejected', because, weights: [], failed: 0, lost: 0 });
    expect(await story.rest('blue')).toEqual(atRest('blue'));
  });

  it('names the slot and the revision that is live already', async () => {
    const story = await stories.open('same', { plan: quickPlan() });
    const { revision } = await stories.lab.deps.cluster.readSlot(story.workload, 'blue');

    await story.start('stable');
    await story.ended();

    const because = `revision ${revision} is live already, in blue`;
    expect(await story.row()).toMatchObject({ outcome: 'rejected', because, weights: [], failed: 0, lost: 0 });
    expect(await story.rest('blue')).toEqual(atRest('blue'));
  });

  it('is not even requested for a workload or an image that is not there', async () => {
    const story = await stories.open('known', { plan: quickPlan(), requestsPerSecond: 0 });

    const [noWorkload, noImage] = await Promise.allSettled([
      stories.lab.invoke('start', { workload: 'unknown', image: 'v2', by: 'ann' }),
      story.start('v404'),
    ]);

    expect(noWorkload).toMatchObject({ reason: { message: expect.stringContaining('unknown') } });
    expect(noImage).toMatchObject({ reason: { message: expect.stringContaining('v404') } });
    expect(story.lines).toEqual([]);
  });
});

describe.concurrent('a push', { timeout: STORY_WITHIN_MS }, () => {
  it('starts a release by itself where its tag matches, and one that rings an alarm is held until it is over', async () => {
    const { lab } = stories;
    lab.alarms.set('night-shift', 'ALARM', 'somebody is asleep');
    const story = await stories.open('pushed', { plan: quickPlan(), tags: 'auto-*', alarms: ['night-shift'] });

    pushImage(lab, 'pushed', 'v3', server('VERSION=v3'));
    pushImage(lab, 'pushed', 'auto-4', server('VERSION=v4'));
    const held = await story.until('held');
    lab.alarms.set('night-shift', 'OK');
    await story.ended();

    expect(held.fact.because).toBe('night-shift is in ALARM (somebody is asleep)');
    expect(story.linesOf('requested').map(({ by, fact }) => [by, fact.images.app?.reference])).toEqual([
      ['push', 'auto-4'],
    ]);
    expect(await story.row()).toMatchObject({ outcome: 'promoted', failed: 0, lost: 0 });
    expect(await story.versionAnswered()).toBe('v4');
  });
});

describe.concurrent('a second start during a release', { timeout: STORY_WITHIN_MS }, () => {
  const steps = [setWeight(20), go, setWeight(100)];

  it('waits with onNewImage: queue, and runs by itself when the first is over', async () => {
    const story = await stories.open('queued', { plan: quickPlan({ steps }) });
    pushImage(stories.lab, 'queued', 'v3', server('VERSION=v3'));

    await story.start('v2');
    await story.untilIn(1);
    const second = await story.start('v3', 'bea');
    await story.go('queued-1');
    await story.go('queued-2');
    await story.ended('queued-2');

    expect(second).toEqual({ kind: 'waiting', releaseId: 'queued-2' });
    expect(await story.ended('queued-1')).toMatchObject({ outcome: 'promoted' });
    expect(await story.row('queued-2')).toMatchObject({ outcome: 'promoted', weights: [20, 100], failed: 0, lost: 0 });
    expect(await story.versionAnswered()).toBe('v3');
    expect(await story.rest('blue')).toEqual(atRest('blue'));
  });

  it('takes the first back with onNewImage: replace, and runs when that is done', async () => {
    const story = await stories.open('replaced', { plan: quickPlan({ steps, onNewImage: 'replace' }) });
    pushImage(stories.lab, 'replaced', 'v3', server('VERSION=v3'));

    await story.start('v2');
    await story.untilIn(1);
    const second = await story.start('v3', 'bea');
    await story.go('replaced-2');
    await story.ended('replaced-2');

    expect(second).toEqual({ kind: 'waiting', releaseId: 'replaced-2' });
    const because = 'replaced by replaced-2';
    expect(await story.ended('replaced-1')).toMatchObject({ outcome: 'rolledBack', reason: 'aborted', because });
    expect(await story.row('replaced-2')).toMatchObject({ outcome: 'promoted', failed: 0, lost: 0 });
    expect(await story.versionAnswered()).toBe('v3');
    expect(await story.rest('green')).toEqual(atRest('green'));
  });

  it('is refused with onNewImage: reject, and the same image twice is one release', async () => {
    const story = await stories.open('stubborn', { plan: quickPlan({ steps, onNewImage: 'reject' }) });
    pushImage(stories.lab, 'stubborn', 'v3', server('VERSION=v3'));

    const [first, twice] = await Promise.all([story.start('v2', 'ann'), story.start('v2', 'bea')]);
    await story.untilIn(1);
    const [third, again] = await Promise.allSettled([story.start('v3', 'bea'), story.start('v2', 'bea')]);

    const because = 'stubborn-1 is in progress, and the plan says onNewImage: reject';
    expect(third).toMatchObject({ status: 'rejected', reason: { message: because } });
    expect([first.releaseId, twice.releaseId]).toEqual(['stubborn-1', 'stubborn-1']);
    expect([first, twice].map(({ kind }) => kind).sort()).toEqual(['alreadyRequested', 'started']);
    expect(again).toMatchObject({ value: { kind: 'alreadyRequested', releaseId: 'stubborn-1' } });
    await story.go();
    expect(await story.ended()).toMatchObject({ outcome: 'promoted' });
    expect(story.linesOf('requested')).toHaveLength(1);
    expect(await story.row()).toMatchObject({ weights: [20, 100], failed: 0, lost: 0 });
    expect(await story.versionAnswered()).toBe('v2');
    expect(await story.rest('green')).toEqual(atRest('green'));
  });
});
