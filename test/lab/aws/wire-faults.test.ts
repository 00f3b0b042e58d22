import { ElasticLoadBalancingV2Client, ModifyRuleCommand } from '@aws-sdk/client-elastic-load-balancing-v2';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openWireServer } from '../../../lab/aws/wire-server.ts';
import { client, elb, open, rule } from './wire-in-test.ts';

describe('faults on demand are seen by the real client', () => {
  const modify = () => new ModifyRuleCommand({ RuleArn: rule });

  it('throttled once: the client tries again and succeeds', async () => {
    const server = await open(elb(async () => ({ Rules: [] })));
    server.faults.throttle('ModifyRule', 1);
    await client(ElasticLoadBalancingV2Client, server.url, 3).send(modify());
    expect(server.calls('ModifyRule')).toBe(2);
  });

  it('throttled for ever: the client gives up after its attempts with the code Throttling', async () => {
    const server = await open(elb(async () => ({ Rules: [] })));
    server.faults.throttle('ModifyRule', Number.POSITIVE_INFINITY);
    const sent = client(ElasticLoadBalancingV2Client, server.url, 2).send(modify());
    await expect(sent).rejects.toMatchObject({ name: 'Throttling' });
    expect(server.calls('ModifyRule')).toBe(2);
    server.faults.clear('ModifyRule');
    await client(ElasticLoadBalancingV2Client, server.url).send(modify());
  });

  it('failing once with a 503, then dropping the connection once: the third attempt succeeds', async () => {
    const server = await open(elb(async () => ({ Rules: [] })));
    server.faults.fail('ModifyRule', 1, 503);
    server.faults.drop('ModifyRule', 1);
    await client(ElasticLoadBalancingV2Client, server.url, 3).send(modify());
    expect(server.calls('ModifyRule')).toBe(3);
  });

  it('an answer that is lost: the operation was done although the client saw an error', async () => {
    let done = 0;
    const server = await open(
      elb(async () => {
        done += 1;
        return { Rules: [] };
      }),
    );
    server.faults.loseAnswer('ModifyRule', 1);
    await expect(client(ElasticLoadBalancingV2Client, server.url).send(modify())).rejects.toThrow();
    expect(done).toBe(1);
  });

  it('a delay holds the answer back, and closing the server ends it and leaves no timer behind', async () => {
    const server = await open(elb(async () => ({ Rules: [] })));
    const timers = () => process.getActiveResourcesInfo().filter(kind => kind === 'Timeout').length;
    const before = timers();
    server.faults.delay('ModifyRule', 3_600_000, 1);
    const sent = client(ElasticLoadBalancingV2Client, server.url).send(modify());
    const refused = expect(sent).rejects.toThrow();
    await expect.poll(() => server.calls('ModifyRule')).toBe(1);
    await server.close();
    await refused;
    await expect.poll(timers).toBeLessThanOrEqual(before);
  });

  it('a bug in an endpoint is an InternalFailure with its message, and the lab is told', async () => {
    const faults: unknown[] = [];
    const server = await openWireServer({
      endpoints: [
        elb(async () => {
          throw new TypeError('no such thing');
        }),
      ],
      onFault: fault => faults.push(fault),
    });
    onTestFinished(() => server.close());
    const sent = client(ElasticLoadBalancingV2Client, server.url).send(modify());
    await expect(sent).rejects.toMatchObject({ name: 'InternalFailure', message: 'TypeError: no such thing' });
    expect(faults).toEqual([new TypeError('no such thing')]);
  });
});
