import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { openLabClock } from '../../../lab/clock.ts';
import { TargetGroup } from '../../../lab/load-balancer/target-group.ts';
import { eventually } from './eventually.ts';
import { closedAfterEach, statesOf, total } from './opened.ts';
import { groupArn, groupSpec, rule, wallClock, weights } from './specs.ts';

const open = closedAfterEach();

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';
const bad = 'HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';

describe('health checks', () => {
  it('make a new target healthy after one passed check, whatever the threshold', async () => {
    // Prepare
    let checks = 0;
    const balancer = await open.balancer(
      {},
      { healthCheck: { ...groupSpec('x').healthCheck, intervalSeconds: 60, healthyThreshold: 5 } },
    );
    const target = await open.rawTarget(socket => {
      checks += 1;
      socket.end(ok);
    });
    balancer.putRule(rule(weights(1, 0)));
    // Act
    balancer.register(groupArn('blue'), target.address);
    const atOnce = statesOf(balancer, 'blue');
    // Assess
    expect(atOnce).toEqual(['initial Elb.RegistrationInProgress']);
    await eventually(() => expect(statesOf(balancer, 'blue')).toEqual(['healthy']));
    expect(checks).toBe(1);
  });

  it('take a target out after the threshold of failures, and back after that of passes', async () => {
    // Prepare: check 1 passes, 2 and 3 fail, 4 passes, 5 fails, 6 and 7 pass
    const answers = [ok, bad, bad, ok, bad, ok, ok];
    const seen: string[] = [];
    const balancer = await open.balancer();
    const target = await open.rawTarget((socket, _text, nth) => {
      seen.push(statesOf(balancer, 'blue').join());
      socket.end(answers[nth - 1] ?? ok);
    });
    balancer.putRule(rule(weights(1, 0)));
    // Act
    balancer.register(groupArn('blue'), target.address);
    await eventually(() => expect(seen.length).toBeGreaterThanOrEqual(8));
    // Assess: the state at the time of each check
    const unhealthy = 'unhealthy Target.ResponseCodeMismatch';
    expect(seen.slice(0, 8)).toEqual([
      'initial Elb.InitialHealthChecking',
      'healthy',
      'healthy',
      unhealthy,
      unhealthy,
      unhealthy,
      unhealthy,
      'healthy',
    ]);
  });

  it('say why: no connection, and no answer in time', async () => {
    // Prepare
    const balancer = await open.balancer(
      {},
      { healthCheck: { ...groupSpec('x').healthCheck, timeoutSeconds: 0.05, unhealthyThreshold: 1 } },
    );
    const silent = await open.rawTarget(() => {});
    const gone = await open.server();
    await gone.end('SIGKILL');
    balancer.putRule(rule(weights(1, 0)));
    // Act
    balancer.register(groupArn('blue'), silent.address);
    balancer.register(groupArn('blue'), gone.address);
    // Assess
    await eventually(() =>
      expect(statesOf(balancer, 'blue')).toEqual(['unhealthy Target.Timeout', 'unhealthy Target.FailedHealthChecks']),
    );
  });

  it('by TCP pass when the connection opens', async () => {
    const balancer = await open.balancer({}, { healthCheck: { ...groupSpec('x').healthCheck, protocol: 'TCP' } });
    const silent = await open.rawTarget(() => {});
    balancer.register(groupArn('blue'), silent.address);
    balancer.putRule(rule(weights(1, 0)));
    await eventually(() => expect(statesOf(balancer, 'blue')).toEqual(['healthy']));
  });

  it('leave a group that is in no rule alone, and start anew when it is in one, at weight 0 too', async () => {
    // Prepare
    const balancer = await open.balancer();
    const target = await open.rawTarget(socket => socket.end(ok));
    balancer.register(groupArn('green'), target.address);
    balancer.register(groupArn('green'), target.address);
    expect(statesOf(balancer, 'green')).toEqual(['unused Target.NotInUse']);
    // Act and assess
    balancer.putRule(rule(weights(1, 0)));
    await eventually(() => expect(statesOf(balancer, 'green')).toEqual(['healthy']));
    balancer.putRule(rule({ ...weights(1, 0), targetGroups: [{ arn: groupArn('blue'), weight: 1 }] }));
    expect(statesOf(balancer, 'green')).toEqual(['unused Target.NotInUse']);
  });
});

describe('a group', () => {
  it('sends only to its healthy targets, and to all of them when none is', async () => {
    // Prepare
    const balancer = await open.balancer();
    const [healthy, notReady] = [await open.server(), await open.server({ NEVER_READY: '1' })];
    for (const server of [healthy, notReady]) balancer.register(groupArn('blue'), server.address);
    balancer.putRule(rule(weights(1, 0)));
    await eventually(() =>
      expect(statesOf(balancer, 'blue')).toEqual(['healthy', 'unhealthy Target.ResponseCodeMismatch']),
    );
    // Act
    for (let nth = 0; nth < 4; nth += 1) await fetch(balancer.url);
    const withOneHealthy = await Promise.all([healthy.counters(), notReady.counters()]);
    await healthy.end('SIGKILL');
    await eventually(() => expect(statesOf(balancer, 'blue')[0]).toBe('unhealthy Target.FailedHealthChecks'));
    const statuses = new Set<number>();
    for (let nth = 0; nth < 4; nth += 1) statuses.add((await fetch(balancer.url)).status);
    // Assess
    expect(withOneHealthy.map(({ requests }) => requests)).toEqual([4, 0]);
    expect(statuses).toEqual(new Set([200, 502]));
    expect(await notReady.counters()).toEqual({ requests: 2, bad: 0 });
  });

  it('takes its healthy targets in turn, a new one by a share that grows to full', async () => {
    // Prepare: two targets that are always healthy, and a clock of ours
    let nowEpochMs = 0;
    const clock = { ...openLabClock({ startEpochMs: 0, compress: 1 }), now: () => nowEpochMs };
    const group = new TargetGroup(groupSpec('blue', { slowStartSeconds: 100 }), clock);
    open.later(group, async () => group.close());
    const [one, two] = [await open.rawTarget(s => s.end(ok)), await open.rawTarget(s => s.end(ok))];
    const shareOfTwo = () => {
      let hits = 0;
      for (let nth = 0; nth < 1000; nth += 1) if (group.next()?.port === two.address.port) hits += 1;
      return hits / 1000;
    };
    group.setInUse(true);
    group.register(one.address);
    await eventually(() => expect(group.health()[0]?.state).toBe('healthy'));
    // Act
    group.register(two.address);
    await eventually(() => expect(group.health()[1]?.state).toBe('healthy'));
    const shares: number[] = [];
    for (const seconds of [25, 100]) {
      nowEpochMs = seconds * 1000;
      shares.push(shareOfTwo());
    }
    // Assess: at a quarter of the slow start 0.25 of 1.25, and the half when it is over
    expect(shares[0]).toBeCloseTo(0.2, 2);
    expect(shares[1]).toBeCloseTo(0.5, 2);
  });
});

describe('a target that is deregistered', () => {
  it('gets nothing new, finishes what it has, and is gone after the delay', async () => {
    // Prepare
    const balancer = await open.balancer({}, { deregistrationDelaySeconds: 3 });
    const [leaving, staying] = [await open.server({ LATENCY_MS: '300' }), await open.server()];
    balancer.register(groupArn('blue'), leaving.address);
    balancer.putRule(rule(weights(1, 0)));
    const inFlight = fetch(balancer.url);
    await eventually(async () => expect((await leaving.counters()).requests).toBe(1));
    balancer.register(groupArn('blue'), staying.address);
    // Act
    balancer.deregister(groupArn('blue'), leaving.address);
    for (let nth = 0; nth < 5; nth += 1) await fetch(balancer.url);
    // Assess
    expect(statesOf(balancer, 'blue')[0]).toBe('draining Target.DeregistrationInProgress');
    expect((await inFlight).status).toBe(200);
    expect(await leaving.counters()).toEqual({ requests: 1, bad: 0 });
    await eventually(() => expect(balancer.health(groupArn('blue'))).toHaveLength(1));
  });

  it('loses what is still in flight when the delay is over', async () => {
    // Prepare
    const balancer = await open.balancer({}, { deregistrationDelaySeconds: 0.2 });
    const slow = await open.server({ LATENCY_MS: '30000' });
    balancer.register(groupArn('blue'), slow.address);
    balancer.putRule(rule(weights(1, 0)));
    const inFlight = fetch(balancer.url);
    await eventually(async () => expect((await slow.counters()).requests).toBe(1));
    // Act
    balancer.deregister(groupArn('blue'), slow.address);
    // Assess
    expect((await inFlight).status).toBe(502);
    expect(total(balancer, 'HTTPCode_ELB_502_Count')).toBe(1);
  });

  it('comes back as a new one when it is registered again meanwhile', async () => {
    const balancer = await open.balancer({}, { deregistrationDelaySeconds: 0.2 });
    const target = await open.rawTarget(socket => socket.end(ok));
    balancer.register(groupArn('blue'), target.address);
    balancer.putRule(rule(weights(1, 0)));
    balancer.deregister(groupArn('blue'), target.address);
    balancer.deregister(groupArn('blue'), { host: '127.0.0.1', port: 1 });
    balancer.register(groupArn('blue'), target.address);
    expect(statesOf(balancer, 'blue')).toEqual(['initial Elb.RegistrationInProgress']);
    await eventually(() => expect(statesOf(balancer, 'blue')).toEqual(['healthy']));
    // the end of the delay that was running must not take it away
    await wait(400);
    expect(statesOf(balancer, 'blue')).toEqual(['healthy']);
  });

  it('drains on the clock of the lab', async () => {
    const clock = openLabClock({ startEpochMs: Date.now(), compress: 1000 });
    const balancer = await open.balancer({ clock }, { deregistrationDelaySeconds: 300 });
    balancer.register(groupArn('blue'), { host: '127.0.0.1', port: 1 });
    balancer.deregister(groupArn('blue'), { host: '127.0.0.1', port: 1 });
    await eventually(() => expect(balancer.health(groupArn('blue'))).toEqual([]));
  });
});

describe('rule stickiness', () => {
  it('keeps a client on its group against the weights, until its time is over or the group leaves the rule', async () => {
    // Prepare
    let ahead = 0;
    const wall = wallClock();
    const balancer = await open.balancer({ clock: { ...wall, now: () => wall.now() + ahead } });
    const [blue, green] = [await open.server({ VERSION: 'blue' }), await open.server({ VERSION: 'green' })];
    balancer.register(groupArn('blue'), blue.address);
    balancer.register(groupArn('green'), green.address);
    const sticky = (blueWeight: number, greenWeight: number) =>
      rule({ ...weights(blueWeight, greenWeight), stickiness: { enabled: true, durationSeconds: 60 } });
    balancer.putRule(sticky(0, 1));
    const first = await fetch(balancer.url);
    const cookie = first.headers.getSetCookie()[0] ?? '';
    const groupOfNext = async () =>
      (await fetch(balancer.url, { headers: { cookie: `other=1; ${cookie.split(';')[0]}` } })).headers.get(
        'x-lab-target-group',
      );
    // Act and assess
    expect([first.headers.get('x-lab-target-group'), cookie]).toEqual([
      'green',
      expect.stringMatching(/^AWSALBTG=[\w-]+; Max-Age=60; Path=\/$/),
    ]);
    balancer.putRule(sticky(1, 0));
    expect(await groupOfNext()).toBe('green');
    expect((await fetch(balancer.url)).headers.get('x-lab-target-group')).toBe('blue');
    ahead = 61_000;
    expect(await groupOfNext()).toBe('blue');
    ahead = 0;
    expect(await groupOfNext()).toBe('green');
    balancer.putRule(rule({ ...sticky(1, 0).action, targetGroups: [{ arn: groupArn('blue'), weight: 1 }] } as never));
    expect(await groupOfNext()).toBe('blue');
  });
});

describe('the record of changes', () => {
  it('has every new action of a rule and nothing for the same one again', async () => {
    const balancer = await open.balancer();
    for (const action of [weights(100, 0), weights(100, 0), weights(75, 25)]) balancer.putRule(rule(action));
    expect(balancer.changes().map(change => change.action)).toEqual([weights(100, 0), weights(75, 25)]);
    expect(() => balancer.putRule(rule({ ...weights(1, 0), targetGroups: [{ arn: 'arn:x', weight: 1 }] }))).toThrow(
      'no target group arn:x',
    );
  });
});
