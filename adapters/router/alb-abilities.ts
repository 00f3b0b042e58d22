import type { RouterAbilities } from './router.ts';

/** What a dial on listener rules can do: an ALB's weights carry tenths of a per cent, it cannot mirror. */
export const ALB_ABILITIES: RouterAbilities = {
  weights: true,
  granularity: 0.1,
  headers: true,
  mirror: false,
  preview: true,
  goesBackThrough: 'loadBalancer',
};
