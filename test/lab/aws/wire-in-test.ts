import { ModifyRule$, type ModifyRuleCommandInput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { onTestFinished } from 'vitest';
import { type Endpoint, labClientConfig, openWireServer } from '../../../lab/aws/wire-server.ts';

/** A server that is closed when its test is over, after its clients. */
export async function open(...endpoints: Endpoint[]) {
  const server = await openWireServer({ endpoints });
  // not by a hook of this module: a worker loads it once, and only its first test file would have the hook
  onTestFinished(() => server.close());
  return server;
}

export function client<C extends { destroy(): void }>(
  Client: new (config: ReturnType<typeof labClientConfig> & { maxAttempts?: number }) => C,
  url: string,
  maxAttempts = 1,
): C {
  const opened = new Client({ ...labClientConfig(url), maxAttempts });
  onTestFinished(() => opened.destroy());
  return opened;
}

export const rule = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/lab/0123456789abcdef/1/2';

export const elb = (handle: (input: ModifyRuleCommandInput) => Promise<object>): Endpoint => ({
  signingName: 'elasticloadbalancing',
  operations: { ModifyRule: { schema: ModifyRule$, handle } },
});
