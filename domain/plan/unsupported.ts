import type { NotYet } from '../file/explain.ts';
import { PLAN_INSTEAD } from './instead.ts';

/** What docs/design.md gives a plan and this version does not have. It is refused, never half done. */
export const PLAN_NOT_YET: NotYet = {
  instead: PLAN_INSTEAD,
  keys: {},
  values: {
    strategy: ['rolling', 'recreate'],
  },
};
