import { setTimeout as pause } from 'node:timers/promises';
import {
  keepRegisteredWorkload,
  type RegisteredWorkloadDeps,
} from '../../application/custom-resources/registered-workload.ts';
import { isCloudFormationsAddress } from '../lambda/answer-address.ts';
import { type CustomResourceDeps, makeCustomResource } from '../lambda/custom-resource.ts';
import { controlPlaneName, lazily, openLedger, openRouting, openShared, openWorkloads } from '../lambda/open.ts';

export const makeHandler = (deps: RegisteredWorkloadDeps & CustomResourceDeps) =>
  makeCustomResource('registered-workload', deps, request => keepRegisteredWorkload(deps, request));

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    pause,
    isAnswerAddress: isCloudFormationsAddress,
    ledger: openLedger(env),
    workloads: openWorkloads(env),
    router: openRouting(env).router,
    controlPlane: controlPlaneName(env),
  }),
);
