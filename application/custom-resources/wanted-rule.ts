import * as z from 'zod';
import type { WantedRule } from '../../adapters/router/alb/rule-keeper.ts';
import { CARRIES_TAG, type Owner, ownerTags } from '../../domain/routers/alb/ownership.ts';
import type { CloudFormationRequest } from './request.ts';

/** A rule that somebody wants, and who. */
export interface Wanted extends WantedRule {
  owner: Owner;
  /** Of OIDC: where its secret is. */
  clientSecret?: { arn: string; jsonKey?: string | undefined };
  /** Nobody is asked, and that is meant; else what asks in a rule that is there stays. */
  isOpen?: true;
  /** A rule that is there already and that somebody else keeps: its priority, conditions and log-in are not ours. */
  adopts?: string;
}

/** CloudFormation makes texts of all numbers. */
const wholeNumber = z.coerce.number().pipe(z.int().nonnegative());

const conditionSchema = z.looseObject({ Field: z.string() });

const json = <T extends z.ZodType>(of: T) =>
  z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(of);

/** The action as ELB has it, in JSON, and for OIDC where its secret is. */
const authenticateSchema = json(
  z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('none') }),
    z.strictObject({ type: z.literal('authenticate-cognito'), config: z.looseObject({}) }),
    z.strictObject({
      type: z.literal('authenticate-oidc'),
      config: z.looseObject({}),
      clientSecret: z.strictObject({ arn: z.string().startsWith('arn:'), jsonKey: z.string().optional() }),
    }),
  ]),
).optional();

const propertiesSchema = z
  .object({
    Workload: z.string().min(1),
    ListenerArn: z.string().startsWith('arn:'),
    /** Of an adopted rule neither is given. */
    Priority: wholeNumber.pipe(z.int().min(1).max(50_000)).default(1),
    /** As ELB's RuleCondition, in JSON: CloudFormation would make texts of what is in them. */
    Conditions: json(z.array(conditionSchema).min(1)).default([]),
    Blue: z.string().startsWith('arn:'),
    Green: z.string().startsWith('arn:'),
    Carries: z.enum(['dial', 'preview']),
    StickinessSeconds: wholeNumber.default(0),
    Authenticate: authenticateSchema,
    AdoptRuleArn: z.string().startsWith('arn:').optional(),
  })
  .transform((given): Omit<Wanted, 'tags' | 'owner'> & { workload: string } => ({
    workload: given.Workload,
    listenerArn: given.ListenerArn,
    priority: given.Priority,
    conditions: given.Conditions,
    targetGroups: { blue: given.Blue, green: given.Green },
    carries: given.Carries,
    stickinessSeconds: given.StickinessSeconds,
    ...(given.AdoptRuleArn !== undefined && { adopts: given.AdoptRuleArn }),
    ...authenticationIn(given.Authenticate),
  }));

type Given = NonNullable<z.infer<typeof authenticateSchema>>;

function authenticationIn(given: Given | undefined): Pick<Wanted, 'authenticate' | 'clientSecret' | 'isOpen'> {
  if (given === undefined) return {};
  if (given.type === 'none') return { isOpen: true };
  const { type, config } = given;
  return { authenticate: { type, config }, ...('clientSecret' in given && { clientSecret: given.clientSecret }) };
}

/** What a request of CloudFormation wants. */
export function wantedBy(request: CloudFormationRequest, controlPlane: string): Wanted {
  const { workload, ...rule } = propertiesSchema.parse(request.ResourceProperties);
  const owner = { controlPlane, workload, stack: request.StackId };
  return { ...rule, owner, tags: { ...ownerTags(owner), [CARRIES_TAG]: rule.carries } };
}
