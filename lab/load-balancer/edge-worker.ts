/** The edge's own thread: requests are served on time whatever the handlers are busy with. */
import { parentPort } from 'node:worker_threads';
import { cloudWatchEndpoint } from '../aws/cloudwatch-endpoint.ts';
import { openElbv2Endpoint } from '../aws/elbv2-endpoint.ts';
import { openWireServer, type WireServer } from '../aws/wire-server.ts';
import { openLabClock } from '../clock.ts';
import { answerCalls } from '../worker-calls.ts';
import type { EdgeAddresses, EdgeOptions } from './edge.ts';
import { openLoadBalancer } from './load-balancer.ts';

if (parentPort === null) throw new Error('runs as a worker thread only');

const objects: Record<string, object> = {};

answerCalls(parentPort, objects, {
  async open(options: EdgeOptions): Promise<EdgeAddresses> {
    const clock = openLabClock(options.clock);
    const loadBalancer = await openLoadBalancer({ ...options, clock, random: Math.random });
    const cloudWatch = cloudWatchEndpoint({
      loadBalancer,
      clock,
      publishing: options.publishing ?? { lateSeconds: 60, growsForSeconds: 30, growFrom: 0.5 },
    });
    const elbv2 = openElbv2Endpoint({
      loadBalancer,
      ...(options.attributes === undefined ? {} : { attributes: options.attributes }),
      ...(options.limited === true ? { limitedBy: Date.now } : {}),
    });
    const wire: WireServer = await openWireServer({
      endpoints: [elbv2, cloudWatch],
      onFault: fault => console.error('the edge:', fault),
    });
    Object.assign(objects, { loadBalancer, wire, faults: wire.faults, series: cloudWatch.series });
    return {
      url: loadBalancer.url,
      wireUrl: wire.url,
      loadBalancerArn: loadBalancer.arn,
      listenerArn: loadBalancer.listenerArn,
    };
  },
  async close() {
    const { wire, loadBalancer } = objects as { wire?: WireServer; loadBalancer?: { close(): Promise<void> } };
    await Promise.all([wire?.close(), loadBalancer?.close()]);
  },
});
