import type { Env } from '../aws-client-config.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { openAlbRouter } from './alb/router.ts';
import { openAlbTargets } from './alb/targets.ts';
import { byKind, type RouterOpeners } from './by-kind.ts';
import { selectorRouter } from './selector/router.ts';
import { selectorTargets } from './selector/targets.ts';

/** What routers are opened from. `cluster`: where a function reaches it; those that are turned there are not without. */
export interface RouterSource {
  env: Env;
  cluster?: Cluster;
}

/** Every kind of router, a line each: how its dial is turned and its slots are counted. */
const OPENERS: RouterOpeners<RouterSource> = {
  alb: ({ env }) => ({ router: openAlbRouter(env), targets: openAlbTargets(env) }),
  selector: ({ cluster }) => ({ router: selectorRouter(cluster), targets: selectorTargets(cluster) }),
};

/** The routers of all workloads, each opened when it is needed first. */
export const openRouters = (env: Env, cluster?: Cluster) =>
  byKind(OPENERS, cluster === undefined ? { env } : { env, cluster });
