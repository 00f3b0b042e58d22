import {
  keepRegisteredWorkload,
  type RegisteredWorkloadDeps,
} from '../../application/custom-resources/registered-workload.ts';
import { type CustomResourceDeps, makeCustomResource } from '../lambda/custom-resource.ts';
import {
  controlPlaneName,
  namesOfClusters,
  openLedger,
  openRouting,
  openShared,
  openWorkloads,
} from '../lambda/open.ts';
import { customResource } from '../lambda/open-custom-resource.ts';

export const makeHandler = (deps: RegisteredWorkloadDeps & CustomResourceDeps) =>
  makeCustomResource('registered-workload', deps, request => keepRegisteredWorkload(deps, request));

export const handler = customResource(
  'registered-workload',
  env => ({
    ...openShared(env),
    ledger: openLedger(env),
    workloads: openWorkloads(env),
    router: openRouting(env).router,
    controlPlane: controlPlaneName(env),
    clusters: namesOfClusters(env),
  }),
  keepRegisteredWorkload,
);
