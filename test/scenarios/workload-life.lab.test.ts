import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { slotLabels } from '../../domain/slot/slot-labels.ts';
import { go, quickPlan, setWeight } from './plans.ts';
import { atRest, openStories, STORY_WITHIN_MS, type Stories } from './stories.ts';

let stories: Stories;
beforeAll(async () => {
  stories = await openStories();
}, STORY_WITHIN_MS);
afterAll(() => stories.close());

const pods = (workload: string) =>
  (stories.lab.kubernetes.list('Pod', 'default') as unknown as { metadata: { name: string }; status: object }[]).filter(
    ({ metadata }) => metadata.name.startsWith(`${workload}-`),
  );
describe.concurrent('a workload', { timeout: STORY_WITHIN_MS }, () => {
  it('that is new gets its first release: asked about first, then all of the traffic at once', async () => {
    // Prepare: nothing is live, and who asks gets a 503
    const plan = quickPlan({ steps: [setWeight(20), go, setWeight(100)], soakSeconds: 600 });
    const story = await stories.open('new', { plan, replicas: 0, requestsPerSecond: 0 });
    // Act
    await story.start();
    await story.until('approvalOpened');
    const asked = await story.rest('blue');
    await story.go();
    const end = await story.ended();
    // Assess
    expect(asked).toMatchObject({ dial: { blue: 100, green: 0 }, idle: 1 });
    expect(end).toMatchObject({ outcome: 'promoted' });
    expect(story.linesOf('shiftConfirmed').map(({ fact }) => fact.weight)).toEqual([100]);
    expect(await story.versionAnswered()).toBe('v2');
    expect(await story.rest('green')).toEqual(atRest('green'));
  });

  it('whose first release is aborted has nothing left of it, and nothing live', async () => {
    const plan = quickPlan({ steps: [go, setWeight(100)] });
    const story = await stories.open('unborn', { plan, replicas: 0, requestsPerSecond: 0 });
    await story.start();
    await story.until('approvalOpened');
    await story.abort('unborn-1');
    expect(await story.ended()).toMatchObject({ outcome: 'rejected', reason: 'aborted' });
    expect(await story.rest('blue')).toMatchObject({
      dial: { blue: 100, green: 0 },
      live: 0,
      idle: 0,
      ledgerIsWhole: true,
    });
  });

  it('whose template is scaled up again by GitOps gets no traffic on those pods', async () => {
    // Prepare
    const plan = quickPlan({ steps: [setWeight(20), go, setWeight(100)] });
    const story = await stories.open('tidied', { plan });
    await story.start();
    await story.until('approvalOpened');
    // Act: the template's pods run v1
    stories.lab.kubernetes.patch('Deployment', 'default', 'tidied', { spec: { replicas: 2 } }, 'argocd');
    await vi.waitFor(() => expect(pods('tidied')).toHaveLength(4), { timeout: 20_000 });
    const { blue, green } = await stories.lab.deps.targets.read(story.workload);
    expect([blue, green].map(({ healthy, initial, unhealthy }) => healthy + initial + unhealthy)).toEqual([1, 1]);
    await story.go();
    await story.ended();
    // Assess
    expect(await story.rest('green')).toEqual(atRest('green'));
    expect(new Set(await Promise.all(Array.from({ length: 20 }, () => story.versionAnswered())))).toEqual(
      new Set(['v2']),
    );
    expect((await story.row()).lost).toBe(0);
  });

  it('with a Service of its own has it follow the live slot when it is promoted, and not before', async () => {
    // Prepare
    const plan = quickPlan({ steps: [setWeight(20), go, setWeight(100)] });
    const story = await stories.open('called', { plan, service: 'called' });
    const selector = () => {
      const services = stories.lab.kubernetes.list('Service', 'default') as unknown as {
        metadata: { name: string };
        spec: { selector: Record<string, string> };
      }[];
      return services.find(({ metadata }) => metadata.name === 'called')?.spec.selector;
    };
    await story.start();
    await story.until('approvalOpened');
    expect(selector()).toEqual({ app: 'called' });
    // Act
    await story.go();
    await story.ended();
    // Assess
    expect(selector()).toEqual(slotLabels(story.workload, 'green'));
  });
});
