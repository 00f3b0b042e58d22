import { ModifyRule$, type ModifyRuleCommandInput } from '@aws-sdk/client-elastic-load-balancing-v2';
import { afterEach } from 'vitest';
import { type Endpoint, labClientConfig, openWireServer } from '../../../lab/aws/wire-server.ts';

export const closers: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

export async function open(...endpoints: Endpoint[]) {
  const server = await openWireServer({ endpoints });
  closers.push(() => server.close());
  return server;
}

export function client<C extends { destroy(): void }>(
  Client: new (config: ReturnType<typeof labClientConfig> & { maxAttempts?: number }) => C,
  url: string,
  maxAttempts = 1,
): C {
  const opened = new Client({ ...labClientConfig(url), maxAttempts });
  closers.push(() => opened.destroy());
  return opened;
}

export const rule = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/lab/0123456789abcdef/1/2';

export const elb = (handle: (input: ModifyRuleCommandInput) => Promise<object>): Endpoint => ({
  signingName: 'elasticloadbalancing',
  operations: { ModifyRule: { schema: ModifyRule$, handle } },
});
