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
