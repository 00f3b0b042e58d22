import { synthControlPlane } from '../infra/synthesised.ts';
import { PSEUDO_PARAMETERS, resolved } from '../support/template-values.ts';

/** What a function's resource says of it. */
export interface FunctionResource {
  handler: string;
  timeoutMs: number;
  environment: Record<string, string>;
}

/** What is no pseudo parameter fails, and names the variable. */
const values = { ref: (name: string) => PSEUDO_PARAMETERS[name], attribute: () => undefined };

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
        Object.entries(Variables).map(([name, value]) => [name, String(resolved(value, values, name))]),
      ),
    });
  }
  return found;
}
