import { synthControlPlane } from '../../infra/synthesised.ts';

/** What a function's resource says of it. */
export interface FunctionResource {
  handler: string;
  timeoutMs: number;
  environment: Record<string, string>;
}

/**
 * Values of variables that a template has only as a reference, by the variable's name: nothing that is real, and nothing
 * that leaves this computer.
 */
const VALUES: Record<string, string> = {
  CLUSTER_NAME: 'prod',
  CLUSTER_ENDPOINT: 'https://127.0.0.1:1',
  CLUSTER_CA: 'Q0E=',
};

/** The functions of a control plane as its template has them, by their file below functions/ without `.ts`. */
export function functionResources(): Map<string, FunctionResource> {
  const found = new Map<string, FunctionResource>();
  for (const { Properties } of Object.values(synthControlPlane().ofType('AWS::Lambda::Function'))) {
    const file = /^Sluice: functions\/(.+)\.ts$/.exec(String(Properties.Description))?.[1];
    if (file === undefined) continue; // not one of ours: CDK's own
    const { Variables = {} } = (Properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
    found.set(file, {
      handler: String(Properties.Handler),
      timeoutMs: Number(Properties.Timeout) * 1000,
      environment: Object.fromEntries(
        Object.entries(Variables).map(([name, value]) => [name, VALUES[name] ?? textOf(name, value)]),
      ),
    });
  }
  return found;
}

const PSEUDO: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-west-1',
  'AWS::AccountId': '123456789012',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** A text, or one that is joined from texts and pseudo parameters. */
function textOf(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  const { Ref, 'Fn::Join': join } = value as { Ref?: string; 'Fn::Join'?: [string, unknown[]] };
  if (Ref !== undefined && PSEUDO[Ref] !== undefined) return PSEUDO[Ref];
  if (join !== undefined) return join[1].map(part => textOf(name, part)).join(join[0]);
  throw new Error(`${name} is ${JSON.stringify(value)} in the template: give it a value in VALUES of this file`);
}
