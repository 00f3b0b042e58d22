import { type AlbAttributes, albConstruct } from './alb/construct.ts';
import type { RouterConstruct } from './router-construct.ts';
import type { RouterProps } from './router-props.ts';
import { selectorConstruct } from './selector/construct.ts';

/** Every kind of router in a CDK app, a line each. */
const CONSTRUCTS: {
  [Kind in RouterProps['kind']]: RouterConstruct<Extract<RouterProps, { kind: Kind }>, Partial<AlbAttributes>>;
} = {
  alb: albConstruct,
  selector: selectorConstruct,
};

/** @throws Error a kind that this version does not have */
export function routerConstructOf({ kind }: RouterProps): RouterConstruct<RouterProps, Partial<AlbAttributes>> {
  const found: unknown = Object.hasOwn(CONSTRUCTS, kind) ? CONSTRUCTS[kind] : undefined;
  if (found === undefined) throw new Error(`router.kind: '${kind}'; expected ${Object.keys(CONSTRUCTS).join(' or ')}`);
  return found as RouterConstruct<RouterProps, Partial<AlbAttributes>>;
}
