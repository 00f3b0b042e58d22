import { approval, bake, hook, imageOf, weight } from '../support/story.ts';
import type { Interpreter } from './interpreters.ts';
import { openStage, type Result } from './stage.ts';

export type Scenario = (interpreter: Interpreter) => Promise<Result>;

const START = { workload: 'shop', image: 'v2', by: 'ann' };
const APPROVE = { releaseId: 'shop-1', by: 'bob', groups: ['leads'] };

/** The five that both interpreters have to tell alike. */
export const scenarios: Record<string, Scenario> = {
  /** All kinds of steps but an approval; and a look at targets that did not answer once. */
  async healthy(interpreter) {
    const steps = [weight(10), hook(), bake(120), weight(100)];
    const stage = await openStage(interpreter, 'healthy', { plan: { steps, soakSeconds: 60 }, targetsAwayAt: [8] });
    stage.world.hooks.answer('https://hooks.example.com/smoke', { kind: 'passed' });
    await stage.invoke('start', START);
    return stage.result();
  },

  async degraded(interpreter) {
    const steps = [weight(10), bake(300), weight(100)];
    const stage = await openStage(interpreter, 'degraded', { plan: { steps }, failuresOfCanary: 30 });
    await stage.invoke('start', START);
    return stage.result();
  },

  async 'never ready'(interpreter) {
    const stage = await openStage(interpreter, 'never-ready', { plan: { progressDeadlineSeconds: 60 } });
    stage.world.cluster.breakImage(imageOf('2').uri, 'ImagePullBackOff');
    await stage.invoke('start', START);
    return stage.result();
  },

  async approval(interpreter) {
    const steps = [weight(10), approval(), weight(100)];
    const stage = await openStage(interpreter, 'approval', { plan: { steps } });
    await stage.invoke('start', START);
    await stage.until(
      'somebody is waited for',
      async () => (await stage.world.ledger.readToken('shop-1')) !== undefined,
    );
    const entries = await stage.world.ledger.entries('shop');
    const opening = entries.find(({ fact }) => fact.kind === 'approvalOpened')?.seq;
    await stage.invoke('approve', { ...APPROVE, name: 'go-live', opening });
    return stage.result();
  },

  /** The load balancer throttles six tries of the way back: the first and the five of its Retry. The one after the pause goes through. */
  async 'roll back retried'(interpreter) {
    const steps = [weight(10), bake(300), weight(100)];
    const options = { plan: { steps }, failuresOfCanary: 30, wayBackThrottled: 6 };
    const stage = await openStage(interpreter, 'retried', options);
    await stage.invoke('start', START);
    return stage.result();
  },
};
