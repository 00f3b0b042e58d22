import { approval, bake, hook, imageOf, weight } from '../support/ledger-lines.ts';
import type { Interpreter } from './interpreters.ts';
import { openScenario, type Result } from './scenario-run.ts';

export type Scenario = (interpreter: Interpreter) => Promise<Result>;

const START = { workload: 'shop', image: 'v2', by: 'ann' };
const APPROVE = { releaseId: 'shop-1', by: 'bob', groups: ['leads'] };

/** The five that both interpreters have to tell alike. */
export const scenarios: Record<string, Scenario> = {
  /** All kinds of steps but an approval; and a look at targets that did not answer once. */
  async healthy(interpreter) {
    const steps = [weight(10), hook(), bake(120), weight(100)];
    const scenarioRun = await openScenario(interpreter, 'healthy', {
      plan: { steps, soakSeconds: 60 },
      targetsAwayAt: [8],
    });
    scenarioRun.fakes.hooks.answer('https://hooks.example.com/smoke', { kind: 'passed' });
    await scenarioRun.invoke('start', START);
    return scenarioRun.result();
  },

  async degraded(interpreter) {
    const steps = [weight(10), bake(300), weight(100)];
    const scenarioRun = await openScenario(interpreter, 'degraded', { plan: { steps }, failuresOfCanary: 30 });
    await scenarioRun.invoke('start', START);
    return scenarioRun.result();
  },

  async 'never ready'(interpreter) {
    const scenarioRun = await openScenario(interpreter, 'never-ready', { plan: { progressDeadlineSeconds: 60 } });
    scenarioRun.fakes.cluster.breakImage(imageOf('2').uri, 'ImagePullBackOff');
    await scenarioRun.invoke('start', START);
    return scenarioRun.result();
  },

  async approval(interpreter) {
    const steps = [weight(10), approval(), weight(100)];
    const scenarioRun = await openScenario(interpreter, 'approval', { plan: { steps } });
    await scenarioRun.invoke('start', START);
    await scenarioRun.until(
      'somebody is waited for',
      async () => (await scenarioRun.fakes.ledger.readToken('shop-1')) !== undefined,
    );
    const entries = await scenarioRun.fakes.ledger.entries('shop');
    const opening = entries.find(({ fact }) => fact.kind === 'approvalOpened')?.seq;
    await scenarioRun.invoke('approve', { ...APPROVE, name: 'go-live', opening });
    return scenarioRun.result();
  },

  /** The load balancer throttles six tries of the way back: the first and the five of its Retry. The one after the pause goes through. */
  async 'roll back retried'(interpreter) {
    const steps = [weight(10), bake(300), weight(100)];
    const options = { plan: { steps }, failuresOfCanary: 30, wayBackThrottled: 6 };
    const scenarioRun = await openScenario(interpreter, 'retried', options);
    await scenarioRun.invoke('start', START);
    return scenarioRun.result();
  },
};
