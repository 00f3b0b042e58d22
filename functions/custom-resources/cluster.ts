import { setTimeout as pause } from 'node:timers/promises';
import { type ClusterDeps, keepCluster } from '../../application/custom-resources/cluster.ts';
import { type CustomResourceDeps, makeCustomResource } from '../lambda/custom-resource.ts';
import { controlPlaneName, openShared } from '../lambda/open.ts';
import { customResource } from '../lambda/open-custom-resource.ts';
import { openAccessEntries, openDirectory } from '../lambda/open-eks.ts';

export const makeHandler = (deps: ClusterDeps & CustomResourceDeps) =>
  makeCustomResource('cluster', deps, request => keepCluster(deps, request));

export const handler = customResource(
  'cluster',
  env => ({
    ...openShared(env),
    pause,
    directory: openDirectory(env),
    entries: openAccessEntries(env),
    controlPlane: controlPlaneName(env),
  }),
  keepCluster,
);
