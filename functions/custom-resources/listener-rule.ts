import { setTimeout as pause } from 'node:timers/promises';
import { keepListenerRule, type ListenerRuleDeps } from '../../application/custom-resources/listener-rule.ts';
import { isCloudFormationsAddress } from '../lambda/answer-address.ts';
import { type CustomResourceDeps, makeCustomResource } from '../lambda/custom-resource.ts';
import { controlPlaneName, lazily, openLedger, openShared, openWorkloads } from '../lambda/open.ts';
import { openRules } from '../lambda/open-rules.ts';

export const makeHandler = (deps: ListenerRuleDeps & CustomResourceDeps) =>
  makeCustomResource('listener-rule', deps, request => keepListenerRule(deps, request));

export const handler = lazily(env =>
  makeHandler({
    ...openShared(env),
    pause,
    isAnswerAddress: isCloudFormationsAddress,
    ledger: openLedger(env),
    workloads: openWorkloads(env),
    rules: openRules(env),
    controlPlane: controlPlaneName(env),
  }),
);
