import type { NotYet } from '../file/explain.ts';

/** What docs/design.md gives a plan and this version does not have. It is refused, never half done. */
export const PLAN_NOT_YET: NotYet = {
  keys: {},
  values: {
    strategy: ['rolling', 'recreate'],
  },
};
