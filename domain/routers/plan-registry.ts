import * as z from 'zod';
import { oneOf } from '../file/issue.ts';
import { alb } from './alb/plan.ts';
import type { RouterAbilities, RouterKind } from './router-kind.ts';
import { selector } from './selector/plan.ts';

/** Every kind of router, a line each: what is true of it before anything runs. */
const KINDS = [alb, selector] as const;

type Kinds = typeof KINDS;

export const ROUTER_PLANS: readonly Pick<RouterKind, 'kind'>[] = KINDS;

/** Where a workload's dial is: a union by `kind`. */
export type Routing = ReturnType<Kinds[number]['routingOf']>;

type SchemasOf<List extends readonly { schema: z.ZodObject }[]> = { [Index in keyof List]: List[Index]['schema'] };

/** `router` of a workload's file. */
export const routerSchema = z
  .discriminatedUnion('kind', KINDS.map(({ schema }) => schema) as unknown as SchemasOf<Kinds>, {
    error: `a router: ${oneOf(KINDS.map(({ kind }) => kind))}`,
  })
  .meta({ description: 'What changes traffic weights.' });

const BY_KIND = new Map<string, RouterKind>(KINDS.map(kind => [kind.kind, kind as unknown as RouterKind]));

/** Of a plan that is read without its workload. */
export const DEFAULT_ROUTER: RouterKind = alb as unknown as RouterKind;

/** What docs/design.md has and this version does not: refused as not available yet. */
export const ROUTERS_NOT_YET: readonly string[] = [
  'httpRoute',
  'ingress',
  'virtualService',
  'replicas',
  'selector',
  'featureFlag',
].filter(kind => !BY_KIND.has(kind));

/** What is true of a routing of a workload. @throws RangeError a kind that this version does not know */
export function routerOf(routing: { kind: string }): RouterKind {
  const kind = BY_KIND.get(routing.kind);
  if (kind === undefined) throw new RangeError(`there is no router ${routing.kind}`);
  return kind;
}

/** What a router of this kind can do. @example abilitiesOf(workload.router).goesBackThrough */
export const abilitiesOf = (routing: { kind: string }): RouterAbilities => routerOf(routing).can;
