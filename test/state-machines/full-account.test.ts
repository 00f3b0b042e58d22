import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ClusterUnreachableError } from '../../adapters/cluster/errors.ts';
import { RouterUnreachableError } from '../../adapters/router/errors.ts';
import { openEmbedded } from '../conformance/interpreters.ts';
import { openScenario } from '../conformance/scenario-run.ts';
import { named, openFakes } from '../functions/fakes.ts';
import { road } from '../functions/handler-cases.ts';
import { bake, type Line, readied, weight } from '../support/ledger-lines.ts';

const written: Line[] = [
  [1, { kind: 'canaryIntended', slot: 'green', revision: 'new' }],
  [2, { kind: 'canaryWritten', slot: 'green', revision: 'new' }],
];

const MACHINE = join(import.meta.dirname, '../../state-machines/release.asl.json');
const interpreter = await openEmbedded();
afterAll(() => interpreter.close());

describe('an account at its limit', () => {
  it('delays a release by as long as that lasts, and never takes it back', async () => {
    // Prepare: in the bake every call is refused, for longer than the retries of a state last
    const plan = { steps: [weight(10), bake(120), weight(100)], soakSeconds: 60 };
    const stage = await openScenario(interpreter, 'full-account', { plan, accountFullAt: { from: 14, to: 21 } });
    // Act
    await stage.invoke('start', { workload: 'shop', image: 'v2', by: 'ann' });
    const { calls, ledger } = await stage.result();
    // Assess: six tries, a pause, and what it goes on with is asked of the ledger
    expect(calls.filter(call => call.endsWith(': full'))).toHaveLength(8);
    expect(calls.filter(call => call === 'admit')).toHaveLength(2);
    expect(ledger.at(-1)?.fact).toMatchObject({ kind: 'closed', outcome: 'promoted' });
    expect(ledger.filter(({ fact }) => fact.kind === 'shiftIntended')).toHaveLength(2);
  }, 60_000);

  it('is no reason of its own where the way back, or the end, cannot start: that is tried for more than an hour', () => {
    // Prepare: that the release keeps its reason meanwhile is seed 151 of the simulator
    const { States } = JSON.parse(readFileSync(MACHINE, 'utf8')) as {
      States: Record<string, { Retry?: { ErrorEquals: string[]; MaxAttempts: number; MaxDelaySeconds?: number }[] }>;
    };
    for (const name of ['StartRollBack', 'StartRollBackForFault', 'Close']) {
      const [ours, throttled] = States[name]?.Retry ?? [];
      expect(ours?.MaxAttempts).toBe(0); // what no retry can cure
      expect(throttled?.ErrorEquals).toEqual(['Lambda.TooManyRequestsException', 'ThrottledError']);
      // quick, for there may be traffic on the canary
      expect(throttled?.MaxDelaySeconds).toBeLessThanOrEqual(10);
      expect((throttled?.MaxAttempts ?? 0) * (throttled?.MaxDelaySeconds ?? 0)).toBeGreaterThan(3_600);
    }
  });

  it.each([
    ['named by its service', Object.assign(new Error('Rate exceeded'), { name: 'ThrottlingException' })],
    ['answered with 429', Object.assign(new Error('slow down'), { $metadata: { httpStatusCode: 429 } })],
    [
      'known to the SDK, below our own error',
      new RouterUnreachableError('no answer', {
        cause: Object.assign(new Error('x'), { $retryable: { throttling: true } }),
      }),
    ],
  ])('is told to the machine as what it is, where a handler meets it: %s', async (_, error) => {
    const fakes = await openFakes();
    await fakes.admitted(...readied(0, 10));
    fakes.router.failNext(1, error);
    await expect(fakes.run('shift-traffic', road)).rejects.toMatchObject(named('ThrottledError'));
  });

  it('is a Kubernetes API that throttles, too, and not one that is away', async () => {
    const fakes = await openFakes({ steps: [weight(10), weight(100)] });
    await fakes.admitted(...written);
    const answers = (httpStatusCode: number) => {
      fakes.cluster.readTemplate = async () => {
        throw new ClusterUnreachableError(`the cluster answered ${httpStatusCode}`, { httpStatusCode });
      };
    };
    answers(429);
    await expect(fakes.run('size-canary', road)).rejects.toMatchObject(named('ThrottledError', /answered 429/));
    answers(503);
    await expect(fakes.run('size-canary', road)).rejects.toMatchObject(named('ClusterUnreachableError'));
  });

  it('is another thing than a service that does not answer', async () => {
    const fakes = await openFakes();
    await fakes.admitted(...readied(0, 10));
    fakes.router.failNext(1, new RouterUnreachableError('no answer', { cause: new Error('ECONNRESET') }));
    await expect(fakes.run('shift-traffic', road)).rejects.toMatchObject(named('RouterUnreachableError'));
  });

  it('is waited for by every state that would go back for a fault', () => {
    const { States } = JSON.parse(readFileSync(MACHINE, 'utf8')) as {
      States: Record<string, { Catch?: { ErrorEquals: string[]; Next: string }[] }>;
    };
    const goBack = Object.entries(States).filter(([, { Catch = [] }]) =>
      Catch.some(({ Next }) => Next === 'StartRollBackForFault'),
    );
    expect(goBack.length).toBeGreaterThan(10);
    for (const [name, { Catch = [] }] of goBack) {
      const waits = Catch.findIndex(({ Next }) => Next === 'AfterThrottling' || Next === 'AfterSizeFault');
      const back = Catch.findIndex(({ Next }) => Next === 'StartRollBackForFault');
      expect({ name, waits: waits >= 0 && waits < back }).toEqual({ name, waits: true });
      const waited = ['Lambda.TooManyRequestsException', 'ThrottledError'];
      expect(Catch[waits]?.ErrorEquals).toEqual(expect.arrayContaining(waited));
    }
  });
});
