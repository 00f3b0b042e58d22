import * as z from 'zod';
import { labelSelectorSchema } from './label-selector.ts';

const peersSchema = z
  .array(
    z.looseObject({ podSelector: labelSelectorSchema.optional(), namespaceSelector: labelSelectorSchema.optional() }),
  )
  .optional();
/** `spec` of a NetworkPolicy. */
const networkPolicySchema = z.looseObject({
  podSelector: labelSelectorSchema.default({}),
  ingress: z.array(z.looseObject({ from: peersSchema })).optional(),
  egress: z.array(z.looseObject({ to: peersSchema })).optional(),
});

const named = <T extends z.ZodType>(selector: T) => z.array(z.object({ name: z.string(), selector }));
/** What selects pods in a workload's namespace, by kind; one without a selector, which selects none, is left out. */
export const namespaceSelectorsSchema = z.object({
  services: named(z.record(z.string(), z.string())),
  deployments: named(labelSelectorSchema),
  networkPolicies: z.array(z.object({ name: z.string(), spec: networkPolicySchema })),
  disruptionBudgets: named(labelSelectorSchema),
});
export type NamespaceSelectors = z.infer<typeof namespaceSelectorsSchema>;
export type NetworkPolicy = NamespaceSelectors['networkPolicies'][number];
