import type { AlbRouterProps } from './alb/props.ts';
import type { SelectorRouterProps } from './selector/props.ts';

/**
 * Where a workload's dial is: a union by `kind`.
 *
 *     const router: RouterProps = { kind: 'selector', service: 'checkout-live' };
 */
export type RouterProps = AlbRouterProps | SelectorRouterProps;
