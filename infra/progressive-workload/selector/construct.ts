import type { RouterConstruct } from '../router-construct.ts';

/**
 * A dial on a Service's selector, for callers inside the cluster: nothing of it is in AWS.
 *
 *     const router: SelectorRouterProps = { kind: 'selector', service: 'checkout-live' };
 */
export interface SelectorRouterProps {
  readonly kind: 'selector';
  /** The Service that is turned. Its selector must not be in Git, or be ignored there. */
  readonly service: string;
}

export const selectorConstruct: RouterConstruct<SelectorRouterProps> = {
  kind: 'selector',
  knownLater: ({ kind, service }) => ({ kind, service }),
  workloadOf: () => ({}),
  check() {
    // all of it is in the workload's file
  },
  make: ({ kind, service }) => ({ router: { kind, service }, called: [], attributes: {} }),
};
