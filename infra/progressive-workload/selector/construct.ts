import type { RouterConstruct } from '../router-construct.ts';
import type { SelectorRouterProps } from './props.ts';

export const selectorConstruct: RouterConstruct<SelectorRouterProps> = {
  kind: 'selector',
  knownLater: ({ kind, service }) => ({ kind, service }),
  workloadOf: () => ({}),
  check() {
    // all of it is in the workload's file
  },
  make: ({ kind, service }) => ({ router: { kind, service }, called: [], attributes: {} }),
};
