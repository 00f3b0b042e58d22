import { describe, expect, it } from 'vitest';
import { sessionText } from '../../../lab/load-balancer/authenticate.ts';
import type { Authentication } from '../../../lab/load-balancer/model.ts';
import { closedAfterEach, statesOf } from './opened.ts';
import { groupArn, rule, weights } from './specs.ts';

const open = closedAfterEach();

const oidc: Authentication = {
  type: 'authenticate-oidc',
  config: {},
  clientSecret: 'secret',
  sessionCookie: 'AWSELBAuthSessionCookie',
  onUnauthenticated: 'authenticate',
  logInUrl: 'https://idp.example.com/authorize',
};

/** A program behind a rule that asks who comes. */
async function opened(onUnauthenticated: Authentication['onUnauthenticated']) {
  const balancer = await open.balancer();
  const server = await open.server();
  balancer.register(groupArn('blue'), server.address);
  balancer.putRule(rule(weights(1, 0), { authenticate: { ...oidc, onUnauthenticated } }));
  await expect.poll(() => statesOf(balancer, 'blue')).toEqual(['healthy']);
  const ask = (headers: Record<string, string> = {}) => fetch(balancer.url, { headers, redirect: 'manual' });
  return { balancer, ask };
}

const session = (endsInMs: number) => sessionText(oidc, { identity: 'ada', endsAtEpochMs: Date.now() + endsInMs });

describe('a rule that authenticates', () => {
  it('sends who has no session to log in, reaches no target, and forwards who has one', async () => {
    const { ask } = await opened('authenticate');
    const response = await ask();
    expect([response.status, response.headers.get('location'), response.headers.get('x-lab-target-group')]).toEqual([
      302,
      'https://idp.example.com/authorize',
      null,
    ]);
    const admitted = await ask({ cookie: `theme=dark; ${session(60_000)}` });
    expect([admitted.status, admitted.headers.get('x-lab-target-group')]).toEqual([200, 'blue']);
  });

  it.each([
    ['a session that has ended', { cookie: session(-1) }],
    ['a cookie that is no session', { cookie: 'AWSELBAuthSessionCookie-0=anything' }],
    ['a name that somebody claims', { 'x-amzn-oidc-identity': 'ada' }],
  ])('does not take %s for one', async (_, headers) => {
    const { ask } = await opened('deny');
    expect((await ask(headers)).status).toBe(401);
  });

  it('lets anybody in where it says so', async () => {
    const { ask } = await opened('allow');
    expect((await ask()).status).toBe(200);
  });
});
